"""A report about very many files on Apache Spark: a digest of each where it lies, merged exactly.

    from perfreport_spark import report
    report(spark, "/data/run-7/*.csv", out="report.html", binary="/opt/perfreport")

or

    spark-submit --py-files perfreport_shards.py perfreport_spark.py --binary /opt/perfreport -o report.html '/data/run-7/*.csv'

`perfreport_shards.py` has to lie beside this file. The program is sent to the executors; it has to run there (the static build does).
Whole files are the shards: nothing is split, so that lines and digests are those of the files. Paths without a scheme (or `file:`) have
to be readable on every executor; others (`s3a:`, `hdfs:`) are read by Spark as whole files (`binaryFile`: in memory, at most 2 GiB each).
Each task starts one process with one thread and `memory`: leave it beside what the executor itself has (`spark.executor.memoryOverhead`).
A task that fails or is lost is repeated by Spark: the digest of a file is the same each time, and a shard never counts twice.
"""

import argparse
import glob
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import perfreport_shards as shards  # noqa: E402

# Digests that one task merges; with more of them the driver would hold them all.
TOGETHER = 64


def is_local(path):
    """Whether executors open the path themselves."""
    return "://" not in path or path.startswith("file:")


def plain(path):
    """The path without its scheme, from the root on: tasks run in folders of their own."""
    path = path[len("file:"):] if path.startswith("file:") else path
    return os.path.abspath("/" + path.lstrip("/") if path.startswith("//") else path)


def expand(paths):
    """The files that local patterns name, each once, in a fixed order."""
    found = set()
    for path in map(plain, paths):
        matches = glob.glob(path)
        if not matches:
            raise FileNotFoundError(f"{path}: no such file")
        found.update(match for match in matches if os.path.isfile(match))
    return sorted(found)


def executor_binary(name):
    """The program on this executor."""
    from pyspark import SparkFiles

    return shards.executable(SparkFiles.get(name))


def digest_of_run(spark, paths, binary="perfreport", plan=None, memory="256MiB", strict=False, plan_arguments=(), exact=False):
    """The digest of all files, as bytes. `plan` is the JSON of `perfreport plan`; without it one is made of a few of the files.

    `exact`: percentiles of wide columns are exact, too. Each round reads the files again; one to three are usual."""
    context = spark.sparkContext
    paths = [paths] if isinstance(paths, str) else list(paths)
    context.addFile(binary)
    for module in (shards.__file__, __file__):
        context.addPyFile(os.path.abspath(module))
    program = os.path.basename(binary)
    if all(map(is_local, paths)):
        files = expand(paths)
        plan = plan or shards.make_plan(binary, shards.some_of(files), plan_arguments)
        sent = context.broadcast(plan)
        named = list(zip(files, shards.names_of(files)))
        # A file a task: a task that is lost costs no other file.
        rows = context.parallelize(named, len(named))

        def one(shard, ask):
            path, name = shard
            return shards.digest(executor_binary(program), sent.value, name, path, None, memory, strict, ask)
    else:
        if plan is None:
            raise ValueError("a plan is needed for files that the driver does not open: plan=open('plan.json', 'rb').read()")
        sent = context.broadcast(plan)
        files = spark.read.format("binaryFile").load(paths).select("path", "content")
        located = sorted(row.path for row in files.select("path").collect())
        rows = files.repartition(len(located)).rdd
        # Of `dt=1/part-0` and `dt=2/part-0` both are `part-0`.
        names = context.broadcast(dict(zip(located, shards.names_of(located))))

        def one(row, ask):
            name, content = names.value[row.path], bytes(row.content)
            return shards.digest(executor_binary(program), sent.value, name, None, content, memory, strict, ask)

    def merged(ask):
        asked = context.broadcast(ask)
        count = rows.getNumPartitions()
        digests = rows.map(lambda row: one(row, asked.value))
        # In a tree: no task and not the driver holds more than a few dozen.
        while count > TOGETHER:
            count = -(-count // TOGETHER)
            digests = digests.repartition(count).mapPartitions(
                lambda some: filter(None, [shards.merge(executor_binary(program), some)])
            )
        return shards.merge(binary, digests.collect())

    return shards.refined(binary, merged(None), merged) if exact else merged(None)


def report(spark, paths, out="report.html", binary="perfreport", digest=None, arguments=(), **how):
    """Writes the report about all files (`out`: a path or several; the endings choose the form), and the digest where it is asked for."""
    content = digest_of_run(spark, paths, binary, **how)
    if digest:
        with open(digest, "wb") as file:
            file.write(content)
    shards.summarize(binary, content, [out] if isinstance(out, str) else list(out), arguments)
    return content


def main():
    from pyspark.sql import SparkSession

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", help="files, or patterns of them")
    parser.add_argument("-o", "--out", action="append", help="where to write; may be given several times [report.html]")
    parser.add_argument("--digest", help="where to write the digest of all files")
    parser.add_argument("--binary", default="perfreport", help="the program")
    parser.add_argument("--plan", help="the plan, if there is one")
    parser.add_argument("--memory", default="256MiB", help="memory of each process")
    parser.add_argument("--exact", action="store_true", help="read the files again until every percentile is exact")
    parser.add_argument("--strict-plan", action="store_true", help="a file that does not fit the plan is an error")
    given = parser.parse_args()
    plan = None
    if given.plan:
        with open(given.plan, "rb") as file:
            plan = file.read()
    spark = SparkSession.builder.appName("perfreport").getOrCreate()
    try:
        report(
            spark, given.paths, given.out or "report.html", given.binary, given.digest,
            plan=plan, memory=given.memory, strict=given.strict_plan, exact=given.exact,
        )
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
