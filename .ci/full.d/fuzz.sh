#!/usr/bin/env bash
# A minute of libFuzzer a target (FUZZ_SECONDS), from the committed corpus.
. "$(dirname "$0")/common.sh"

command -v c++ >/dev/null || skip "no C++ compiler for libFuzzer"
(cd fuzz && cargo fetch --quiet) || skip "libfuzzer-sys cannot be had"
CARGO_TARGET_DIR=$target_folder/fuzz fuzz/run "${FUZZ_SECONDS:-60}" | tee "$work/said"
echo "$(grep -c '^== ' "$work/said") targets, $(sed -n 's/.*number_of_executed_units: *//p' "$work/said" | paste -sd+ | bc) executions, nothing found"
