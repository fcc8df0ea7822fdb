"""Faults of the system, one at a time: faults.py PROGRAM KILLS

In a folder with files of an earlier run a command is run whose n-th system call of a kind fails, for every n, and then one that is killed at
a random moment. Afterwards each file has to be what it was or what the command makes of it; where the command says that it failed, all of
them what they were, and it has to say why; nothing else may lie there. What a kill leaves as a temporary file is counted: it cannot be helped.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

PROGRAM, KILLS = os.path.realpath(sys.argv[1]), int(sys.argv[2])
COMMANDS = {
    "summarize": "summarize run.csv -q -o r.md -o r.html -o r.json --comment c.md --save-baseline b.json",
    "baseline add": "baseline add b.json run.csv",
    "history add": "history add h.jsonl run.csv --at 2026-03-02T00:00:00Z --commit c2",
    "export": "export run.csv -q -o x.csv -o x.ndjson",
}
CALLS = {
    "open": ("openat,open,creat", "EMFILE"),
    "write": ("write,writev,pwrite64", "ENOSPC"),
    "sync": ("fsync,fdatasync", "EIO"),
    "rename": ("rename,renameat,renameat2,link,linkat", "EACCES"),
}


def rows(step):
    lines = [f"e{row % 3},{10 + (row * 7 + step) % 13}.5" for row in range(400)]
    return "event,latency_ms\n" + "\n".join(lines) + "\n"


def environment(folder):
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "TMPDIR": folder, "RAYON_NUM_THREADS": "2"}


def prepare(folder):
    """The files of an earlier run."""
    with open(f"{folder}/run.csv", "w") as file:
        file.write(rows(1))
    for words in (
        COMMANDS["summarize"],
        "history add h.jsonl run.csv --at 2026-03-01T00:00:00Z --commit c1",
        COMMANDS["export"],
    ):
        subprocess.run([PROGRAM, *words.split()], cwd=folder, env=environment(folder), check=True, capture_output=True)
    with open(f"{folder}/run.csv", "w") as file:
        file.write(rows(2))


def content(folder):
    files = {}
    for name in sorted(os.listdir(folder)):
        with open(f"{folder}/{name}", "rb") as file:
            files[name] = file.read()
    return files


def fresh(template):
    folder = tempfile.mkdtemp(dir=os.path.dirname(template))
    shutil.copytree(template, folder, dirs_exist_ok=True)
    return folder


def faults_of(before, after, found, code, said, struck=""):
    """What is wrong with a folder after a command of which the call `struck` failed."""
    # A machine that does not say what it is: a baseline without it is as good as on a machine that never does.
    if '"/proc/' in struck or '"/sys/' in struck:
        after = {name: found.get(name, data) for name, data in after.items()}
    # What could not be told was done all the same.
    told = "write(1," in struck and "standard output" in said
    wrong = [f"{name} is left over" for name in found if name not in after]
    wrong += [f"{name} is gone" for name in before if name not in found]
    for name, data in found.items():
        if name in after and data not in (before.get(name), after[name]):
            wrong.append(f"{name} is neither old nor new ({len(data)} bytes)")
    changed = [name for name in after if after[name] != before.get(name)]
    if code == 0:
        wrong += [f"it says that it went well, and {name} is old" for name in changed if found.get(name) != after[name]]
    elif code is not None:
        new = [name for name in changed if found.get(name) == after[name]]
        wrong += [] if told else [f"it failed, and {name} is new" for name in new]
        if not said.strip() or "panicked" in said:
            wrong.append(f"it does not say why: exit {code}, {said[:200]!r}")
    return wrong


def inject(template, before, after, words, calls, error, number):
    """Runs with the n-th call failing. Whether there was one, the exit code, and what is wrong."""
    folder = fresh(template)
    log = folder + ".log"
    trace = ["strace", "-f", "-o", log, "-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when={number}"]
    run = subprocess.run(
        [*trace, PROGRAM, *words.split()], cwd=folder, env=environment(folder), capture_output=True, timeout=60
    )
    with open(log, errors="replace") as file:
        struck = [line for line in file if "(INJECTED)" in line]
    said = run.stderr.decode(errors="replace")
    wrong = faults_of(before, after, content(folder), run.returncode, said, struck[0] if struck else "")
    os.remove(log)
    shutil.rmtree(folder)
    return struck, run.returncode, wrong


def kill(template, before, after, words, delay):
    """Kills after a while. Whether it was still running, whether it left a temporary file, and what is wrong."""
    folder = fresh(template)
    process = subprocess.Popen(
        [PROGRAM, *words.split()],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(delay)
    process.kill()
    killed = process.wait() == -9
    found = content(folder)
    temporary = [name for name in found if name.startswith(".perfreport-") or name.startswith(".tmp")]
    kept = {name: data for name, data in found.items() if name not in temporary}
    wrong = faults_of(before, after, kept, None if killed else 0, "")
    # What was left hinders nobody.
    again = subprocess.run([PROGRAM, *words.split()], cwd=folder, env=environment(folder), capture_output=True)
    said = again.stderr.decode(errors="replace")
    if again.returncode != 0 and not ("already" in said or "same" in said or "twice" in said):
        wrong.append(f"the next run fails: {said[:200]!r}")
    shutil.rmtree(folder)
    return killed, bool(temporary), wrong


def main():
    random.seed(19)
    trouble = []
    with tempfile.TemporaryDirectory() as root:
        template = f"{root}/template"
        os.mkdir(template)
        prepare(template)
        before = content(template)
        print(f"{'command':14} {'what fails':10} {'faults':>6} {'borne':>6} {'refused':>7} {'wrong':>6}")
        wanted = {}
        for name, words in COMMANDS.items():
            folder = fresh(template)
            begun = time.monotonic()
            subprocess.run([PROGRAM, *words.split()], cwd=folder, env=environment(folder), check=True, capture_output=True)
            wanted[name] = (content(folder), time.monotonic() - begun)
            shutil.rmtree(folder)
        for name, words in COMMANDS.items():
            after, _ = wanted[name]
            for kind, (calls, error) in CALLS.items():
                number = borne = refused = bad = 0
                while True:
                    number += 1
                    struck, code, wrong = inject(template, before, after, words, calls, error, number)
                    if not struck:
                        break
                    borne += code == 0
                    refused += code != 0
                    bad += bool(wrong)
                    trouble += [f"{name}, {kind} {number} ({struck[0].strip()}): {one}" for one in wrong]
                print(f"{name:14} {kind:10} {number - 1:6} {borne:6} {refused:7} {bad:6}", flush=True)
        killed = left = bad = 0
        for index in range(KILLS):
            name = list(COMMANDS)[index % len(COMMANDS)]
            after, whole = wanted[name]
            was_running, temporary, wrong = kill(template, before, after, COMMANDS[name], random.uniform(0, 1.1 * whole))
            killed += was_running
            left += temporary
            bad += bool(wrong)
            trouble += [f"{name}, killed: {one}" for one in wrong]
        print(f"killed at {KILLS} random moments: {killed} while running, {left} left a temporary file, {bad} wrong")
    for one in trouble:
        print(one)
    if trouble:
        sys.exit(f"{len(trouble)} files or messages are wrong")
    print("each file is old or new, nothing is left over, every error says what")


main()
