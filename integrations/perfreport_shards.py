"""Digests of shards by the program `perfreport`: what every engine runs.

Copy this file beside the one of your engine. Each function starts the program and gives back bytes; none keeps anything, so that an
engine may repeat a task as often as it likes. Nothing but the standard library is needed.
"""

import json
import os
import re
import stat
import subprocess
import tempfile


def run(binary, arguments, stdin=None, cwd=None):
    """Runs the program; an exit code above 1 is an error with what it said."""
    done = subprocess.run([binary, *arguments], input=stdin, cwd=cwd, capture_output=True, check=False)
    if done.returncode > 1:
        raise RuntimeError(f"perfreport {' '.join(arguments)}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def executable(path):
    """The program where it may be run: files that an engine has sent around have lost the right."""
    mode = os.stat(path).st_mode
    if not mode & stat.S_IXUSR:
        os.chmod(path, mode | stat.S_IXUSR)
    return os.path.abspath(path)


def make_plan(binary, samples, arguments=()):
    """The plan of a run, made of a few of its files."""
    return run(binary, ["plan", *samples, *arguments, "-o", "-"])


def digest(binary, plan, name, path=None, content=None, memory="256MiB", strict=False, ask=None):
    """The digest of one shard: a file that this machine can read, or the bytes of one. `ask` is what a further round asks."""
    with tempfile.TemporaryDirectory() as folder:
        place = os.path.join(folder, "plan.json")
        with open(place, "wb") as file:
            file.write(plan)
        arguments = ["digest", path or "-", "--name", name, "--plan", place, "--memory", memory, "--threads", "1", "-o", "-"]
        if ask:
            with open(os.path.join(folder, "ask.json"), "wb") as file:
                file.write(ask)
            arguments += ["--refine", file.name]
        return run(binary, arguments + (["--strict-plan"] if strict else []), stdin=content)


def merge(binary, digests):
    """One digest of many. The order does not matter; the same shard twice is an error."""
    digests = list(digests)
    if len(digests) < 2:
        return digests[0] if digests else None
    with tempfile.TemporaryDirectory() as folder:
        names = [f"{place}.digest" for place in range(len(digests))]
        for name, content in zip(names, digests):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        return run(binary, ["merge", *names, "-o", "-"], cwd=folder)


def refined(binary, content, again, arguments=(), rounds=12):
    """The digest whose order statistics are exact: `again(ask)` gives the digest of all shards that answer an ask.

    One to three rounds are usual; `rounds` is where something must be wrong."""
    with tempfile.TemporaryDirectory() as folder:
        place = os.path.join(folder, "all.digest")
        for _ in range(rounds):
            with open(place, "wb") as file:
                file.write(content)
            ask = run(binary, ["refine", "ask", place, *arguments, "-o", "-"])
            if not json.loads(ask)["open"]:
                return content
            content = again(ask)
    raise RuntimeError(f"after {rounds} rounds something is still to be asked")


def summarize(binary, content, outputs, arguments=()):
    """Writes the reports about a digest."""
    with tempfile.TemporaryDirectory() as folder:
        place = os.path.join(folder, "all.digest")
        with open(place, "wb") as file:
            file.write(content)
        into = [word for output in outputs for word in ("-o", os.path.abspath(output))]
        run(binary, ["summarize", place, *into, "--quiet", *arguments], cwd=folder)


def names_of(paths):
    """What shards are called: their paths without what all have in common, and without a scheme."""
    paths = [re.sub("^[A-Za-z][A-Za-z0-9+.-]+:/+", "/", path) for path in paths]
    folders = {os.path.dirname(path) for path in paths}
    common = os.path.commonpath(folders) if len(folders) > 1 and all(map(os.path.isabs, folders)) else None
    return [os.path.relpath(path, common) if common else os.path.basename(path) for path in paths]


def some_of(paths, count=3):
    """A few of the paths, from the first to the last, to make a plan of."""
    step = max(1, (len(paths) - 1) // max(1, count - 1))
    return paths[::step][:count]
