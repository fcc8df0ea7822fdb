"""Reads every form of an export with DuckDB, pandas and polars, and holds n, mean and p95 of every metric against the JSON report.

    python3 benches/export.py --binary target/release/perfreport [--rows 1000000] [PATH ...]

Needs the Python packages duckdb, pandas, polars and pyarrow. Without paths the fixtures are taken; --rows adds a generated file of that
many rows. Also says how long report and export took, and the most memory that they had.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pandas
import polars

ROOT = Path(__file__).resolve().parent.parent
KEYS = ["source", "table_index", "metric"]
FORMS = ["csv", "ndjson", "parquet"]


def by_duckdb(path):
    scan = {"csv": "read_csv('{}')", "ndjson": "read_ndjson('{}')", "parquet": "read_parquet('{}')"}[path.suffix[1:]]
    query = f"""select source, table_index, metric, count(*), avg(value), quantile_cont(value, 0.95), min(unit)
                from {scan.format(path)} where kept group by all"""
    return {tuple(row[:3]): row[3:] for row in duckdb.sql(query).fetchall()}


def by_pandas(path):
    read = {"csv": pandas.read_csv, "parquet": pandas.read_parquet}
    if path.suffix == ".ndjson":
        frame = pandas.read_json(path, lines=True, precise_float=True)
    else:
        frame = read[path.suffix[1:]](path)
    groups = frame[frame.kept].groupby(KEYS)
    values, units = groups.value.agg(["count", "mean", lambda of: of.quantile(0.95)]), groups.unit.min()
    return {key: (*row, units[key]) for key, row in zip(values.index, values.itertuples(index=False, name=None))}


def by_polars(path):
    read = {"csv": polars.scan_csv, "ndjson": polars.scan_ndjson, "parquet": polars.scan_parquet}[path.suffix[1:]]
    more = {"infer_schema_length": None} if path.suffix != ".parquet" else {}
    value = polars.col("value")
    frame = read(path, **more).filter("kept").group_by(KEYS).agg(
        value.len().alias("n"), value.mean().alias("mean"), value.quantile(0.95, "linear").alias("p95"), polars.col("unit").min()
    )
    return {row[:3]: row[3:] for row in frame.collect().rows()}


# In a process of its own: what this one holds would be counted as the child's.
MEASURE = """
import resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000)
sys.exit(code)
"""


def run(binary, *arguments):
    """Seconds and the largest resident set (MB) of a run."""
    command = [sys.executable, "-c", MEASURE, binary, *map(str, arguments)]
    out = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if out.returncode:
        sys.exit(f"{binary} {arguments}: exit code {out.returncode}")
    return tuple(map(float, out.stdout.split()))


def generate(path, rows):
    random.seed(11)
    with open(path, "w", encoding="utf-8") as file:
        file.write("timestamp,endpoint,status,latency_ms\n")
        for row in range(rows):
            latency = random.lognormvariate(3, 0.6)
            file.write(f"{1773576000000 + row * 7},/e{row % 23},{503 if row % 97 == 0 else 200},{latency:.3f}\n")


def hold(binary, folder, name, paths):
    report = folder / "report.json"
    seconds, memory = run(binary, "summarize", *paths, "--quantile-method", 7, "-q", "-o", report)
    print(f"{name}: report {seconds:.2f} s, {memory:.0f} MB")
    expected = {}
    for metric in json.loads(report.read_text())["metrics"]:
        clean = metric["overall"].get("clean")
        if clean and metric["evidence"]["kind"] == "samples":
            p95 = [found["value"] for found in clean["percentiles"] if found["percent"] == 95]
            expected[metric["source"], metric["table"], metric["name"]] = (clean["n"], clean["mean"], *(p95 or [None]))
    wrong = 0
    for form in FORMS:
        path = folder / f"samples.{form}"
        seconds, memory = run(binary, "export", *paths, "--all", "-q", "-o", path)
        print(f"  {form}: export {seconds:.2f} s, {memory:.0f} MB, file {path.stat().st_size / 1e6:.1f} MB")
        for peer, read in [("DuckDB", by_duckdb), ("pandas", by_pandas), ("polars", by_polars)]:
            found = {(str(key[0]), int(key[1]), str(key[2])): row for key, row in read(path).items()}
            differ = [key for key in expected.keys() | found.keys() if not same(expected.get(key), found.get(key))]
            for key in differ[:5]:
                print(f"    {peer}: {key}: {found.get(key)} instead of {expected.get(key)}")
            wrong += len(differ)
            print(f"    {peer}: {len(expected) - len(differ)} of {len(expected)} metrics agree")
    return wrong


def same(expected, found):
    def close(one, two):
        return one is None or abs(one - two) <= 1e-9 * max(abs(one), abs(two))

    return bool(expected and found) and expected[0] == found[0] and all(map(close, expected[1:3], found[1:3]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=ROOT / "target/release/perfreport")
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("paths", nargs="*")
    arguments = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        paths = arguments.paths or [ROOT / "fixtures"]
        wrong += hold(arguments.binary, folder, ", ".join(map(str, paths)), paths)
        if arguments.rows:
            generate(folder / "run.csv", arguments.rows)
            wrong += hold(arguments.binary, folder, f"{arguments.rows} rows", [folder / "run.csv"])
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
