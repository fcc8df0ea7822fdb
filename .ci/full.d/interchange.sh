#!/usr/bin/env bash
# The numbers for other dashboards through the parser of Prometheus' own client (PyPI). Bencher and github-action-benchmark have no parser that
# could be had alone; tests/it/interchange.rs holds their documents against what their sources ask for.
. "$(dirname "$0")/common.sh"

binary=$(program) || skip "no program: cargo build --release"
command -v python3 >/dev/null || skip "no python3"
python3 -m venv "$work/venv" || skip "python3 cannot make environments here (Debian: python3-venv)"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check prometheus_client >/dev/null 2>&1 || skip "prometheus_client cannot be had from PyPI here"
cat >"$work/parse.py" <<'PYTHON'
import subprocess
import sys
from pathlib import Path

from prometheus_client.openmetrics.parser import text_string_to_metric_families

binary, fixtures, work = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
read = series = wrong = 0
for path in sorted(path for path in fixtures.rglob("*") if path.is_file() and path.suffix != ".md"):
    out = work / "metrics.txt"
    out.unlink(missing_ok=True)
    subprocess.run([binary, "summarize", str(path), "-q", "-o", f"openmetrics={out}"], capture_output=True, check=False)
    # A file without samples has no report.
    if not out.exists():
        continue
    read += 1
    try:
        series += sum(len(family.samples) for family in text_string_to_metric_families(out.read_text()))
    except ValueError as error:
        wrong += 1
        print(f"{path}: {error}")
print(f"{read} reports of fixtures, {series} series, {wrong} refused by prometheus_client")
sys.exit(1 if wrong or read < 100 else 0)
PYTHON
"$work/venv/bin/python" "$work/parse.py" "$binary" fixtures "$work"
