#!/usr/bin/env python3
"""A guard against slow regressions that no clock can blur: instructions of eight small runs, beside those that are checked in.

Needs Python, valgrind and a built perfreport. Makes eight small inputs (the same bytes everywhere), reports on each with one thread
under callgrind, and prints how many instructions that took, and how many times those of `instructions.json`. Counts differ by a
percent or two from one compiler and C library to the next, and by nothing from run to run; more than 5% is a finding.

    cargo build --release
    python3 benches/instructions.py
    python3 benches/instructions.py --write      # after a change that is meant
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COUNTS = Path(__file__).resolve().with_suffix(".json")
SLACK = 0.05


class Draws:
    """A generator of whole numbers that is the same in every version of Python (Knuth's MMIX)."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % limit

    def skewed(self, limit):
        """Small numbers are more likely than large ones."""
        return self.below(limit) * self.below(limit) // limit


def jmeter(folder):
    draws, at = Draws(1), 1_700_000_000_000
    header = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,bytes,sentBytes,grpThreads,allThreads,Latency,IdleTime,Connect"
    rows = [header]
    for row in range(6000):
        at += draws.below(9)
        elapsed, failed = 20 + draws.skewed(400), draws.below(100) == 0
        code, message = ("500", "Internal Server Error") if failed else ("200", "OK")
        rows.append(
            f"{at},{elapsed},GET /p{draws.below(8)},{code},{message},Group 1-{row % 50},{str(not failed).lower()},"
            f"{700 + draws.below(600)},120,50,50,{max(elapsed - 3, 0)},0,{draws.below(3)}"
        )
    return [write(folder / "jmeter.jtl", rows)]


def wide_decimals(folder):
    draws = Draws(2)
    rows = ["event,latency_ms"]
    rows += [f"e{draws.below(20)},{5 + draws.skewed(10**9) / 10**7:.7f}" for _ in range(10_000)]
    return [write(folder / "decimals.csv", rows)]


def ndjson(folder):
    draws = Draws(3)
    line = lambda: json.dumps({"endpoint": f"/v{draws.below(5)}", "duration_ms": 3 + draws.skewed(900), "bytes": draws.below(5000)})
    return [write(folder / "requests.ndjson", [line() for _ in range(5000)])]


def labels(folder):
    draws = Draws(4)
    rows = ["name,value"] + [f"metric {draws.below(700)} of {draws.below(7)},{draws.below(10**6)}" for _ in range(5000)]
    return [write(folder / "labels.csv", rows)]


def comparison(folder):
    made = []
    for side, factor in (("before", 100), ("after", 108)):
        draws = Draws(5 + factor)
        rows = ["benchmark,seconds"]
        rows += [f"b{row % 12},{factor * (10**6 + draws.skewed(10**6)) / 10**9:.9f}" for row in range(1200)]
        made.append(write(folder / f"{side}.csv", rows))
    return made


def small(folder):
    made = []
    for number in range(3):
        draws = Draws(6 + number)
        rows = ["event,latency_ms"] + [f"e{draws.below(4)},{10 + draws.skewed(200)}" for _ in range(110)]
        made.append(write(folder / f"small{number}.csv", rows))
    return made


def wide(folder):
    """More columns than rows: what is asked of each column must not be asked beside each other one."""
    draws = Draws(9)
    rows = [",".join(f"m{column}" for column in range(800))]
    rows += [",".join(str(draws.skewed(5000)) for _ in range(800)) for _ in range(8)]
    return [write(folder / "wide.csv", rows)]


def settings(folder):
    """Several settings and several metrics: what is found out about the labels is found out once."""
    draws = Draws(10)
    rows = ["model,batch,prompt,threads," + ",".join(f"m{metric}_ms" for metric in range(30))]
    for row in range(600):
        model, batch, prompt, threads = f"net-{row // 120}.{row // 60 % 2}b", 2 ** (row // 15 % 4), 128 * (row // 5 % 3 + 1), row % 5 + 1
        rows.append(f"{model},{batch},{prompt},{threads}," + ",".join(f"{5 + draws.skewed(10**6) / 10**5:.5f}" for _ in range(30)))
    return [write(folder / "settings.csv", rows)]


def write(path, rows):
    path.write_text("\n".join(rows) + "\n")
    return path


SHAPES = {
    "jmeter": (jmeter, "summarize"),
    "wide decimals": (wide_decimals, "summarize"),
    "ndjson": (ndjson, "summarize"),
    "many labels": (labels, "summarize"),
    "comparison": (comparison, "compare"),
    "three small files": (small, "summarize"),
    "many columns": (wide, "summarize"),
    "many settings": (settings, "summarize"),
}


def instructions(binary, command, inputs, folder):
    outputs = ["-o", folder / "report.md", "-o", folder / "report.json"]
    callgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    command = [*callgrind, binary, "--threads", "1", command, *inputs, "--quiet", *outputs]
    environment = {**os.environ, "NO_COLOR": "1", "LC_ALL": "C"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
    return int(found.group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/perfreport")
    parser.add_argument("--write", action="store_true", help="check the counts in that are found now")
    arguments = parser.parse_args()
    known = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
    found = {}
    print("| shape | instructions | times those checked in |")
    print("|---|--:|--:|")
    for name, (make, command) in SHAPES.items():
        with tempfile.TemporaryDirectory() as folder:
            count = instructions(arguments.binary.resolve(), command, make(Path(folder)), Path(folder))
        found[name] = count
        ratio = f"{count / known[name]:.3f}" if name in known else "–"
        print(f"| {name} | {count:,} | {ratio} |", flush=True)
    if arguments.write:
        COUNTS.write_text(json.dumps(found, indent=2) + "\n")
        return
    slower = [name for name, count in found.items() if count > known.get(name, count) * (1 + SLACK)]
    if slower:
        sys.exit(f"more than {SLACK:.0%} more instructions: {', '.join(slower)}")


if __name__ == "__main__":
    main()
