#!/usr/bin/env python3
"""What digests cost: the figures of docs/scale.md.

Needs Python and a built perfreport, nothing else. Writes shards of a run into a folder of its own and prints Markdown: the processor time
of digests and their merge by two plain processes beside that of one `summarize` over the same files (pairs of runs, one after the other, so
that a busy machine is as busy for both), the same of a round of `refine`, how large digests are, how long a merge of very many takes and how
much memory, and what that comes to for a large cluster.

    cargo build --release
    python3 benches/scale.py --folder /tmp/scale
    python3 benches/scale.py --folder /tmp/scale --only overhead --rows 2m --pairs 9
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
FACTORS = {"k": 1_000, "m": 1_000_000}
SHARDS = 48
GROUPS = 100
# The cluster of the extrapolation: nodes, processes on each, and bytes of files.
NODES, CORES, BYTES = 100, 16, 10e12
NETWORK = 125e6  # bytes a second into the driver: a gigabit


def count(text):
    return int(float(text[:-1]) * FACTORS[text[-1]]) if text[-1] in FACTORS else int(text)


def run(command):
    """Wall and processor seconds of a child and the peak of its memory (MB); fails where it fails."""
    start = time.monotonic()
    child = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{' '.join(map(str, command))}: {error.decode()}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def added(runs):
    return sum(one[1] for one in runs)


def write_shards(folder, shards, rows, groups, seed):
    """Parts of one run, of unequal size: whole milliseconds, and microseconds with nine decimals."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = random.Random(seed)
    # No numbers in them: labels that differ in nothing else are one group.
    names = [f"/{chr(97 + group // 26)}{chr(97 + group % 26)}" for group in range(groups)]
    paths = [folder / f"part-{shard:05}.csv" for shard in range(shards)]
    for path in paths:
        lines = ["timestamp,endpoint,latency_ms,connect_us,status\n"]
        for _ in range(int(rows * (0.2 + 1.6 * numbers.random()))):
            at = 1764000000000 + int(numbers.random() * 3.6e6)
            latency = int(20 / (1 - 0.98 * numbers.random()))
            connect = 180 * numbers.lognormvariate(0, 0.4)
            status = 503 if numbers.random() < 0.02 else 200
            lines.append(f"{at},{names[numbers.randrange(groups)]},{latency},{connect:.9f},{status}\n")
        path.write_text("".join(lines), encoding="ascii")
    return paths


class Program:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.plan = folder / "plan.json"

    def make_plan(self, paths):
        run([self.binary, "plan", paths[0], paths[-1], "--group-by", "endpoint", "-o", self.plan])

    def digest(self, path, *more):
        return run([self.binary, "digest", path, "--name", path.name, "--plan", self.plan, "--threads", "1", "--memory", "256MiB", *more,
                    "-o", path.with_suffix(".digest")])

    def digests(self, paths, *more):
        with ThreadPoolExecutor(2) as two:
            return list(two.map(lambda path: self.digest(path, *more), paths))

    def merge(self, paths, to):
        return run([self.binary, "merge", *(path.with_suffix(".digest") for path in paths), "-o", to])

    def summarize(self, paths, to):
        return run([self.binary, "summarize", *paths, "--group-by", "endpoint", "-o", to])


