#!/usr/bin/env bash
# Every open, write, sync and rename of a command fails once, and a command is killed at any moment: each file is as it was or as it should be.
. "$(dirname "$0")/common.sh"

command -v strace >/dev/null || skip "no strace"
command -v python3 >/dev/null || skip "no python3"
strace -f -o /dev/null true 2>/dev/null || skip "strace may not trace here"
binary=$(program) || skip "no program: cargo build --release"
python3 .ci/full.d/faults.py "$binary" "${@:-200}"
