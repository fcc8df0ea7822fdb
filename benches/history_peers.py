"""How often this program, Otava and asv find changes in the same series: in quiet ones, at true steps, and at levels that go back.

    pip install apache-otava asv && python benches/history_peers.py PROGRAM [SERIES]

Each tool with its defaults: Otava with its window of 50 and p 0.001, asv's step detection, `history report` for one metric. A tool finds a step
where it has a change within 5 points of it; a level that goes back where it has one within 2 points of both its ends.
"""
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from asv.step_detect import detect_steps
from otava.analysis import compute_change_points

warnings.filterwarnings("ignore")
PROGRAM = sys.argv[1]
SERIES = int(sys.argv[2]) if len(sys.argv) > 2 else 200
FIRST = datetime.datetime(2026, 1, 1)
PLACE = pathlib.Path(tempfile.mkdtemp())


def noise(rng, kind, n):
    if kind.startswith("AR"):
        phi = float(kind[3:])
        x = rng.standard_normal(n + 50)
        for i in range(1, n + 50):
            x[i] += phi * x[i - 1]
        return x[50:] * np.sqrt(1 - phi * phi)
    if kind == "t3":
        return rng.standard_t(3, n) / np.sqrt(3)
    return rng.standard_normal(n) + 8 * (rng.random(n) < 0.05)


def ours(x):
    """What is drawn: changes of level, and where the lines of a drift break."""
    line = '{"history":1,"at":"%sZ","commit":"c%06d","metrics":[{"m":"x","d":"time","b":"<","c":%.9g}]}\n'
    at = [(FIRST + datetime.timedelta(days=i)).isoformat() for i in range(len(x))]
    (PLACE / "h.jsonl").write_text("".join(line % (at[i], i, value) for i, value in enumerate(x)))
    subprocess.run([PROGRAM, "history", "report", PLACE / "h.jsonl", "-o", PLACE / "h.json", "-q"], check=True)
    metric = json.loads((PLACE / "h.json").read_text())["metrics"][0]
    drift = metric["drift"]
    breaks = [part["from"] for part in drift["lines"][1:]] if drift and not drift["steps_tested"] else []
    return [change["run"] for change in metric["changes"]] + breaks


def otava(x):
    return [change.index for change in compute_change_points(list(x), 50, 0.001, 0.0)[0]]


def asv(x):
    return [step[0] for step in detect_steps(list(x))][1:]


TOOLS = [("this", ours), ("Otava", otava), ("asv", asv)]


def row(words, series, found):
    """How often each tool finds it, of the same series."""
    made = list(series)
    shares = ["%s %.1f%%" % (name, 100 * sum(found(tool(x), *true) for x, *true in made) / len(made)) for name, tool in TOOLS]
    print(words, "|", *shares, flush=True)


def stepped(n, at, size, cv, kind):
    rng = np.random.default_rng(12)
    for _ in range(SERIES):
        x = 1 + cv * noise(rng, kind, n)
        x[at:] += size
        yield x, at


def gone_back(n, length, size):
    rng = np.random.default_rng(3)
    for _ in range(SERIES):
        x, at = 1 + 0.02 * rng.standard_normal(n), int(rng.integers(20, n - 25))
        x[at : at + length] *= 1 + size
        yield x, at, at + length


def near(found, *ends, within=5):
    return all(any(abs(change - end) <= within for change in found) for end in ends)


print("False alarms: n, noise\n")
for n in [50, 100]:
    for kind in ["AR 0.0", "AR 0.3", "AR 0.5", "AR 0.7", "t3", "5% outliers"]:
        row("%d %s" % (n, kind), stepped(n, n, 0, 0.02, kind), lambda found, at: bool(found))
print("\nA step: n, runs before it, size, CV, noise\n")
for cell in [
    (100, 50, 0.1, 0.02, "AR 0.0"),
    (100, 50, 0.05, 0.02, "AR 0.0"),
    (100, 50, 0.1, 0.05, "AR 0.0"),
    (60, 55, 0.1, 0.02, "AR 0.0"),
    (60, 57, 0.1, 0.02, "AR 0.0"),
    (50, 25, 0.1, 0.02, "AR 0.0"),
    (20, 10, 0.1, 0.02, "AR 0.0"),
    (300, 150, 0.05, 0.02, "AR 0.0"),
    (100, 50, 0.1, 0.02, "AR 0.3"),
    (100, 50, 0.1, 0.02, "AR 0.5"),
    (60, 55, 0.1, 0.02, "AR 0.5"),
    (100, 50, 0.1, 0.02, "t3"),
    (100, 50, 0.1, 0.02, "5% outliers"),
]:
    row("%d %d +%.0f%% CV %.0f%% %s" % (cell[0], cell[1], 100 * cell[2], 100 * cell[3], cell[4]), stepped(*cell), near)
print("\nA level that goes back, n = 80, CV 2%: size, runs\n")
for size in [0.1, 0.2, 0.5]:
    for length in [3, 4, 5, 6, 8, 10]:
        row("+%.0f%% %d runs" % (100 * size, length), gone_back(80, length, size), lambda found, *ends: near(found, *ends, within=2))
