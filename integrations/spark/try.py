"""Tries the job on a real Spark: 48 shards, two executors, one of which is killed in the middle.

    try.py /path/to/perfreport [rows of a shard]

Called by `try.sh`, which brings Spark along. Ends with 0 where the digest is, byte for byte, that of a merge without any engine.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import perfreport_shards as shards  # noqa: E402
import perfreport_spark as on_spark  # noqa: E402

SHARDS = 48
BEFORE_THE_KILL = 8


def write_shards(folder, rows):
    """Parts of one run, of unequal size; only the first has a header."""
    numbers = random.Random(7)
    paths = []
    for shard in range(SHARDS):
        path = os.path.join(folder, f"part-{shard:02}.csv")
        with open(path, "w", encoding="ascii") as file:
            if shard == 0:
                file.write("timestamp,endpoint,latency_ms,connect_us,status\n")
            for _ in range(int(rows * (0.2 + 1.6 * numbers.random()))):
                at = 1764000000000 + int(numbers.random() * 3.6e6)
                endpoint = numbers.choice(["/cart", "/items", "/login"])
                latency = int(20 / (1 - 0.98 * numbers.random()))
                connect = 180 * 2.7 ** numbers.gauss(0, 0.4)
                status = 503 if numbers.random() < 0.02 else 200
                file.write(f"{at},{endpoint},{latency},{connect:.6f},{status}\n")
        paths.append(path)
    return paths


def executors(of):
    """Process ids of the executors that were started, directly or not, by a process."""
    children = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                children.setdefault(int(file.read().rpartition(")")[2].split()[1]), []).append(int(pid))
        except OSError:
            continue
    found, todo = [], [of]
    while todo:
        for pid in children.get(todo.pop(), []):
            todo.append(pid)
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    words = file.read()
            except OSError:
                continue
            if b"CoarseGrainedExecutorBackend" in words and b"java" in words.split(b"\0")[0]:
                found.append(pid)
    return found


def kill_one(context, killed):
    """Kills an executor once some tasks have ended, and before all have."""
    tracker = context.statusTracker()
    while True:
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        if any(stage and BEFORE_THE_KILL <= stage.numCompletedTasks < SHARDS - 8 for stage in stages):
            break
        time.sleep(0.02)
    pid = executors(os.getpid())[0]
    os.kill(pid, signal.SIGKILL)
    done = max((stage.numCompletedTasks for stage in stages if stage), default=0)
    killed.append((pid, done))


def main():
    binary = os.path.abspath(sys.argv[1])
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            SPARK_LOCAL_IP="127.0.0.1", SPARK_WORKER_DIR=os.path.join(folder, "work"), PYSPARK_PYTHON=sys.executable
        )
        paths = write_shards(folder, rows)
        size = sum(map(os.path.getsize, paths))
        plan = shards.make_plan(binary, paths[:1])
        began = time.monotonic()
        digests = [shards.digest(binary, plan, name, path) for path, name in zip(paths, shards.names_of(paths))]
        expected = shards.merge(binary, reversed(digests))
        alone = time.monotonic() - began
        began = time.monotonic()
        spark = (
            SparkSession.builder.master("local-cluster[2,1,1024]").appName("perfreport")
            .config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false").config("spark.local.dir", folder).getOrCreate()
        )
        spark.sparkContext.setLogLevel("OFF")
        started = time.monotonic() - began
        # So few shards would go to the driver at once.
        on_spark.TOGETHER = 8
        killed = []
        threading.Thread(target=kill_one, args=(spark.sparkContext, killed), daemon=True).start()
        began = time.monotonic()
        out = os.path.join(folder, "report.json")
        found = on_spark.report(spark, os.path.join(folder, "part-*.csv"), out, binary, plan=plan)
        took = time.monotonic() - began
        gone = [pid for pid, _ in killed if pid not in executors(os.getpid())]
        spark.stop()
        with open(out, encoding="utf-8") as file:
            report = json.load(file)
        print(f"{SHARDS} shards, {size} bytes, {report['sources'][0]['rows_read']} rows; digest {len(found)} bytes")
        print(f"one process after the other: {alone:.1f} s; Spark: {started:.1f} s to start, {took:.1f} s for the job")
        if not gone:
            sys.exit("no executor was killed in the middle: give more rows a shard")
        print(f"executor {killed[0][0]} was killed after {killed[0][1]} tasks")
        if found != expected:
            sys.exit("the digest of Spark is another one")
        print("the digest is the same, byte for byte")


if __name__ == "__main__":
    main()
