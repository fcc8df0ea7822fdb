//! What the README promises, tried on the built program. One test program, so that it is linked once.
#![allow(clippy::unwrap_used, clippy::format_push_string, reason = "a test that cannot go on should stop")]

mod architecture;
mod bad_input;
mod corruption;
mod golden;
mod planted;
mod readers;
mod readme;
mod summarize;
mod support;
