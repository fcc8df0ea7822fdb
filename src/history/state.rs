//! What became of a change: accepted, undone by a later one, or new.

use super::contract::{ChangeState, Level, LevelChange, RunFacts};
use super::line::Acknowledgement;

/// A commit that is acknowledged may be so many runs from where the change is placed now: with more runs its place gets better known.
const NEAR: usize = 3;
/// Fewer characters of a commit name none.
const SHORTEST_COMMIT: usize = 4;

/// Sets the states of a metric's changes; `levels` are those of its environment, one more than changes.
pub(super) fn set_states(
    name: &str,
    changes: &mut [LevelChange],
    levels: &[Level],
    acknowledgements: &[Acknowledgement],
    runs: &[RunFacts],
    margin: f64,
) {
    for (index, change) in changes.iter_mut().enumerate() {
        let accepted = acknowledgements.iter().rev().find(|ack| ack.metric == name && is_near(ack, change.run, runs));
        let before = levels[index].value;
        let alike = |level: &Level| (level.value - before).abs() <= margin * before.abs();
        change.note = accepted.map(|ack| ack.note.clone());
        change.state = if levels[index + 2..].iter().any(alike) {
            ChangeState::Recovered
        } else if accepted.is_some() {
            ChangeState::Acknowledged
        } else {
            ChangeState::New
        };
    }
}

/// Whether an acknowledgement names the commit of a run near this one.
fn is_near(ack: &Acknowledgement, run: usize, runs: &[RunFacts]) -> bool {
    let near = &runs[run.saturating_sub(NEAR)..runs.len().min(run + NEAR + 1)];
    near.iter().any(|run| same_commit(&run.commit, &ack.commit))
}

/// Whether two texts name one commit: one may be the beginning of the other.
pub(super) fn same_commit(one: &str, other: &str) -> bool {
    one == other && !one.is_empty()
        || one.len().min(other.len()) >= SHORTEST_COMMIT && (one.starts_with(other) || other.starts_with(one))
}
