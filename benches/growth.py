#!/usr/bin/env python3
"""How time and memory grow with the file: one shape in growing sizes, under a bound of memory and without one.

Needs Python and a built perfreport. Makes the files with examples/make_data (about 33 bytes a row of `events`) in a folder
of its own, runs the full report on each, and prints a Markdown table: wall time, processor time, largest resident set
as the kernel reports it for the child, and whether the report is the same bytes as without a bound.

    cargo build --release --examples --bins
    python3 benches/growth.py --folder /tmp/growth --rows 30k,300k,3m,30m,300m --memory 64MiB
"""

import argparse
import filecmp
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FACTORS = {"k": 1_000, "m": 1_000_000}


def count(text):
    return int(float(text[:-1]) * FACTORS[text[-1]]) if text[-1] in FACTORS else int(text)


def run(command, limit_space=None):
    """Wall, processor time and peak memory (MB) of a child; fails where it fails."""
    if limit_space:
        command = ["prlimit", f"--as={limit_space}", *command]
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))}: {error.decode()}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path("/tmp/growth"))
    parser.add_argument("--shape", default="events")
    parser.add_argument("--rows", default="30k,300k,3m,30m")
    parser.add_argument("--memory", default="64MiB")
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/perfreport")
    parser.add_argument("--maker", type=Path, default=ROOT / "target/release/examples/make_data")
    parser.add_argument("--space", help="bytes of address space for the bounded run, as prlimit --as takes them")
    parser.add_argument("--only-bounded", action="store_true", help="leave out the run without a bound")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    print(f"| rows | size | bound | wall | processor | peak memory | same bytes |")
    print("|--:|--:|---|--:|--:|--:|---|")
    for rows in map(count, arguments.rows.split(",")):
        data = arguments.folder / f"{arguments.shape}_{rows}.csv"
        if not data.exists():
            subprocess.run([arguments.maker, arguments.shape, str(rows), data], check=True)
        size = data.stat().st_size
        outputs = []
        for bound in [arguments.memory] + ([] if arguments.only_bounded else [None]):
            output = arguments.folder / f"report_{bound}.json"
            command = [arguments.binary, "summarize", data, "-o", output, "--no-collapse"]
            command += ["--memory", bound] if bound else []
            wall, processor, memory = run(command, arguments.space if bound else None)
            same = "–"
            if outputs:
                same = "yes" if filecmp.cmp(outputs[0], output, shallow=False) else "NO"
            outputs.append(output)
            print(
                f"| {rows:,} | {size / 1e6:,.1f} MB | {bound or 'none'} | {wall:.2f} s | {processor:.2f} s | "
                f"{memory:,.0f} MB | {same} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
