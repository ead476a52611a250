"""The goal rows of two builds, alternating in one go: did a change cost anything?

    against.py BEFORE AFTER [ROUNDS]

BEFORE and AFTER are directories of built programs. Each round runs the goals' rows of taskbbs once
with each, the order turned from round to round; medians are compared. Ends with 1 where a row is
worse by more than 5 %. With few rounds a noisy machine says so of the same program twice: the rows
of a round lie side by side below, look at them.
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path

WORSE = 0.05  # what a row may lose


def rows_of(build):
    """Id of each row, and its figure: steps a second, or of `alone` its p50 in us."""
    done = subprocess.run([Path(build) / "taskbbs_bench", "goals", "--only", "taskbbs-",
                           "--rounds", "1", "-o", "json"], stdout=subprocess.PIPE, text=True,
                          check=False, timeout=600)
    try:
        rows = json.loads(done.stdout)["rows"]
    except ValueError:
        sys.exit(f"bench against: {build} gave no rows (ended with {done.returncode})")
    for row in rows:
        if row["trouble"]:
            sys.exit(f"bench against: {build}: {row['id']}: {row['trouble']}")
    return {row["id"]: figure_of(row) for row in rows}


def is_latency(name):
    return name.endswith("-alone")


def figure_of(row):
    return row["p50_us"] if is_latency(row["id"]) else row["per_second"]


def gain(name, before, after):
    """Above 1: better."""
    return before / after if is_latency(name) else after / before


def main(before, after, rounds="5"):
    measured = {before: [], after: []}
    for number in range(int(rounds)):
        order = (before, after) if number % 2 == 0 else (after, before)
        for build in order:
            measured[build].append(rows_of(build))
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    worst = 1.0
    print(f"{'row':18} {'unit':6} {'before':>12} {'after':>12} {'gain':>6}   gain in each round")
    for name in measured[before][0]:
        old = [row[name] for row in measured[before]]
        new = [row[name] for row in measured[after]]
        by = gain(name, statistics.median(old), statistics.median(new))
        worst = min(worst, by)
        each = " ".join(f"{gain(name, *pair):.2f}" for pair in zip(old, new))
        unit = "p50 us" if is_latency(name) else "1/s"
        print(f"{name:18} {unit:6} {statistics.median(old):12,.0f} {statistics.median(new):12,.0f} "
              f"{by:6.3f}   {each}")
    return 1 if worst < 1 - WORSE else 0


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
