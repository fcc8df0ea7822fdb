//! What shares of rows and requests are called, and what each of them counts.

/// What requests are called that missed a service level; the levels stand behind it.
pub(crate) const BEYOND: &str = "requests beyond ";
/// What rows are called that hold no value of a metric; its name stands behind it.
pub(crate) const WITHOUT: &str = "rows without ";
/// What messages of a service are called that have no answer, although there was time for one.
pub(crate) const UNANSWERED: &str = "messages without an answer";

/// Whether a share of that name is of what failed.
pub(crate) fn is_of_failures(share: &str) -> bool {
    !share.starts_with(BEYOND) && !share.starts_with(WITHOUT) && share != UNANSWERED
}
