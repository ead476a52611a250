"""Options of [journal], [requests], [events], [log] and [metrics]: what each one changes.

A scenario's name begins with its option's; options_complete.py asks that none is left out.
"""
import json
import re

from expect import holds, same
from ports import free_port
from subscriber import Subscriber
from system_board import eventually
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


def events_endpoint_of_a_wildcard_is_told_as_one(board):
    port = free_port()
    board.events = f"tcp://*:{port}"
    board.start()
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
