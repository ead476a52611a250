#!/usr/bin/python3
"""The command against a broker that serves by IPv6: requests and events, in the clear and with CURVE.

    ipv6.py PATH/TO/taskbbs PATH/TO/taskbbsd
"""
import json
import socket
import subprocess
import sys

from board import Board, free_port, run_tests
from security import Keys

SKIPPED = 77


def is_here():
    with socket.socket(socket.AF_INET6) as one:
        try:
            one.bind(("::1", 0))
        except OSError:
            return False
    return True


def moved(board):
    """The board, with both of its endpoints on [::1]."""
    board.requests, board.events = (f"tcp://[::1]:{free_port()}" for _ in range(2))
    board.cli.environment["TASKBBS_ENDPOINT"] = board.requests
    return board


def check_that_requests_and_events_arrive(board):
    assert board.cli.json("hello", *board.keys)[0]["events"] == board.events
    board.cli("desire", "first", *board.keys)
    watch = board.started(board.cli.start("watch", "--from", "beginning", "-o", "jsonl", *board.keys,
                                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
    guids = (json.loads(line)["task"]["guid"] for line in watch.stdout)
    assert next(guids) == "first"
    board.cli("desire", "then", *board.keys)
    assert next(guids) == "then"
    watch.terminate()
    assert watch.communicate()[1] == "", "it says where no events come"


def test_it_is_reached_in_the_clear():
    with moved(Board()) as board:
        check_that_requests_and_events_arrive(board)


def test_it_is_reached_with_curve():
    keys = Keys()
    moved(keys.board)
    with keys:
        check_that_requests_and_events_arrive(keys.board)


if __name__ == "__main__":
    sys.exit(run_tests(globals()) if is_here() else SKIPPED)
