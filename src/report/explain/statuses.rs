//! What makes each word about a run, and what to do. Tables of `docs/verdict.md` say the same, and a test holds them to it.

use super::advice::Advice;
use crate::compare::outcome::{GateOutcome, TargetOutcome, Verdict};
use crate::history::contract::ChangeState;
use crate::measure::finding::Severity;
use crate::report::contract::{DataStatus, ServiceStatus};

/// Words that no list of values has.
pub(super) const OTHERS: [(&str, &str, Advice); 2] = [
    (
        "large",
        "A change for the worse that cannot be decided and is too large to pass.",
        Advice::new(
            "an inconclusive change for the worse of at least three margins, beyond what its noise makes of no change in 95% of \
             whole reports",
            "Measure again with more samples, or more runs: a gate on regressions is undecided, and exits with 1, until then. \
             `--undecided pass` lets it exit with 0.",
        ),
    ),
    (
        "stale",
        "The run is the baseline's own data.",
        Advice::new(
            "its bytes or its samples are those of the baseline, and at least 20 different durations are among them",
            "Measure again: old results prove nothing, and no option lets them pass.",
        ),
    ),
];

pub(super) fn service(status: ServiceStatus) -> Advice {
    match status {
        ServiceStatus::Failing => Advice::new(
            "a whole or a label of which every request failed, or of which, with at least ten, the lower end of the Wilson \
             interval (95%) of the failed share reaches `failing = \"10%\"` (`perfreport.toml`)",
            "Look at the causes of failures in the report first: how fast failures come back says nothing.",
        ),
        ServiceStatus::Regressed => Advice::new(
            "a metric, or a share of failures, is worse than the baseline beyond chance and margin",
            "Look at the changes, worst first. Measure once more before you search for the cause: the machine may have been busy.",
        ),
        ServiceStatus::Missed => Advice::new(
            "a target is missed, has no data, or matches nothing; or the file says that its own tool missed one (a crossed threshold of \
             k6), which changes no exit code",
            "Look at the targets in the report; what a target may have meant stands beside it.",
        ),
        ServiceStatus::Undecided => Advice::new(
            "a target's interval straddles its limit; the gate could not see; a metric vanished or cannot be compared; nothing can \
             be told about changes",
            "Measure more samples or more runs: the report says how many are needed.",
        ),
        ServiceStatus::Improved => Advice::new(
            "something is better beyond chance and margin, and nothing of the above holds",
            "Save the run as the new baseline where the change was meant.",
        ),
        ServiceStatus::Healthy => Advice::new("all targets are met", "Nothing."),
        ServiceStatus::Measured => Advice::new(
            "none of these: nothing says how it should have done, or nothing changed",
            "Give `--baseline`, or targets in perfreport.toml, to have the run judged.",
        ),
    }
}

pub(super) fn data(status: DataStatus) -> Advice {
    match status {
        DataStatus::Corrupted => Advice::new(
            "samples that cannot have been measured were set aside",
            "Look at the findings, each with its line. The clean numbers are without them; `--fail-on corruption` makes it a gate.",
        ),
        DataStatus::Incomplete => Advice::new(
            "a metric of the baseline vanished, or cannot be compared any more",
            "Look at the changes that are missing or incomparable: a renamed label or metric is the usual cause.",
        ),
        DataStatus::Suspicious => Advice::new(
            "something is odd; nothing was taken out",
            "Look at the findings; the report has lines for perfreport.toml against rows that are no measurements.",
        ),
        DataStatus::Clean => Advice::new("none of these", "Nothing."),
    }
}

