"""Options of [journal], [requests], [events], [log] and [metrics]: what each one changes.

A scenario's name begins with its option's; options_complete.py asks that none is left out.
"""
import json
import os
import re
import subprocess

from expect import holds, same
from ports import free_port
from subscriber import Subscriber
from system_board import Skipped, eventually
from visitors import get

KIB = 1 << 10


def journal_dir_is_where_the_files_are(board):
    other = board.home / "elsewhere"
    other.mkdir()
    board.environment["TASKBBS_JOURNAL_DIR"] = str(other)
    board.start({"journal.dir": None})
    board.client().desire("g")
    holds(list(other.glob("seg-*")), "the journal is in the directory that was given")
    same(list(board.journal.iterdir()), [], "and nowhere else")


def journal_sync_is_told_and_obeyed(board):
    for sync in ("always", "never"):
        board.start({"journal.sync": sync})
        c = board.client()
        before = c.stats()["syncs"]
        c.desire(f"g-{sync}")
        same(c.call("hello").get("sync"), sync, "hello says so")
        same(c.stats()["sync"], sync, "stats say so")
        same(c.stats()["syncs"] > before, sync == "always", "never: nothing is synced")
        board.terminate()


def journal_segment_bytes_is_the_size_of_a_file(board):
    for size, text in ((512 * KIB, "512KiB"), (1024 * KIB, "1MiB")):
        board.start({"journal.segment_bytes": text, "limits.batch_bytes": "128KiB"})
        c = board.client()
        for at in range(40):
            c.desire(f"g{size}-{at}", payload=b"p" * 50_000)
        board.terminate()
        files = [path.stat().st_size for path in board.journal.glob("seg-*")]
        holds(len(files) > 2 and set(files) == {size}, "each segment has this size", files)
        board.forget()


def journal_reserve_bytes_is_held_back(board):
    for text, size in (("3MiB", 3072 * KIB), ("1MiB", 1024 * KIB), ("0", None)):
        board.start({"journal.reserve_bytes": text})
        board.client().desire(f"g-{text}")
        board.says("ready")
        reserve = board.journal / "reserve"
        board.terminate()
        found = reserve.stat().st_size if reserve.exists() else None
        same(found, size, f"a file of {text} holds the space")


def _rolled(board, options):
    """What replay from the first event says, on a board that has rolled over several segments."""
    board.start({"journal.segment_bytes": "512KiB", "limits.batch_bytes": "128KiB", **options})
    c = board.client()
    for at in range(40):
        c.desire(f"g{at}", payload=b"p" * 50_000)
    return c, c.ask("replay", {"after": 0})


def _is_truncated(c, reply):
    same(reply.status, "truncated", "§7: older events are kept no more")
    oldest = reply.body["oldest"]
    holds(1 < oldest <= 40, "§4 replay: truncated tells the oldest", reply.body)
    same(c.history(after=oldest - 1)[0]["seq"], oldest, "§4 replay: from the oldest on")


def journal_snapshot_bytes_says_after_how_much_a_snapshot_is_taken(board):
    for bytes_, taken in (("1GiB", False), ("1MiB", True)):
        c, _ = _rolled(board, {"journal.snapshot_bytes": bytes_})
        if taken:
            eventually(lambda c=c: c.stats()["snapshots"] > 0, "a snapshot is taken")
        same(list(board.journal.glob("snap-*")) != [], taken, f"after {bytes_}")
        board.terminate()
        board.forget()


def journal_retain_for_bounds_what_replay_offers(board):
    _is_truncated(*_rolled(board, {"journal.retain_for": "1ms"}))


def journal_retain_bytes_bounds_what_replay_offers(board):
    _is_truncated(*_rolled(board, {"journal.retain_bytes": "1MiB"}))
    board.terminate()
    board.forget()
    _, reply = _rolled(board, {"journal.retain_bytes": "20GiB", "journal.retain_for": "24h"})
    same(reply.status, "ok", "§7: events are kept")


def requests_endpoint_may_be_a_path(board):
    board.requests = f"ipc://{board.home}/requests"
    board.start()
    board.client().desire("g")
    holds((board.home / "requests").is_socket(), "requests.endpoint: as it was given")


def events_endpoint_may_be_a_path(board):
    board.events = f"ipc://{board.home}/events"
    board.start()
    same(board.client().call("hello")["events"], board.events, "hello tells where to subscribe")
    watch = board.subscriber()
    same([one["seq"] for one in watch.events(board.client().desire("g")["seq"])], [1], "published")


def requests_ipc_mode_is_that_of_the_socket_whatever_the_umask(board):
    _has_mode(board, "requests")


def events_ipc_mode_is_that_of_the_socket_whatever_the_umask(board):
    _has_mode(board, "events")


