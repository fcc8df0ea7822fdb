#!/usr/bin/env bash
# Digests on a real Spark: two executors, 48 shards, one executor killed in the middle, the same bytes. Skipped with a word where Java is
# not there.
. "$(dirname "$0")/common.sh"

binary=$(program) || skip "no program: cargo build --release"
integrations/spark/try.sh "$binary" "$@"
