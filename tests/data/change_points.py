"""Writes change_points.csv: seeded series, and the changes that a second implementation of the method (numpy) finds in them.

    python change_points.py FOLDER THRESHOLDS > change_points.csv

FOLDER holds that implementation as change_points.py with a function `recommended(values)`; THRESHOLDS is the table of
src/stats/change_points/thresholds.rs, a line of numbers for each row, so that both decide by the same numbers.
"""
import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
import change_points as method

rows = [[float(x) for x in line.split()[:]] for line in open(sys.argv[2]) if line.strip()]
sizes, scores = [int(row[0]) for row in rows], [row[3] for row in rows]
method.thr_x = lambda n, alpha=0.05, m=2, reps=0: float(np.interp(np.log(n), np.log(sizes), scores))


def noise(rng, kind, n):
    if kind.startswith("ar"):
        phi, x = float(kind[2:]), rng.standard_normal(n)
        for i in range(1, n):
            x[i] += phi * x[i - 1]
        return x
    if kind == "t3":
        return rng.standard_t(3, n)
    if kind == "lognormal":
        return np.exp(0.6 * rng.standard_normal(n))
    if kind == "rounded":
        return np.round(rng.standard_normal(n) * 2) / 2
    if kind == "bimodal":
        return rng.standard_normal(n) * 0.3 + 2 * (rng.random(n) < 0.3)
    if kind == "walk":
        return np.cumsum(rng.standard_normal(n))
    x = rng.standard_normal(n)
    x[rng.random(n) < 0.05] += 8
    return x


def step(x, at, size):
    x[at:] += size
    return x


rng = np.random.default_rng(17)
shapes = {
    "none": lambda x: x,
    "middle": lambda x: step(x, len(x) // 2, 5),
    "late": lambda x: step(x, len(x) - 5, 5),
    "two": lambda x: step(step(x, len(x) // 3, 3), 2 * len(x) // 3, -3),
    "large": lambda x: step(x, len(x) // 2, 25),
    "drift": lambda x: x + np.arange(len(x)) * 8 / len(x),
}
for kind in ["ar0", "ar0.5", "ar0.8", "t3", "lognormal", "outliers", "rounded", "bimodal", "walk"]:
    for shape, change in shapes.items():
        n = int(rng.choice([9, 20, 50, 60, 100, 150]))
        x = np.array([float("%.4g" % v) for v in change(100 + 2 * noise(rng, kind, n))])
        found = method.recommended(x)
        print("%s %s;%s;%s" % (kind, shape, " ".join(str(int(c)) for c in found), " ".join("%.4g" % v for v in x)))
for n in [450, 900]:
    x = np.array([float("%.4g" % v) for v in step(step(100 + 2 * noise(rng, "ar0.5", n), n // 3, 4), n // 2, -6)])
    print("ar0.5 long;%s;%s" % (" ".join(str(int(c)) for c in method.recommended(x)), " ".join("%.4g" % v for v in x)))