def _has_mode(board, name):
    setattr(board, name, f"ipc://{board.home}/{name}")
    path = board.home / name
    for umask, options, wanted in (
        (0o077, {}, 0o660), (0o000, {}, 0o660), (0o077, {f"{name}.ipc_mode": "0606"}, 0o606),
    ):
        before = os.umask(umask)
        try:
            board.start(options)
        finally:
            os.umask(before)
        same(oct(path.stat().st_mode & 0o777), oct(wanted), f"{name}.ipc_mode, umask {umask:o}")
        board.client().call("hello")
        board.terminate()


def requests_endpoint_of_a_killed_broker_is_bound_again_that_of_a_living_one_is_not(board):
    board.requests, board.events = f"ipc://{board.home}/requests", f"ipc://{board.home}/events"
    board.start()
    board.client().desire("g")
    board.kill()
    holds((board.home / "requests").is_socket(), "its file is left")
    board.start()
    same(len(board.client().listing()), 1, "a socket file that was left is no obstacle")
    rival = board.home / "rival"
    rival.mkdir()
    for option in ("requests.endpoint", "events.endpoint"):
        board.refuses_to_start(1, option, "another process listens there",
                               options={"journal.dir": rival, option: f"ipc://{board.home}/{option.split('.')[0]}"})
    board.client().desire("h")
    letter = board.home / "letter"
    letter.write_text("dear")
    board.refuses_to_start(1, "is no socket", options={"journal.dir": rival, "requests.endpoint": f"ipc://{letter}"})
    same(letter.read_text(), "dear", "what is no socket is left alone")
    board.refuses_to_start(1, "directory of the socket must be there",
                           options={"journal.dir": rival, "requests.endpoint": f"ipc://{board.home}/no/where"})
    code, words = board.run(options={"requests.endpoint": "ipc://" + "p" * 108})
    same((code, "longer than 107 bytes" in words), (78, True), f"a path that is too long is refused: {words}")


def requests_ipc_mode_lets_the_group_in_and_nobody_else(board):
    """Connecting takes the right to write to the socket's file."""
    if os.geteuid() != 0:
        raise Skipped("becoming others wants root")
    board.requests = f"ipc://{board.home}/requests"
    os.chmod(board.home, 0o755)
    board.start({"requests.ipc_mode": "0660"})
    os.chown(board.home / "requests", 12345, 23456)
    for user, group, let_in in ((12345, 1, True), (1, 23456, True), (1, 1, False)):
        script = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
        done = subprocess.run(
            ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "/usr/bin/python3", "-c", script,
             str(board.home / "requests")], capture_output=True, check=False,
        )
        same(done.returncode == 0, let_in, f"user {user}, group {group}: {done.stderr}")


def events_endpoint_of_a_wildcard_is_told_as_one(board):
    port = free_port()
    board.events = f"tcp://*:{port}"
    board.start({"security.allow_plaintext": "true"})
    same(board.client().call("hello")["events"], f"tcp://*:{port}", "§4 hello: the host is *")
    watch = Subscriber(board.context, f"tcp://127.0.0.1:{port}", ("",))
    watch.close()


def events_advertise_is_what_hello_tells(board):
    board.environment["TASKBBS_EVENTS_ADVERTISE"] = "tcp://board.example:7412"
    board.start()
    same(board.client().call("hello")["events"], "tcp://board.example:7412", "§4 hello: events")


def log_level_is_what_is_shown_and_more_urgent(board):
    for level, shown in (("debug", True), ("info", True), ("warn", False), ("error", False)):
        board.start({"log.level": level})
        board.terminate()
        same("info ready" in board.words(), shown, f"log.level = {level}")
    board.refuses_to_start(1, options={"log.level": "error", "journal.dir": board.home / "none"})


def log_format_is_how_lines_look(board):
    board.start({"log.format": "json"})
    board.terminate()
    lines = [json.loads(line) for line in board.words().splitlines()]
    events = [line["event"] for line in lines]
    holds({"recovered", "ready", "stopping", "stopped"} <= set(events), "log.format = json", events)
    board.start({"log.format": "text"})
    board.terminate()
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (error|warn|info|debug) \w+( \w+=.*)?"
    for line in board.words().splitlines():
        holds(re.fullmatch(pattern, line), "log.format = text", line)


def log_format_auto_is_for_journald_where_standard_error_leads_there(board):
    status = (board.home / "log").touch() or (board.home / "log").stat()
    board.environment["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino}"
    board.start()
    board.terminate()
    for line in board.words().splitlines():
        holds(re.match(r"<[3-7]>\w+", line), "log.format = auto, in a service", line)


def metrics_endpoint_is_where_figures_are_served(board):
    endpoint = f"127.0.0.1:{free_port()}"
    board.start({"metrics.endpoint": endpoint})
    same(get(endpoint, "/readyz"), (200, "ready\n"), "metrics.endpoint")
