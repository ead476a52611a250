#!/usr/bin/python3
"""A fault at every call that the real daemon, or its snapshot, makes on the state directory.

    faults.py --build DIR [--every K] [--jobs N] [--seed S] [FAULT...]

One run each (fault_run.py). FAULT: eio, enospc, short, lost; all unless named. --every K tries one
call in K of each, beginning at a place that the seed chooses; 1 tries all. Ends with 1 on a defect.
Threads share the daemon's calls, so call N is not the same one in each run: what was hit is counted.
"""
import argparse
import collections
import concurrent.futures
import pathlib
import random
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "conformance"), str(HERE.parent)]

import fault_run  # noqa: E402  (the path comes first)

FAULTS = ("eio", "enospc", "short", "lost")
NEVER = 10**12  # no run has so many calls


def _planned(pool, daemon, given):
    """(fault, call, where) of each run; how many calls there are is told by runs without a fault."""
    draw = random.Random(given.seed)
    healthy = [
        (pool.submit(fault_run.run, daemon, fault, NEVER, where), (fault, where))
        for fault in given.faults or FAULTS
        for where in ("daemon", "child")
    ]
    plan = []
    for run, (fault, where) in healthy:
        calls = run.result().calls
        first = draw.randint(1, min(given.every, max(calls, 1)))
        plan += [(fault, call, where) for call in range(first, calls + 1, given.every)]
    return plan


def _kind(hit):
    """(call, kind of file): "pwrite", "seg"."""
    call, file = hit.split()
    kind = file.split("-")[0] + (".tmp" if file.endswith(".tmp") else "")
    return call, "directory" if kind == "." else kind


def _print_counts(counts):
    print(f"{'fault':8}{'in':8}{'call':17}{'file':14}{'runs':>6}  what became of it")
    for (fault, where, call, file, end), number in sorted(counts.items()):
        print(f"{fault:8}{where:8}{call:17}{file:14}{number:6}  {end}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("faults", nargs="*", choices=[*FAULTS, []])
    given = parser.parse_args()
    daemon = str(pathlib.Path(given.build).resolve() / "taskbbsd")
    began = time.monotonic()
    counts, missed, defects = collections.Counter(), 0, []
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        todo = {pool.submit(fault_run.run, daemon, *one): one for one in _planned(pool, daemon, given)}
        for done in concurrent.futures.as_completed(todo):
            fault, _, where = todo[done]
            try:
                run = done.result()
            except AssertionError as defect:
                defects.append(str(defect))
                print(f"DEFECT {defect}", flush=True)
                continue
            if run.hit is None:
                missed += 1
                continue
            counts[fault, where, *_kind(run.hit), run.end] += 1
    _print_counts(counts)
    print(
        f"{len(todo)} runs in {time.monotonic() - began:.0f} s, seed {given.seed}: "
        f"{sum(counts.values())} with a fault, {missed} that ended before it, "
        f"{len(defects)} defects"
    )
    return 1 if defects or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
