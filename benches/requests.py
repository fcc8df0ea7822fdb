"""Holds rate, concurrency, failures and percentiles over time of runs of requests, and of files of several load generators that are
one run, against a calculation of their own.

    python3 benches/requests.py --binary target/release/perfreport [--rows 200000] [--seed 1]

Needs nothing but Python. Writes JMeter files with a ramp, a slow stretch and failures of two kinds into a temporary folder.
"""

import argparse
import json
import math
import random
import subprocess
import tempfile
from pathlib import Path

START = 1_710_504_000_250
HEADER = "timeStamp,elapsed,label,responseCode,success\n"


def rows(count, seed):
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        at = chance.random() * 600
        if at < 60 and chance.random() > at / 60:
            continue
        label = chance.choice(["GET /", "GET /search", "POST /pay"])
        took = chance.lognormvariate(math.log(80), 0.5) * (3 if 300 <= at < 330 else 1)
        fails = chance.random() < (0.08 if 300 <= at < 330 else 0.004)
        code = chance.choice([500, 503]) if fails else 200
        made.append((START + int(at * 1000), int(took) + 1, label, code))
    return sorted(made, key=lambda row: row[0] + row[1])


def write(path, made):
    lines = (f"{at},{took},{label},{code},{str(code == 200).lower()}\n" for at, took, label, code in made)
    path.write_text(HEADER + "".join(lines))


def report(binary, folder, names):
    out = folder / "out.json"
    subprocess.run([binary, "summarize", *names, "-o", "out.json"], cwd=folder, check=True, capture_output=True)
    return json.loads(out.read_text())


def type_6(values, p):
    values = sorted(values)
    position = min(max(p * (len(values) + 1), 1), len(values))
    below = math.floor(position)
    above = values[min(below, len(values) - 1)]
    return values[below - 1] + (position - below) * (above - values[below - 1])


def same(found, expected, what):
    assert found is not None and math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9), f"{what}: {found} instead of {expected}"


def check(run, made):
    begin, end = min(row[0] for row in made), max(row[0] + row[1] for row in made)
    length = (end - begin) / 1e3
    assert run["requests"] == len(made)
    same(run["length"], length, "length")
    same(run["rate"], len(made) / length, "rate")
    same(run["concurrency"]["mean"], sum(row[1] for row in made) / 1e3 / length, "concurrency")
    failed = [row for row in made if row[3] != 200]
    assert run["failed"] == len(failed)
    for cause in run["causes"]:
        of_cause = [row for row in failed if str(row[3]) == cause["cause"]]
        assert cause["failed"] == len(of_cause)
        same(cause["first"], (min(row[0] for row in of_cause) - begin) / 1e3, "first seen")
        same(cause["last"], (max(row[0] for row in of_cause) - begin) / 1e3, "last seen")
    for endpoint in run["endpoints"]:
        of_label = [row for row in made if row[2] == endpoint["label"]]
        assert endpoint["requests"] == len(of_label)
        assert endpoint["failed"] == sum(row[3] != 200 for row in of_label)
    width = round(run["bin_width"] * 1000)
    by_bin, in_progress = {}, {}
    for row in made:
        by_bin.setdefault(row[0] // width, []).append(row)
        for index in range(row[0] // width, (row[0] + row[1]) // width + 1):
            overlap = min(row[0] + row[1], (index + 1) * width) - max(row[0], index * width)
            in_progress[index] = in_progress.get(index, 0) + overlap
    percentiles = 0
    for offset, found in enumerate(run["bins"]):
        index = begin // width + offset
        inside = by_bin.get(index, [])
        seconds = (min((index + 1) * width, end) - max(index * width, begin)) / 1e3
        assert found["requests"] == len(inside) and found["failed"] == sum(row[3] != 200 for row in inside)
        same(found["rate"], len(inside) / seconds, f"rate of bin {offset}")
        same(found["concurrency"], in_progress.get(index, 0) / 1e3 / seconds, f"concurrency of bin {offset}")
        good = [row[1] / 1e3 for row in inside if row[3] == 200]
        for name, p, needs in (("p50", 0.5, 2), ("p95", 0.95, 20), ("p99", 0.99, 100)):
            if len(good) < needs:
                assert found[name] is None
            else:
                same(found[name], type_6(good, p), f"{name} of bin {offset}")
                percentiles += 1
    return percentiles


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--binary", required=True)
    arguments.add_argument("--rows", type=int, default=200_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    binary, made = str(Path(given.binary).resolve()), rows(given.rows, given.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "run.jtl", made)
        percentiles = check(report(binary, folder, ["run.jtl"])["requests"][0], made)
        print(f"one file: {len(made)} requests, {percentiles} percentiles over time agree")
        parts = [f"worker-{number}.jtl" for number in range(1, 5)]
        for number, part in enumerate(parts):
            write(folder / part, made[number::4])
        joint = report(binary, folder, parts)["requests"][0]
        assert joint["shards"]["sources"] == parts, joint.get("shards")
        percentiles = check(joint, made)
        good = [row[1] / 1e3 for row in made if row[3] == 200]
        for name, p in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
            same(joint["shards"][name], type_6(good, p), f"joint {name}")
        print(f"{len(parts)} files of one run: {percentiles} percentiles over time and 3 of the whole agree")


if __name__ == "__main__":
    main()
