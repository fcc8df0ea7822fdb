#!/usr/bin/env python3
"""Runs perfreport and its peers alternately on the same files, checks that their numbers agree, and prints a table.

    python3 benches/peers.py --folder /tmp/peers                                  # events, 1,000,000 rows
    python3 benches/peers.py --folder /tmp/peers --shape events,jmeter,ndjson --rows 10m --repeat 7
    python3 benches/peers.py --folder /tmp/peers --binary before=old/perfreport --binary after=target/release/perfreport

Every program counts, and gives mean, median, p95, standard deviation, minimum and maximum by group. The first run sets the peers
up in the folder: DuckDB (Python and command line) and polars from their Python packages, xan from crates.io. A peer that cannot
be installed is named and left out. Only Python's own library is needed here.

One round runs every program once, in an order that is turned by one place each round, after one round that is not counted (so
that the file is in the page cache). A ratio is the median over the rounds of the ratio within a round: absolute times drift on
shared machines, neighbours in time do not. Peak memory is the largest resident set, as the kernel counts it for the process.
"""

import argparse
import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# GNU time starts the program from a small process: what the kernel reports as peak otherwise includes this script's own.
GNU_TIME = shutil.which("time", path="/usr/bin:/bin")
# Above so many rows a script in plain Python is left out: it takes two seconds for a million.
PLAIN_PYTHON_ROWS = 2_000_000
# Means and deviations are sums in another order; ranks and extremes are picked, not computed (type 7 interpolates once).
CLOSE_SUM = 1e-9
CLOSE_PICK = 1e-12
# Rounds of the small files: their runs take milliseconds, of which starting a process is a part.
SMALL_ROUNDS = 40
# The row of what a report says of all groups together.
ALL = object()
# Hyndman & Fan's names of the definitions of a quantile that the peers have.
TYPE_7, TYPE_2 = "type 7", "type 2"
# To base units, from what the file records: reports hold seconds and bytes.
TO_BASE = {"ns": 1e-9, "µs": 1e-6, "us": 1e-6, "ms": 1e-3, "s": 1.0}


class Shape:
    """A shape of file: its ending, what to group by and what to measure, and how to say "failed" where rows can fail."""

    def __init__(self, ending, group, value, failed=None, unused=()):
        self.ending, self.group, self.value, self.failed, self.unused = ending, group, value, failed, unused


SHAPES = {
    "events": Shape("csv", "event", "latency"),
    "jmeter": Shape(
        "csv", "label", "elapsed", "success",
        ("bytes", "sentBytes", "grpThreads", "allThreads", "Latency", "IdleTime", "Connect"),
    ),
    "ndjson": Shape("ndjson", "metric", "value"),
    "labels": Shape("csv", "operation", "latency"),

}


# ---- the programs ----


class Program:
    """One program on one file: its command, where its numbers end up, and which definition of p95 it has."""

    def __init__(self, name, command, numbers=None, p95=TYPE_7, peer=True):
        self.name, self.command, self.numbers, self.p95, self.peer = name, command, numbers, p95, peer
        self.walls, self.cpus, self.peaks, self.verdict = [], [], [], ""


def sql(shape, path, out):
    if shape.ending == "ndjson":
        table = f"read_ndjson('{path}', columns={{{shape.group}: 'VARCHAR', {shape.value}: 'DOUBLE'}})"
    else:
        table = f"read_csv('{path}', header=true)"
    v = shape.value
    failed = f", count(*) FILTER (WHERE NOT {shape.failed}) AS failed" if shape.failed else ""
    return (
        f"COPY (SELECT {shape.group} AS label, count({v}) AS count, avg({v}) AS mean, median({v}) AS median, "
        f"quantile_cont({v}, 0.95) AS p95, stddev_samp({v}) AS stddev, min({v}) AS min, max({v}) AS max{failed} "
        f"FROM {table} GROUP BY 1 ORDER BY 1) TO '{out}' (HEADER, DELIMITER ',')"
    )


POLARS = """
import sys, polars as pl
ending, group, value, failed, path, out, engine = sys.argv[1:]
rows = pl.scan_ndjson(path) if ending == "ndjson" else pl.scan_csv(path)
v = pl.col(value)
wanted = [v.count().alias("count"), v.mean().alias("mean"), v.median().alias("median"),
          v.quantile(0.95, interpolation="linear").alias("p95"), v.std().alias("stddev"), v.min().alias("min"),
          v.max().alias("max")]
if failed:
    wanted.append((~pl.col(failed).cast(pl.Boolean)).sum().alias("failed"))
rows.group_by(pl.col(group).alias("label")).agg(wanted).collect(engine=engine).sort("label").write_csv(out)
"""

