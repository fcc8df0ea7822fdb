//! What shares of rows and requests are called, and what each of them counts.

/// What rows are called whose status says that they failed.
pub(crate) const FAILED_ROWS: &str = "failed rows";
/// What messages of a service are called that failed or timed out.
pub(crate) const FAILED_MESSAGES: &str = "failed messages";
/// What rows are called of which nobody knows how they ended; the name of a table may stand before it.
pub(crate) const OF_UNKNOWN_OUTCOME: &str = "rows of unknown outcome";
/// What requests are called that missed a service level; the levels stand behind it.
pub(crate) const BEYOND: &str = "requests beyond ";
/// What rows are called that hold no value of a metric; its name stands behind it.
pub(crate) const WITHOUT: &str = "rows without ";
/// What messages of a service are called that have no answer, although there was time for one.
pub(crate) const UNANSWERED: &str = "messages without an answer";

/// What rows are called that ended with a code or word and did not fail; it stands behind this.
const ENDED: &str = "rows ended with ";

/// What rows are called that ended with such a code or word.
pub(crate) fn ended_with(code: &str) -> String {
    format!("{ENDED}{code}")
}

/// The code or word of a share of that name, where it is of how rows ended.
pub(crate) fn ending_of(share: &str) -> Option<&str> {
    share.split_once(ENDED).map(|(_, code)| code)
}

/// Whether a share of that name is of what failed.
pub(crate) fn is_of_failures(share: &str) -> bool {
    let others = [BEYOND, WITHOUT, UNANSWERED];
    !others.iter().any(|other| share.starts_with(other)) && !is_of_unknown_outcome(share) && ending_of(share).is_none()
}

/// Whether a share of that name is of rows of which nobody knows how they ended.
pub(crate) fn is_of_unknown_outcome(share: &str) -> bool {
    share.ends_with(OF_UNKNOWN_OUTCOME)
}
