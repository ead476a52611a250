#!/usr/bin/python3
"""Runs the conformance scenarios of docs/protocol.md against a daemon.

    run.py --daemon build/release/taskbbsd [--area NAME]... [--jobs 4] [PART OF A NAME]

A scenario is a public function of an area's file that takes a `board`; its name is a sentence that
states a rule. Prints a line for each one that fails and then the sum; TRACE=1 adds where it failed
and the daemon's last words, VERBOSE=1 names those that passed too, with their time.
"""
import argparse
import concurrent.futures
import importlib
import inspect
import os
import pathlib
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from board import Board  # noqa: E402  (the path comes first)

LIBRARY = {"board", "client", "expect", "packing", "run", "schema", "subscriber"}


def area_names():
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in LIBRARY)


def scenarios(area):
    """(name, function) of each scenario of the area, in the order of its file."""
    module = importlib.import_module(area)
    return [
        (f"{area}.{name}", function)
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == area
        and not name.startswith("_")
        and list(inspect.signature(function).parameters) == ["board"]
    ]


def attempt(name, function, daemon):
    """Runs one scenario on a board of its own; True if it holds."""
    began, trouble, words = time.monotonic(), None, ""
    board = Board(daemon)
    try:
        function(board)
    except Exception as error:  # whatever it is, it is this scenario's failure
        trouble, where, words = error, traceback.format_exc(), board.log()
    try:
        board.close()
    except Exception as error:
        if trouble is None or "ended by itself" in str(error):
            trouble, where = error, traceback.format_exc()
    if trouble is not None:
        print(f"FAIL {name}: {type(trouble).__name__}: {trouble}", flush=True)
        if os.environ.get("TRACE"):
            print(where + words, flush=True)
    elif os.environ.get("VERBOSE"):
        print(f"ok   {name} {time.monotonic() - began:.2f} s", flush=True)
    return trouble is None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--daemon", required=True)
    parser.add_argument("--area", action="append", choices=area_names())
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--list", action="store_true", help="only name the scenarios")
    parser.add_argument("part", nargs="?", default="")
    given = parser.parse_args()
    todo = [
        (name, function)
        for area in given.area or area_names()
        for name, function in scenarios(area)
        if given.part in name
    ]
    if given.list:
        print("\n".join(name for name, _ in todo))
        return 0
    daemon = str(pathlib.Path(given.daemon).resolve())
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        results = list(pool.map(lambda one: attempt(*one, daemon), todo))
    passed = sum(results)
    print(f"{passed} passed, {len(results) - passed} failed")
    return 0 if results and passed == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