PYTHON = """
import csv, json, statistics, sys
from collections import defaultdict
ending, group, value, failed, path, out = sys.argv[1:]
groups, bad = defaultdict(list), defaultdict(int)
with open(path, newline="") as file:
    for row in (map(json.loads, file) if ending == "ndjson" else csv.DictReader(file)):
        groups[row[group]].append(float(row[value]))
        if failed and row[failed] != "true":
            bad[row[group]] += 1
with open(out, "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["label", "count", "mean", "median", "p95", "stddev", "min", "max"] + (["failed"] if failed else []))
    for label, values in sorted(groups.items()):
        values.sort()
        place = 0.95 * (len(values) - 1)
        low = int(place)
        high = min(low + 1, len(values) - 1)
        p95 = values[low] + (place - low) * (values[high] - values[low])
        mean = sum(values) / len(values)
        deviation = (sum((x - mean) ** 2 for x in values) / (len(values) - 1)) ** 0.5 if len(values) > 1 else ""
        writer.writerow([label, len(values), mean, statistics.median(values), p95, deviation, values[0], values[-1]]
                        + ([bad[label]] if failed else []))
"""


def perfreports(binaries, modes, shape, path, work):
    """The modes of perfreport: the full report, the same with the one metric that the peers compute, a summary, a check."""
    for name, binary in binaries:
        ask = ["--no-collapse", "--quantile-method", "7", "-q"]
        if shape.ending != "ndjson":
            ask += ["--group-by", shape.group]
        for_one = [word for column in shape.unused for word in ("--role", f"{column}=unused")]
        made = work / f"{name}.json"
        whole = ["-o", work / f"{name}.md", "-o", made]
        of_one = work / f"{name}-one.json"
        programs = [
            Program(f"{name}: full report", [binary, "summarize", path, *ask, *whole], made, peer=False),
            Program(f"{name}: summary only", [binary, "summarize", path, *ask, *for_one, "-o", work / f"{name}.txt"], peer=False),
            Program(f"{name}: check", [binary, "check", path, *for_one], peer=False),
        ]
        if for_one:
            line = [binary, "summarize", path, *ask, *for_one, "-o", work / f"{name}-one.md", "-o", of_one]
            programs.insert(1, Program(f"{name}: full, one metric", line, of_one, peer=False))
        yield from (program for program in programs if any(mode in program.name for mode in modes))


def peers(found, shape, path, rows, work):
    """What each peer is started with on this file."""
    out = lambda name: work / f"{name}.csv"
    words = [shape.ending, shape.group, shape.value, shape.failed or "", path]
    if python := found.get("duckdb"):
        code = "import duckdb, sys; duckdb.sql(sys.argv[1])"
        yield Program("DuckDB (Python)", [python, "-c", code, sql(shape, path, out("duckdb"))], out("duckdb"))
    if command := found.get("duckdb-cli"):
        yield Program("DuckDB (command line)", [command, "-c", sql(shape, path, out("duckdb-cli"))], out("duckdb-cli"))
    if python := found.get("polars"):
        for engine in ("in-memory", "streaming"):
            target = out(f"polars-{engine}")
            yield Program(f"polars (Python, {engine})", [python, "-c", POLARS, *words, target, engine], target)
    if (command := found.get("xan")) and shape.ending == "csv":
        v = shape.value
        wanted = (
            f"count({v}) as count, mean({v}) as mean, median({v}) as median, quantile({v}, 0.95) as p95, "
            f"stddev_sample({v}) as stddev, min({v}) as min, max({v}) as max"
        )
        if shape.failed:
            wanted += f', count({shape.failed} eq "false") as failed'
        line = [command, "parallel", "groupby", shape.group, wanted, path, "-o", out("xan")]
        yield Program("xan, parallel", line, out("xan"), p95=TYPE_2)
    if rows <= PLAIN_PYTHON_ROWS:
        yield Program("plain Python", [sys.executable, "-c", PYTHON, *words, out("python")], out("python"))


# ---- setting up ----


