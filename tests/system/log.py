"""What the log tells an operator of what peers do, and that no peer can fill it (docs/logs.md)."""
import re
import socket
import time

from disk_tap import DiskTap
from expect import holds, same
from system_board import Skipped, eventually


def _lines(board, event):
    """The lines of this event."""
    return re.findall(rf"^\S+ \w+ {event}\b.*$", board.words(), re.MULTILINE)


def a_malformed_message_is_said_with_the_address_that_it_came_from(board):
    board.start()
    board.client().frames(b"\xc1")
    board.says(r"warn malformed from=127\.0\.0\.1 says=\"the message is malformed: ")
    board.client().frames(b"two", b"frames")
    board.says(r"warn malformed from=127\.0\.0\.1 says=\"a request message is one frame\"")


def what_peers_provoke_is_said_ten_times_a_minute_and_counted_beyond(board):
    began = time.monotonic()
    board.start()
    hostile, good = board.client(), board.client()
    for _ in range(25):
        hostile.frames(b"\xc1")
    eventually(lambda: good.stats()["malformed"] == 25, "each is counted")
    if time.monotonic() - began > 50:
        raise Skipped("too slow for one minute to hold them all")
    same(len(_lines(board, "malformed")), 10, "ten lines a minute")
    board.terminate()
    same(len(_lines(board, "malformed")), 10, "ten lines a minute")
    holds(
        re.search("warn suppressed of=malformed lines=15\n", board.words()),
        "what was counted is said at the end",
        board.words(),
    )


def a_limit_that_is_reached_is_said_by_its_name(board):
    board.start({"limits.tasks": "1"})
    c = board.client()
    c.desire("a")
    number = c.next_id()
    c.send([[number, "desire", {"task": {"guid": "b"}}]])
    same(c.reply(number).status, "busy", "§6: the limit")
    board.says(r"warn limit_reached requests=1 says=.*limits\.tasks")


def connections_that_are_one_too_many_are_said(board):
    board.start({"limits.connections": "8"})
    board.client().call("hello")
    host, port = board.events.removeprefix("tcp://").split(":")
    guests = [socket.create_connection((host, int(port))) for _ in range(20)]
    board.says(r"warn connections_full refused=\d+ limit=8 says=")
    for guest in guests:
        guest.close()


def executors_that_are_lost_are_said(board):
    board.start({"presence.brake_percent": "100"})
    board.client().call("heartbeat", executor_id="e17", ttl_ms=1000)
    board.says(r"info executors_lost lost=1 last=e17 present=0")


def a_disk_that_takes_more_than_a_second_to_sync_is_said(board):
    tap = DiskTap(board, sync_ms=1200)
    board.start()
    board.client().desire("g")
    board.says(r"warn slow_sync ms=\d{4,} says=")
    board.terminate()
    tap.remove()
