"""How well the changes of `perfreport history` agree with what five people marked in series of the Turing Change Point Dataset
(van den Burg & Williams 2020): F1 with a margin of 5 points, and covering, of one fixed setting.

    python benches/history_tcpd.py PROGRAM FOLDER

FOLDER holds `annotations.json` and `datasets/NAME/NAME.json` as that project builds them. Its licences do not let the series stand
here; series that are not in the folder, and those of several dimensions, are named and left out.
"""
import datetime
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

MARGIN = 5
program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
people = json.loads((folder / "annotations.json").read_text())


def changes(values):
    """Where the program sees changes: indices of the first value of a new level, and of ends of drifts."""
    start = datetime.datetime(2001, 1, 1)
    with tempfile.TemporaryDirectory() as place:
        lines = []
        for index, value in enumerate(values):
            at = (start + datetime.timedelta(days=index)).strftime("%Y-%m-%dT%H:%M:%SZ")
            lines.append({"history": 1, "at": at, "commit": "c%06d" % index, "metrics": [{"m": "x", "d": "unknown", "b": "<", "c": value}]})
        path = pathlib.Path(place) / "h.jsonl"
        path.write_text("\n".join(map(json.dumps, lines)) + "\n")
        out = pathlib.Path(place) / "h.json"
        done = subprocess.run([program, "history", "report", path, "-o", out, "-q"], capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        metric = json.loads(out.read_text())["metrics"][0]
    # What is drawn: the levels, or where they move the lines. Each but the first begins with a change.
    drift = metric["drift"]
    drawn = drift["lines"] if drift and not drift["steps_tested"] else metric["levels"]
    return [part["from"] for part in drawn[1:]]


def hits(marked, found):
    """How many of the marked points have a found one of their own within the margin."""
    left, count = set(found), 0
    for point in sorted(marked):
        near = [other for other in left if abs(other - point) <= MARGIN]
        if near:
            left.remove(min(near, key=lambda other: abs(other - point)))
            count += 1
    return count


def f1(marked, found):
    marked = [set(points) | {0} for points in marked]
    found = set(found) | {0}
    precision = hits(set().union(*marked), found) / len(found)
    recall = statistics.mean(hits(points, found) / len(points) for points in marked)
    return 2 * precision * recall / (precision + recall)


def segments(points, n):
    ends = sorted({0, n} | {point for point in points if 0 < point < n})
    return [set(range(a, b)) for a, b in zip(ends, ends[1:])]


def covering(marked, found, n):
    parts = segments(found, n)
    return statistics.mean(
        sum(len(one) * max(len(one & part) / len(one | part) for part in parts) for one in segments(points, n)) / n for points in marked
    )


rows = []
for name in sorted(people):
    path = folder / "datasets" / name / (name + ".json")
    if not path.exists():
        print("not there:", name)
        continue
    data = json.loads(path.read_text())
    if data["n_dim"] > 1:
        print("several dimensions:", name)
        continue
    values = data["series"][0]["raw"]
    kept = [index for index, value in enumerate(values) if value is not None]
    found = [kept[index] for index in changes([values[index] for index in kept])]
    marked = list(people[name].values())
    rows.append((name, f1(marked, found), covering(marked, found, len(values)), len(found), found))
    print("%-20s F1 %.3f covering %.3f, %d found" % rows[-1][:4], flush=True)
print("%d series: F1 %.3f, covering %.3f" % (len(rows), statistics.mean(row[1] for row in rows), statistics.mean(row[2] for row in rows)))