def set_up(folder):
    """Installs what is not there yet; answers with the command of each peer that works, and says its version."""
    venv, log = folder / "venv", folder / "setup.log"
    python = venv / "bin" / "python"
    found = {}
    with open(log, "a") as notes:
        quiet = {"stdout": notes, "stderr": notes}
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", venv], check=False, **quiet)
        for package in ("duckdb", "polars", "duckdb-cli"):
            there = [python, "-m", "pip", "show", "-q", package]
            if python.exists() and subprocess.run(there, check=False, **quiet).returncode:
                subprocess.run([python, "-m", "pip", "install", "-q", package], check=False, **quiet)
        xan = folder / "xan" / "bin" / "xan"
        if not xan.exists() and shutil.which("cargo"):
            build = {**os.environ, "CARGO_TARGET_DIR": str(folder / "xan-build")}
            subprocess.run(["cargo", "install", "xan", "--root", folder / "xan"], check=False, env=build, **quiet)
    asks = {
        "duckdb": ([python, "-c", "import duckdb; print('DuckDB', duckdb.__version__, '(Python)')"], python),
        "duckdb-cli": ([venv / "bin" / "duckdb", "--version"], venv / "bin" / "duckdb"),
        "polars": ([python, "-c", "import polars; print('polars', polars.__version__, '(Python)')"], python),
        "xan": ([xan, "--version"], xan),
    }
    for name, (ask, command) in asks.items():
        try:
            answer = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip().splitlines()[0]
            found[name] = command
            print(f"- {name}: {answer}")
        except (OSError, subprocess.CalledProcessError, IndexError):
            print(f"- {name}: left out, it could not be installed or started (see {log.name} in the folder)")
    print(f"- plain Python: {sys.version.split()[0]}\n")
    return found


def rows_of(word):
    """1m, 300k, 5000."""
    word = word.lower().replace("_", "").replace(",", "")
    scale = {"k": 1_000, "m": 1_000_000}.get(word[-1], 1)
    return int(word.rstrip("km")) * scale


def short(rows):
    for size, letter in ((1_000_000, "m"), (1_000, "k")):
        if rows % size == 0:
            return f"{rows // size}{letter}"
    return str(rows)


def data(folder, name, rows):
    """The file of that shape and size; made where it is not there yet."""
    path = folder / f"{name}_{short(rows)}.{SHAPES[name].ending}"
    if not path.exists():
        part = path.with_suffix(".part")
        make = ["cargo", "run", "-q", "--release", "--example", "make_data", "--", name, str(rows), part]
        subprocess.run(make, check=True, cwd=ROOT)
        part.rename(path)
    return path


# ---- running and comparing ----


def run(program, note, gnu_time=GNU_TIME):
    """One run: wall time in seconds, processor time in seconds, peak resident memory in bytes."""
    line = [str(word) for word in program.command]
    if gnu_time:
        line = [gnu_time, "-q", "-f", "%M", "-o", str(note), *line]
    start = time.perf_counter()
    child = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    # `perfreport check` ends with 1 where samples are corrupted: an answer, not a failure.
    if child.returncode not in (0, 1) or (child.returncode == 1 and "check" not in program.name):
        raise RuntimeError(error.decode(errors="replace").strip()[-400:] or f"ended with {child.returncode}")
    # The times of GNU time's children are in these too, and finer than it prints them; the memory is not.
    peak = int(note.read_text().split()[-1]) if gnu_time else usage.ru_maxrss
    return wall, usage.ru_utime + usage.ru_stime, peak * 1024


def of_report(path, shape):
    """The numbers of a report as the peers write them: {label: {name: number}}, in the recorded unit; failures for all together."""
    report, table = json.loads(path.read_text()), {}
    for metric in report["metrics"]:
        scale = TO_BASE.get(metric["recorded_unit"], 1.0) if metric["dimension"] == "time" else 1.0
        if shape.ending == "ndjson":
            populations = [(metric["name"], metric["overall"])]
        elif metric["name"] == shape.value:
            populations = [(group["label"]["text"], group) for group in metric["groups"]]
        else:
            continue
        for label, population in populations:
            raw = population["clean"]
            numbers = {name: raw[name] / scale for name in ("mean", "median", "stddev", "min", "max") if raw[name] is not None}
            numbers["count"] = raw["n"]
            p95 = next((p["value"] for p in raw["percentiles"] if p["percent"] == 95), None)
            if p95 is not None:
                numbers["p95"] = p95 / scale
            table[label] = numbers
        if metric.get("failures"):
            table[ALL] = {"failed": metric["failures"]["failed"]}
    return table


