"""How often other tools find changes in series without one, and true steps: the cells of benches/history.rs.

    pip install apache-otava asv && python benches/history_peers.py [SERIES]

Otava with its defaults (window 50, p 0.001), asv's step detection with its defaults.
"""
import sys
import warnings

import numpy as np
from asv.step_detect import detect_steps
from otava.analysis import compute_change_points

warnings.filterwarnings("ignore")
SERIES = int(sys.argv[1]) if len(sys.argv) > 1 else 200
NEAR = 5


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


def otava(x):
    return [change.index for change in compute_change_points(list(x), 50, 0.001, 0.0)[0]]


def asv(x):
    return [step[0] for step in detect_steps(list(x))][1:]


TOOLS = [("Otava", otava), ("asv", asv)]
print("False alarms\n")
for n in [50, 100]:
    for kind in ["AR 0.0", "AR 0.3", "AR 0.5", "t3", "5% outliers"]:
        row = []
        for name, tool in TOOLS:
            rng = np.random.default_rng(1)
            wrong = sum(len(tool(1 + 0.02 * noise(rng, kind, n))) > 0 for _ in range(SERIES))
            row.append("%s %.1f%%" % (name, 100 * wrong / SERIES))
        print(n, kind, *row, flush=True)
print("\nPower: within %d points\n" % NEAR)
for n, at, size, cv, kind in [(100, 50, 0.1, 0.02, "AR 0.0"), (100, 50, 0.1, 0.05, "AR 0.0"), (60, 55, 0.1, 0.02, "AR 0.0"), (100, 50, 0.1, 0.02, "AR 0.5")]:
    row = []
    for name, tool in TOOLS:
        rng = np.random.default_rng(2)
        hits = 0
        for _ in range(SERIES):
            x = 1 + cv * noise(rng, kind, n)
            x[at:] += size
            hits += any(abs(c - at) <= NEAR for c in tool(x))
        row.append("%s %.1f%%" % (name, 100 * hits / SERIES))
    print(n, at, size, cv, kind, *row, flush=True)
