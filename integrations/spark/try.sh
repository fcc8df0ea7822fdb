#!/bin/sh
# Tries perfreport_spark.py on a real Spark of two executors, one of which is killed in the middle.
#
#   integrations/spark/try.sh [PROGRAM] [ROWS]
#
# Needs Java 17 or later and Python 3; Spark comes by `pip install pyspark` into a folder of its own (SPARK_VENV, outside of the tree)
# unless it is there. Where Java or the network is not, it prints SKIPPED with the reason and ends with 77: nothing was tried.
set -eu
cd "$(dirname "$0")/../.."
program=${1:-target/release/perfreport}
rows=${2:-20000}
venv=${SPARK_VENV:-${TMPDIR:-/tmp}/perfreport-spark}
skip() {
    echo "SKIPPED: $1"
    exit 77
}
java=$(java -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p') || java=
[ "${java:-0}" -ge 17 ] || skip "no Java 17 or later"
command -v python3 >/dev/null || skip "no Python 3"
[ -x "$program" ] || { echo "spark: $program is not there; build it first" >&2; exit 2; }
if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c 'import pyspark' 2>/dev/null; then
    python3 -m venv "$venv" || skip "no virtual environment can be made"
    "$venv/bin/pip" install --quiet pyspark || skip "pyspark cannot be installed"
fi
exec "$venv/bin/python" -B integrations/spark/try.py "$program" "$rows"