pub(super) fn verdict(verdict: Verdict) -> Advice {
    match verdict {
        Verdict::Regressed => Advice::new(
            "no change is excluded at 1% after control of false discoveries, for the worse, and the estimate is at least the \
             margin (with `--margin-test`: the whole interval lies beyond it); or the population is failing and was not, whether \
             its failures are scattered or one outage; or values that every row of the baseline has are gone from many rows \
             (\"rows without latency_ms 0% → 50%\"). Where only the slow end moved the reason is *tail*, with its numbers \
             (\"slow samples (over 210 ms) 0.5% → 3%\")",
            "Look at what moved (center, tail, failures), and at whether all metrics moved together: then it is the machine.",
        ),
        Verdict::Improved => {
            Advice::new("the same for the better", "Save the run as the new baseline where it was meant.")
        }
        Verdict::Changed => Advice::new(
            "the same where the better direction is not known; never fails a gate",
            "Say which way is better: `--better METRIC=lower`.",
        ),
        Verdict::Unchanged => Advice::new(
            "the interval of the center lies inside the margin (5%), those of p95 and p99 inside that of tails (20%, \
             `--tail-margin`), the share of zeros and what is not zero are known to be the same, nothing speaks of a change, and no \
             interval is narrower than the step to which values were rounded. A count that is one number throughout is unchanged",
            "Nothing.",
        ),
        Verdict::CenterUnchanged => Advice::new(
            "the interval of the center lies inside the margin, and how the slowest samples changed is not known (\"p99 not known \
             (-10.0% to +117%)\"; p99 has an interval from 368 samples on); passes every gate",
            "Measure more samples where the slowest requests matter.",
        ),
        Verdict::Inconclusive => Advice::new(
            "anything else; the reason says what would be needed",
            "Measure more samples, or several runs of each side (`perfreport baseline add`).",
        ),
        Verdict::Incomparable => Advice::new(
            "unit or meaning differ, or both sides were measured in different places (`--env`, or what the files say of processor, \
             cores, caches, build type; never a clock reading), or one side is the steady part of a run and the other is not \
             (`--steady`): then effects are shown and not judged",
            "Measure both sides in one place and in one unit, or say the unit (`--unit`).",
        ),
        Verdict::Missing => Advice::new(
            "only the baseline has it",
            "Look at whether the metric or label was renamed or is not measured any more; then save the baseline anew.",
        ),
        Verdict::New => Advice::new("only the run has it", "Save the baseline anew to have it judged from now on."),
    }
}

pub(super) fn target(outcome: TargetOutcome) -> Advice {
    match outcome {
        TargetOutcome::Missed => Advice::new(
            "the number does not keep its limit, and neither does its interval",
            "Look at the metric in the report. `--fail-on target` makes it a gate.",
        ),
        TargetOutcome::NoData => Advice::new(
            "nothing that was measured is what the target speaks of, there are too few samples for its number, or the population \
             is failing, so that its durations say nothing",
            "Look at the note beside the target: a slip of the pen is suggested, and how many samples are needed is said.",
        ),
        TargetOutcome::Undecided => Advice::new(
            "the interval of the number straddles the limit",
            "Measure more samples. It passes a gate; `--strict` counts it as missed.",
        ),
        TargetOutcome::Met => Advice::new("the number keeps its limit, and its interval does, too", "Nothing."),
    }
}

pub(super) fn gate(outcome: GateOutcome) -> Advice {
    match outcome {
        GateOutcome::Pass => {
            Advice::new("nothing that `--fail-on` names was found, and it could have been seen", "Nothing.")
        }
        GateOutcome::Undecided => Advice::new(
            "nothing could be compared, a large change cannot be decided, or the run is the baseline's own file",
            "Measure more, or once more. The exit code is 1; `--undecided pass` makes it 0, except where the data is old or fails.",
        ),
        GateOutcome::Fail => {
            Advice::new("something that `--fail-on` names was found", "The gate's line says what; the exit code is 1.")
        }
    }
}

pub(super) fn severity(severity: Severity) -> Advice {
    match severity {
        Severity::Corrupted => Advice::new(
            "evidence that the value cannot have been measured",
            "Look at its line; correct what recorded it.",
        ),
        Severity::Suspicious => Advice::new(
            "evidence that is not enough to take the value out",
            "Look at its line; set it aside if it is wrong.",
        ),
        Severity::Note => Advice::new("something about the file that explains the numbers", "Nothing."),
    }
}

pub(super) fn change_of_a_history(state: ChangeState) -> Advice {
    match state {
        ChangeState::New => Advice::new(
            "the level of a metric changed at a run, beyond chance and margin",
            "Look at the commits between the runs; `perfreport history ack` accepts it.",
        ),
        ChangeState::Acknowledged => {
            Advice::new("somebody accepted it with `perfreport history ack`", "Nothing: it fails no gate.")
        }
        ChangeState::Recovered => {
            Advice::new("a later level is what it was before, to within the margin", "Nothing: it fails no gate.")
        }
    }
}
