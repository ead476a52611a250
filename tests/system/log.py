"""What the log tells an operator of what peers do, and that no peer can fill it (docs/logs.md)."""
import json
import pathlib
import re
import signal
import socket
import subprocess
import time

from disk_tap import DiskTap
from expect import holds, same
from ports import free_port
from system_board import Skipped, eventually


def _lines(board, event):
    """The lines of this event."""
    return re.findall(rf"^\S+ \w+ {event}\b.*$", board.words(), re.MULTILINE)


def a_wrong_configuration_is_a_line_of_the_log_where_programs_read_it(board):
    ports = {"requests.endpoint": f"tcp://127.0.0.1:{free_port()}", "events.endpoint": f"tcp://127.0.0.1:{free_port()}"}
    code, words = board.run(options={**ports, "log.format": "json", "limits.tasks": "many", "security.server_key": "/nowhere"})
    same(code, 78, words)
    lines = [json.loads(line) for line in words.splitlines()]
    same({line["event"] for line in lines}, {"configuration_wrong"}, "each fault is a line")
    same({line["level"] for line in lines}, {"error"}, "of level error")
    holds(any("limits.tasks" in line["says"] for line in lines), "it names the option", words)
    code, words = board.run("--check-config", options={**ports, "log.format": "json", "limits.tasks": "many"})
    holds(code == 78 and not words.startswith("{"), "who asks is told in plain text", words)


def a_start_and_a_reload_name_all_mistakes_a_line_each(board):
    wrong = ["payload_bytes", "result_bytes", "message_bytes", "reply_bytes", "tasks", "task_bytes", "sessions",
             "unacked", "outcomes", "executors", "waiting", "connections"]
    mistakes = "[limits]\n" + "".join(f"{name} = bogus\n" for name in wrong)
    path = board.home / "taskbbsd.conf"
    path.write_text(mistakes)
    code, words = board.run("--config", str(path), "--log.format", "json")
    same(code, 78, words)
    told = [json.loads(line) for line in words.splitlines()]
    same([line["where"] for line in told], [f"{path}:{at + 2}" for at in range(len(wrong))], "the start's")
    path.write_text("")
    board.start({"config": path})
    path.write_text(mistakes)
    board.process.send_signal(signal.SIGHUP)
    eventually(lambda: len(_lines(board, "reload_refused")) == len(wrong), "the reload's are as many")
    for at, (line, name) in enumerate(zip(_lines(board, "reload_refused"), wrong)):
        holds(f"where={path}:{at + 2} " in line and f"limits.{name}" in line, "each has its place", line)


def damage_in_a_directory_with_a_long_name_is_told_to_its_last_word(board):
    board.journal = board.home / ("a" * 200) / ("b" * 200)
    board.journal.mkdir(parents=True, mode=0o700)
    board.start()
    board.client().desire("g")
    board.kill()
    segment = board.journal / "seg-00000000000000000001"
    segment.write_bytes(b"x" * 4096 + segment.read_bytes()[4096:])
    board.refuses_to_start(75, r"repair --truncate-at \d+ --journal\.dir \S+/b+ \(it keeps what it cuts\)\"$")


def what_ends_a_broker_that_serves_is_no_failure_to_start(board):
    board.start({"limits.batch_bytes": "16MiB", "journal.segment_bytes": "64MiB"})
    room = int(pathlib.Path(f"/proc/{board.process.pid}/statm").read_text().split()[0]) * 4096 + (64 << 20)
    if room > 1 << 40:
        raise Skipped("a sanitizer takes addresses by the terabyte")
    subprocess.run(["prlimit", f"--pid={board.process.pid}", f"--as={room}"], check=True)
    c = board.client()
    for at in range(100):
        c.send([(at * 10 + k + 1, "desire", {"task": {"guid": f"g{at}-{k}", "payload": bytes(300_000)}}) for k in range(10)])
    code = board.process.wait(60)
    if code == -signal.SIGABRT:
        raise Skipped("it was libzmq that found no memory first, and it ends the process then")
    same(code, 1, "it ends")
    board.says("error failed says=")
    board.process = None


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
