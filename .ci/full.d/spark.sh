#!/bin/sh
# Digests on a real Spark: two executors, 48 shards, one executor killed in the middle, the same bytes. Skipped with a word where Java is
# not there.
exec "$(dirname "$0")/../../integrations/spark/try.sh" "${1:-target/release/perfreport}"
