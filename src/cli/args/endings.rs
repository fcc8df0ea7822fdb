//! What stands at the end of a help.

/// Below all options.
pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  done, and every check that was asked for passed
  1  a check that was asked for failed (`check` found corrupted samples, or --fail-on found what it names)
  2  an error: nothing was written that was not whole";

/// The same on the screen of frequent options.
pub(super) const FEW_WORDS: &str = "\
All options: --help-all. Exit codes: 0 done, 1 a check that was asked for failed, 2 an error.";
