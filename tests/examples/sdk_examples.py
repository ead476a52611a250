#!/usr/bin/python3
"""The SDK's examples say what they are there to show, and leave nothing on the board.

    sdk_examples.py --daemon build/release/taskbbsd --build build/release
"""
import argparse
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / each) for each in ("system", "conformance", ".")]

from system_board import SystemBoard  # noqa: E402  (the path comes first)

# Seconds; only what hangs takes as long.
PATIENCE = 120

# What each prints, in whatever order.
SAYS = {
    "ten_lines": ["hello, world"],
    "callbacks": ["ONE", "THREE", "TWO"],
    "event_loop": ["echo echo "],
    "coroutine": ["done"],
    "watcher": ["completed -> resolving", "not there -> pending", "pending -> completed", "resolving -> gone"],
    "without_a_broker": ["run time limit passed"],
}


def trouble_with(name, program, board):
    """Runs one example; what is wrong with it, or nothing."""
    ran = subprocess.run([program, board.requests], capture_output=True, text=True, timeout=PATIENCE)
    said = sorted(ran.stdout.splitlines())
    if ran.returncode != 0 or said != SAYS[name]:
        return f"exit code {ran.returncode}, said {said}, not {SAYS[name]}; {ran.stderr}"
    left = board.client().call("list")["tasks"]
    return f"left on the board: {left}" if left else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--daemon", required=True)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    given = parser.parse_args()
    board = SystemBoard(given.daemon)
    board.start()
    failed = False
    for name in SAYS:
        trouble = trouble_with(name, given.build / f"example_{name}", board)
        failed = failed or trouble is not None
        print(f"{'FAIL' if trouble else 'ok':4} {name} {trouble or ''}".rstrip(), flush=True)
    board.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
