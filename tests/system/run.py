#!/usr/bin/python3
"""Runs system tests: whole scenarios with real processes, sockets, signals and disks.

    run.py --daemon build/release/taskbbsd [--list] AREA [PART OF A NAME]

A scenario is a public function of an area's file that takes a `board`; its name is a sentence that
states a rule. The client, the subscriber and the expectations are those of the conformance suite.
Ends with 77 where every scenario was skipped; TRACE=1 adds where one failed and the daemon's words.
"""
import argparse
import importlib
import inspect
import os
import pathlib
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "conformance"), str(HERE.parent)]

from system_board import Skipped, SystemBoard  # noqa: E402  (the path comes first)

SKIPPED = 77


def scenarios(area):
    """(name, function) of each scenario of the area, in the order of its file."""
    module = importlib.import_module(area)
    return [
        (name, function)
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == area
        and not name.startswith("_")
        and list(inspect.signature(function).parameters) == ["board"]
    ]


def attempt(function, daemon):
    """Runs one scenario on a board of its own: ("ok" | "skip" | "FAIL", why)."""
    board = SystemBoard(daemon)
    verdict, why = "ok", ""
    try:
        function(board)
    except Skipped as reason:
        verdict, why = "skip", str(reason)
    except Exception as error:  # whatever it is, it is this scenario's failure
        verdict, why = "FAIL", f"{type(error).__name__}: {error}"
        if os.environ.get("TRACE"):
            why += "\n" + traceback.format_exc() + board.log()
    try:
        board.close()
    except Exception as error:
        if verdict != "FAIL":
            verdict, why = "FAIL", f"at its end: {type(error).__name__}: {error}"
    return verdict, why


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--daemon", required=True)
    parser.add_argument("--list", action="store_true", help="only name the scenarios")
    parser.add_argument("area")
    parser.add_argument("part", nargs="?", default="")
    given = parser.parse_args()
    todo = [(name, one) for name, one in scenarios(given.area) if given.part in name]
    if given.list:
        print("\n".join(name for name, _ in todo))
        return 0
    daemon = str(pathlib.Path(given.daemon).resolve())
    verdicts = []
    for name, function in todo:
        began = time.monotonic()
        verdict, why = attempt(function, daemon)
        verdicts.append(verdict)
        took = f"{time.monotonic() - began:.1f} s"
        print(f"{verdict:4} {given.area}.{name} {took} {why}".rstrip(), flush=True)
    if not verdicts or "FAIL" in verdicts:
        return 1
    return SKIPPED if set(verdicts) == {"skip"} else 0


if __name__ == "__main__":
    sys.exit(main())