def overhead(program, folder, rows, pairs, refine):
    """Pairs of runs; prints medians of the ratios, and gives back the seconds of a processor for a byte."""
    paths = write_shards(folder / "parts", SHARDS, rows // SHARDS, 3, 1)
    size = sum(path.stat().st_size for path in paths)
    program.make_plan(paths)
    all_digest, report = folder / "all.digest", folder / "report.json"
    whole, cut, last, again = [], [], [], []
    for _ in range(pairs):
        whole.append(program.summarize(paths, report)[1])
        cut.append(added(program.digests(paths)) + program.merge(paths, all_digest)[1])
        last.append(run([program.binary, "summarize", all_digest, "-o", report])[1])
    rounds = 0
    while refine:
        ask = folder / "ask.json"
        last.append(run([program.binary, "refine", "ask", all_digest, "-o", ask])[1])
        if not json.loads(ask.read_text())["open"]:
            break
        rounds += 1
        again.append(added(program.digests(paths, "--refine", ask)) + program.merge(paths, all_digest)[1])
    ratios = sorted(one / other for one, other in zip(cut, whole))
    print(f"\n{SHARDS} shards, {rows:,} rows, {size / 1e6:.1f} MB; {pairs} pairs\n")
    print("| | processor seconds | of `summarize` |\n|---|--:|--:|")
    print(f"| `summarize` over all files | {median(whole):.2f} | 1 |")
    print(f"| 48 digests by two processes, and their merge | {median(cut):.2f} | {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) |")
    print(f"| the report about the merged digest, or an ask | {median(last):.2f} | |")
    for number, seconds in enumerate(again, 1):
        print(f"| round {number} of {rounds} of `refine`: the same with answers | {seconds:.2f} | {seconds / median(whole):.2f} |")
    print(f"\nDigest of all: {all_digest.stat().st_size} bytes.")
    return median(cut) / size, rounds


def merging(program, folder, shards, rows):
    """A merge of very many digests of a hundred groups; gives back its seconds and the bytes of a digest."""
    paths = write_shards(folder / "many", shards, rows, GROUPS, 2)
    program.make_plan(paths)
    program.digests(paths)
    sizes = [path.with_suffix(".digest").stat().st_size for path in paths]
    to = folder / "many.digest"
    runs = [program.merge(paths, to) for _ in range(3)]
    wall, processor, memory = (median(one[place] for one in runs) for place in range(3))
    print(f"\n{shards} digests of {GROUPS} groups and two metrics ({rows} rows a shard): {median(sizes):.0f} bytes each, {sum(sizes) / 1e6:.0f} MB\n")
    print(f"merged in {wall:.1f} s (three runs: {', '.join(f'{one[0]:.1f}' for one in runs)}), {processor:.1f} s of processors, "
          f"{memory:.0f} MB at most; the digest of all: {to.stat().st_size} bytes")
    return wall / shards, median(sizes)


def sizes(program, folder):
    """How large digests are by how many rows they are of."""
    print("\n| rows of a shard, one group | shard | digest |\n|--:|--:|--:|")
    for rows in [1_000, 10_000, 100_000, 1_000_000]:
        [path] = write_shards(folder / f"size-{rows}", 1, rows, 1, 3)
        program.make_plan([path])
        program.digest(path)
        lines = path.read_bytes().count(b"\n") - 1
        print(f"| {lines:,} | {path.stat().st_size / 1e6:.2f} MB | {path.with_suffix('.digest').stat().st_size} bytes |")


def extrapolate(a_byte, rounds, a_merge, a_digest):
    """What it comes to: arithmetic with what was measured."""
    shards = 10_000
    passes = BYTES * a_byte / NODES / CORES
    print(f"\n{BYTES / 1e12:.0f} TB in {shards} files of {BYTES / shards / 1e9:.0f} GB, {NODES} nodes of {CORES} processes:\n")
    print(f"- a pass: {BYTES:.0e} bytes x {a_byte * 1e9:.2f} ns / {NODES * CORES} = {passes:.0f} s; with {rounds} rounds of `refine` {passes * (1 + rounds):.0f} s")
    print(f"- network: {shards} digests of {a_digest:.0f} bytes are {shards * a_digest / 1e6:.0f} MB a pass, {shards * a_digest / NETWORK:.1f} s of a gigabit into one driver")
    print(f"- a merge of all by one process: {a_merge * shards:.1f} s; in a tree of 64 a task holds 64 digests, {64 * a_digest / 1e6:.1f} MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path("/tmp/scale"))
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/perfreport")
    parser.add_argument("--rows", type=count, default=2_000_000, help="of the run in 48 shards")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--digests", type=count, default=10_000, help="that are merged")
    parser.add_argument("--shard-rows", type=count, default=1_000, help="of each of those")
    parser.add_argument("--no-refine", action="store_true", help="no further rounds")
    parser.add_argument("--only", choices=["overhead", "merge", "sizes"])
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    program = Program(given.binary.resolve(), given.folder)
    load = os.getloadavg()[0]
    print(f"{run_version(program.binary)}, {os.cpu_count()} processors, load {load:.1f} when it began")
    costs = merged = None
    if given.only in (None, "overhead"):
        costs = overhead(program, given.folder, given.rows, given.pairs, not given.no_refine)
    if given.only in (None, "sizes"):
        sizes(program, given.folder)
    if given.only in (None, "merge"):
        merged = merging(program, given.folder, given.digests, given.shard_rows)
    if costs and merged:
        extrapolate(*costs, *merged)


def run_version(binary):
    return subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main()
