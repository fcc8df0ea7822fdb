//! What the README promises, tried on the built program. One test program, so that it is linked once.
#![allow(
    clippy::unwrap_used,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::cast_possible_wrap,
    reason = "a test that cannot go on should stop, and texts are short here"
)]

mod action;
mod amounts;
mod api;
mod appended;
mod approved;
mod architecture;
mod archives;
mod bad_input;
mod baseline;
mod belongs;
mod bounds;
mod choices;
mod ci;
mod circles;
mod command_line;
mod compare;
mod compared_things;
mod corruption;
mod counted;
mod denominators;
mod depth;
mod designs;
mod digest;
mod documents;
mod ended;
mod evidence_of_names;
mod export;
mod failed;
mod fewer_and_lost;
mod flags;
mod formats;
mod fuzz;
mod fuzz_targets;
mod gitlab;
mod goodput;
mod habits;
mod healthy;
mod history;
mod history_believed;
mod init;
mod interchange;

mod kept_apart;
mod layouts;
mod load_levels;
mod meaning;
mod memory;
mod monotone;
mod never_passes;
mod not_measured;
mod not_passed_over;
mod nothing_hidden;
#[cfg(target_os = "linux")]
mod offline;
mod outcomes;
mod page;
mod planted;
mod punctuation;
mod raw_names;
mod read_in_full;
mod reader_losses;
mod readers;
mod readme;
mod reference;
mod remedies;
mod requests;
mod rows_and_names;
mod runs_of_a_file;
mod same_gate;
mod schema_1;
mod service;
mod shards;
mod simulator;
mod steady;
mod strangers;
mod suite;
mod summaries;
mod summarize;
mod supply_chain;
mod support;
mod swarm;
mod sweep;
mod sweeps;
mod targets;
mod told_apart;
mod told_singly;
mod tools_bench;
mod tools_damaged;
mod tools_http;
mod tools_load;
mod tried;
mod verdict;
mod wholes;
mod written_by_hand;
mod written_files;
