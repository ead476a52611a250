"""What is released holds no planted bug: neither the switch nor the name of any of them is in the
programs named. The program with the bugs has them all, or this would prove nothing."""

import argparse
import sys
from pathlib import Path

from bugs import BUGS

MARKS = [b"TASKBBS_PLANT"] + [bug.name.encode() for bug in BUGS]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--planted", required=True)
    parser.add_argument("programs", nargs="+")
    given = parser.parse_args()
    planted = Path(given.planted).read_bytes()
    for mark in MARKS:
        if mark not in planted:
            sys.exit(f"{given.planted} does not hold {mark.decode()}: this test looks wrongly")
    for program in given.programs:
        found = [mark.decode() for mark in MARKS if mark in Path(program).read_bytes()]
        if found:
            sys.exit(f"{program} holds {', '.join(found)}")
    print(f"{len(BUGS)} bugs, none of them in {len(given.programs)} programs")


main()
