"""Whether the simulator finds the planted bugs.

hunt.py --program P --replay BUG    tries the seeds that are known to find it: within 100 of them, or
                                    it fails
hunt.py --program P --soak N        each bug from N seeds drawn now, 60 seconds at most for each;
                                    says how long it took
"""

import argparse
import os
import random
import subprocess
import sys
import time

from bugs import BUGS

SEEDS = 100
SECONDS = 60


def simulate(program, bug, *arguments):
    """What the simulator with this bug came to: its exit code, and what it said."""
    done = subprocess.run(
        [program, "points", "1000000000", *map(str, arguments)],
        env=os.environ | {"TASKBBS_PLANT": bug.name},
        stdout=subprocess.PIPE,
        text=True,
        timeout=10 * SECONDS,
    )
    return done.returncode, done.stdout


def replay(program, bug):
    code, said = simulate(program, bug, "--from", bug.seed, "--seeds", SEEDS, "--jobs", 1)
    print(said)
    if code != 1:
        sys.exit(f"{bug.name} was not found in {SEEDS} seeds from {bug.seed} on (exit code {code})")


def soak(program, times):
    missed = 0
    for bug in BUGS:
        for _ in range(times):
            first = random.SystemRandom().randrange(1, 1 << 40)
            began = time.monotonic()
            code, said = simulate(program, bug, "--from", first, "--seconds", SECONDS)
            took = time.monotonic() - began
            missed += code != 1
            verdict = f"found in {took:.1f} s" if code == 1 else "MISSED"
            print(f"{bug.name:36} from {first:>14}: {verdict}: {said.splitlines()[0]}", flush=True)
    if missed:
        sys.exit(f"{missed} times a bug was missed")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--replay", choices=[bug.name for bug in BUGS])
    parser.add_argument("--soak", type=int, metavar="N")
    given = parser.parse_args()
    if given.replay:
        replay(given.program, next(bug for bug in BUGS if bug.name == given.replay))
    elif given.soak:
        soak(given.program, given.soak)
    else:
        parser.error("--replay BUG or --soak N")


main()