def of_csv(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    table = {row[0]: {name: float(cell) for name, cell in zip(rows[0][1:], row[1:]) if cell != ""} for row in rows[1:]}
    if any("failed" in numbers for numbers in table.values()):
        table[ALL] = {"failed": sum(numbers.pop("failed") for numbers in table.values())}
    return table


def agreement(ours, theirs):
    """Where two tables differ: nothing, or a sentence about the first difference."""
    if set(ours) != set(theirs):
        return f"other groups: {len(ours)} and {len(theirs)}"
    compared = 0
    for label, numbers in theirs.items():
        for name, value in numbers.items():
            if name not in ours[label]:
                continue
            allowed = 0 if name in ("count", "failed") else CLOSE_SUM if name in ("mean", "stddev") else CLOSE_PICK
            if abs(ours[label][name] - value) > allowed * max(abs(value), abs(ours[label][name])):
                return f"{name} of {'all' if label is ALL else repr(label)}: {ours[label][name]!r} and {value!r}"
            compared += 1
    return "" if compared else "nothing in common to compare"


def hold(programs, binary, shape, path, work):
    """Sets each program's verdict: whether its numbers are perfreport's, by the same definition of a quantile."""
    references, own = {}, {}
    for definition, method in ((TYPE_7, "7"), (TYPE_2, "nearest-rank")):
        if any(program.p95 in (definition, TYPE_2) for program in programs if program.numbers and not program.verdict):
            made = work / "reference.json"
            grouped = ["--group-by", shape.group] if shape.ending != "ndjson" else []
            ask = [binary, "summarize", path, "--no-collapse", "--quantile-method", method, *grouped, "-q", "-o", made]
            subprocess.run([str(word) for word in ask], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            own[definition] = references[definition] = of_report(made, shape)
            if shape.failed:
                # The peers count failed rows among the others; perfreport sets them apart unless it does not know of them.
                ask += [word for column in (shape.failed, "responseCode") for word in ("--role", f"{column}=unused")]
                subprocess.run([str(word) for word in ask], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                references[definition] = {ALL: own[definition].get(ALL, {}), **of_report(made, shape)}
    for program in programs:
        if program.numbers is None or program.verdict:
            continue
        read = of_csv if program.numbers.suffix == ".csv" else lambda made: of_report(made, shape)
        known = references if program.numbers.suffix == ".csv" else own
        ours, theirs = known[program.p95], read(program.numbers)
        if program.p95 == TYPE_2:
            # The nearest rank, but the mean of two ranks where n times p is whole: so for every median of an even number, where
            # type 7 is the same; and for a p95 of a multiple of 20, where no method of perfreport is, so that it is not compared.
            for label, row in theirs.items():
                if "median" in row and label in references[TYPE_7]:
                    ours[label] = {**ours.get(label, {}), "median": references[TYPE_7][label]["median"]}
                if row.get("count", 1) % 20 == 0:
                    row.pop("p95", None)
        difference = agreement(ours, theirs)
        program.verdict = f"**differs**: {difference}" if difference else f"yes, {program.p95}"


def measure(programs, rounds, work, gnu_time=GNU_TIME):
    """Alternating rounds; the first is not counted. A program that fails is out, and says why."""
    for counted in range(rounds + 1):
        turn = counted % max(len(programs), 1)
        for program in programs[turn:] + programs[:turn]:
            if program.verdict:
                continue
            try:
                wall, cpu, peak = run(program, work / "time", gnu_time)
            except (OSError, RuntimeError) as problem:
                program.verdict = f"failed: {str(problem).splitlines()[-1][:120]}"
                continue
            if counted:
                program.walls.append(wall)
                program.cpus.append(cpu)
                program.peaks.append(peak)


def print_table(programs):
    done = [program for program in programs if program.walls]
    rivals = [program for program in done if program.peer]
    fastest = min(rivals, key=lambda program: statistics.median(program.walls), default=None)
    print("| | wall | processor | peak memory | wall, of the fastest peer | memory, of the fastest peer | numbers agree |")
    print("|---|--:|--:|--:|--:|--:|---|")
    for program in done:
        wall, cpu, peak = (statistics.median(values) for values in (program.walls, program.cpus, program.peaks))
        ratio = share = "–"
        if fastest:
            ratio = f"{statistics.median(a / b for a, b in zip(program.walls, fastest.walls)):.2f}"
            share = f"{peak / statistics.median(fastest.peaks):.2f}"
        name = f"**{program.name}**" if program is fastest else program.name
        print(f"| {name} | {wall:.3f} s | {cpu:.2f} s | {peak / 1e6:,.0f} MB | {ratio} | {share} | {program.verdict or '–'} |")
    for program in programs:
        if not program.walls:
            print(f"\n{program.name}: {program.verdict}")
    print(flush=True)


def small(binaries, found, rounds, work):
    """Whole processes on files of some hundred rows; perfreport reads three, the peers the one that is a plain table."""
    files = sorted((ROOT / "fixtures" / "chat").glob("*.csv"))
    plain = next(path for path in files if "session" in path.name)
    programs = []
    for name, binary in binaries:
        for what, given in (("three files", files), ("one file", [plain])):
            line = [binary, "summarize", *given, "-q", "-o", work / f"{name}.md", "-o", work / f"{name}.json"]
            programs.append(Program(f"{name}: full report, {what}", line, peer=False))
    programs += peers(found, SHAPES["events"], plain, 0, work)
    # GNU time costs a process of its own, which is a third of what is measured here.
    measure(programs, max(rounds, SMALL_ROUNDS), work, gnu_time=None)
    print(f"### small files, {max(rounds, SMALL_ROUNDS)} rounds\n\n| | wall | fastest | processor |\n|---|--:|--:|--:|")
    for program in programs:
        if program.walls:
            wall, cpu = statistics.median(program.walls), statistics.median(program.cpus)
            print(f"| {program.name} | {wall * 1e3:.1f} ms | {min(program.walls) * 1e3:.1f} ms | {cpu * 1e3:.1f} ms |")
        else:
            print(f"| {program.name} | {program.verdict} | | |")
    print(flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="for the peers and what they write; nothing is installed elsewhere")
    parser.add_argument("--data", type=Path, help="where the files are or will be made (default: data in the folder)")
    parser.add_argument("--shape", default="events", help=f"of {', '.join(SHAPES)}, small; several with commas")
    parser.add_argument("--rows", default="1m", help="1m, 300k, 5000; several with commas")
    parser.add_argument("--repeat", type=int, default=5, help="rounds that count")
    parser.add_argument("--binary", action="append", default=[], metavar="NAME=PATH", help="perfreport; several to compare versions")
    parser.add_argument("--modes", default="full,summary,check", help="of perfreport; with commas")
    parser.add_argument("--only", default="", help="peers to run: duckdb, duckdb-cli, polars, xan; all by default")
    options = parser.parse_args()
    folder = options.folder.resolve()
    files = (options.data or folder / "data").resolve()
    for made in (folder, files):
        made.mkdir(parents=True, exist_ok=True)
    binaries = [binary.split("=", 1) for binary in options.binary] or [("perfreport", ROOT / "target/release/perfreport")]
    print(f"{os.cpu_count()} cores, {options.repeat} rounds, {'GNU time' if GNU_TIME else 'wait4'} for the memory\n")
    found = set_up(folder)
    if options.only:
        found = {name: command for name, command in found.items() if name in options.only.split(",")}
    for name in options.shape.split(","):
        if name == "small":
            work = folder / "out" / "small"
            work.mkdir(parents=True, exist_ok=True)
            small(binaries, found, options.repeat, work)
            continue
        for rows in map(rows_of, options.rows.split(",")):
            shape, path = SHAPES[name], data(files, name, rows)
            work = folder / "out" / f"{name}_{short(rows)}"
            work.mkdir(parents=True, exist_ok=True)
            print(f"### {name}, {rows:,} rows, {path.stat().st_size / 1e6:,.1f} MB\n")
            floor = Program("wc -l: every byte touched", ["wc", "-l", path], peer=False)
            programs = [floor, *perfreports(binaries, options.modes.split(","), shape, path, work), *peers(found, shape, path, rows, work)]
            measure(programs, options.repeat, work)
            hold(programs, binaries[-1][1], shape, path, work)
            print_table(programs)


if __name__ == "__main__":
    main()
