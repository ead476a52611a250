"""Snapshots: taken by a process of its own while the broker serves, and what a restart makes of them."""
import contextlib
import itertools
import json
import os
import pathlib
import re
import signal
import subprocess
import time

import whole_history
from expect import holds, same
from system_board import eventually

SMALL = {
    "journal.segment_bytes": "256KiB",
    "limits.batch_bytes": "128KiB",
    "journal.reserve_bytes": "0",
    "journal.snapshot_bytes": "1MiB",
    "journal.retain_for": "0s",
}
PAYLOAD = b"p" * 2000


def _work(c, batches, prefix="g"):
    """Tasks that come and go, and some that stay."""
    for at in range(batches):
        guids = [f"{prefix}{at}-{k}" for k in range(100)]
        c.desire_many(guids, payload=PAYLOAD)
        c.many([("cancel", {"guid": guid, "reason": "no"}) for guid in guids[10:]])
        c.many([("resolve", {"guid": guid}) for guid in guids[10:]])


def _names(board, kind):
    return sorted(path.name for path in board.journal.glob(f"{kind}-*") if re.search(r"\d{20}$", path.name))


def _taken(c, least):
    """Works until so many snapshots are taken: each is due by what was written since the last."""
    for at in itertools.count():
        if c.stats()["snapshots"] >= least:
            return
        holds(at < 200, f"{least} snapshots are taken")
        _work(c, 1, f"until-{least}-{at}-")


def _tool(board, *words, at=None):
    return subprocess.run(
        [board.daemon, "journal", *words, "--journal.dir", str(at or board.journal)],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )


def _child(board):
    """The pid of the snapshot's process, if it runs."""
    done = subprocess.run(
        ["ps", "--ppid", str(board.process.pid), "-o", "pid=,args="],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"(\d+) .*journal snapshot", done.stdout)
    return int(found.group(1)) if found else None


def _snapshots_of(journal):
    """The pids of all processes that take a snapshot of it, whose child they are or were."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended just now
            words = (process / "cmdline").read_bytes().split(b"\0")
            if str(journal).encode() in words and b"snapshot" in words:
                found.append(process.name)
    return found


def snapshots_are_taken_and_old_segments_go(board):
    board.start(SMALL)
    c = board.client()
    for round_ in range(6):
        _taken(c, round_ + 1)
    holds(0 < c.stats()["snapshot_at"] <= c.stats()["at"], "stats tells when the newest was taken")
    eventually(lambda: len(_names(board, "snap")) == 2, "the two newest are kept")
    oldest = int(_names(board, "snap")[0].split("-")[1])
    eventually(
        lambda: int(_names(board, "seg")[0].split("-")[1]) == oldest + 1,
        "segments go that end before the older snapshot",
    )
    same(_tool(board, "verify").returncode, 0, "what is left holds")


def a_restart_begins_with_the_newest_snapshot(board):
    board.start(SMALL)
    c = board.client()
    _taken(c, 1)
    before = {task["guid"]: task for task in c.listing()}
    seq = c.stats()["seq"]
    board.kill()
    board.start()
    holds(int(board.says(r"recovered snapshot=(\d+)").group(1)) > 0, "it begins with a snapshot")
    c = board.client()
    same({task["guid"]: task for task in c.listing()}, before, "nothing was lost or changed")
    same(c.stats()["seq"], seq, "numbers go on")


def a_damaged_snapshot_is_passed_over_and_said(board):
    board.start(SMALL)
    c = board.client()
    for round_ in range(2):
        _taken(c, round_ + 1)
    before = sorted(task["guid"] for task in c.listing())
    board.terminate()
    newest = board.journal / _names(board, "snap")[-1]
    data = bytearray(newest.read_bytes())
    data[len(data) // 2] ^= 1
    newest.write_bytes(data)
    found = _tool(board, "verify")
    same((found.returncode, newest.name in found.stderr), (75, True), f"verify finds it: {found.stderr}")
    holds("a start serves" in found.stdout, "it says that a start would serve", found.stdout)
    holds("--truncate-at" not in found.stderr, "and advises no repair", found.stderr)
    board.start()
    said = board.says(rf"passed over.*{newest.name}.*")
    holds("--truncate-at" not in said.group(0), "nor does the start", said.group(0))
    same(sorted(task["guid"] for task in board.client().listing()), before, "nothing was lost")
    holds(pathlib.Path(f"{newest}.bad").exists(), "it is kept aside")


def a_retry_is_answered_as_before_after_a_restart_from_a_snapshot(board):
    board.start(SMALL)
    c = board.client()
    number = c.next_id()
    first = c.ask("desire", {"task": {"guid": "early"}}, number)
    other = board.client()
    _taken(other, 1)
    board.kill()
    board.start()
    c.connect()
    again = c.ask("desire", {"task": {"guid": "early"}}, number)
    same((again.status, again.body["seq"]), (first.status, first.body["seq"]), "§2: its first outcome")


def killing_the_child_harms_nothing_and_it_is_tried_again(board):
    board.start(SMALL)
    c = board.client()
    killed = 0
    for round_ in range(30):
        _work(c, 1, f"k{round_}-")
        child = _child(board)
        if child:
            with contextlib.suppress(ProcessLookupError):  # it has ended just now
                os.kill(child, signal.SIGKILL)
                killed += 1
        if killed == 2:
            break
    _work(c, 4, "last-")
    c.call("hello")  # it serves
    time.sleep(3)  # until one that failed is tried again
    _taken(c, 1)
    board.kill()
    board.start()
    same(_tool(board, "verify").returncode, 0, "the journal holds")


def a_snapshot_that_nobody_told_of_is_found_and_counts(board):
    """As after a child that was killed when it had published: there is one, and none to take."""
    board.start({**SMALL, "journal.segment_bytes": "512KiB", "journal.snapshot_bytes": "900KiB"})
    c = board.client()
    for at in itertools.count():
        if len(_names(board, "seg")) == 2:
            break
        _work(c, 1, f"before{at}-")
    same(_tool(board, "snapshot").returncode, 0, "it is taken")
    newest = int(_names(board, "snap")[-1].split("-")[1])
#Due by what is written, while no other segment is sealed.
    for at in itertools.count():
        if _child(board) or c.stats()["snapshots"] == 1 or len(_names(board, "seg")) > 2:
            break
        c.desire_many([f"more{at}-{k}" for k in range(5)], payload=PAYLOAD)
    eventually(lambda: c.stats()["snapshots"] == 1, "the child has found it")
    stats = c.stats()
    same(stats["snapshot_failures"], 0, "nothing to do is no failure")
    same(len(_names(board, "seg")), 2, "no other segment was sealed")
    same((stats["snapshots"], stats["snapshot_seq"]), (1, newest), "it is the broker's newest now")
    holds("snapshot_failed" not in board.words(), "and none is said", board.words())


def a_child_does_not_outlive_its_broker(board):
    board.start(SMALL)
    c = board.client()
    for round_ in range(30):
        _work(c, 1, f"k{round_}-")
        child = _child(board)
        if child:
            break
    board.kill()
    eventually(lambda: not _snapshots_of(board.journal), "it is gone")


def verify_names_what_is_damaged_and_repair_ends_the_history_before_it(board):
    board.start({**SMALL, "journal.retain_for": "1h"})
    c = board.client()
    c.desire_many([f"g{at}" for at in range(1000)], payload=PAYLOAD)
    log = c.call("hello")["log"]
    board.terminate()
    damaged = board.journal / _names(board, "seg")[2]
    data = bytearray(damaged.read_bytes())
    data[data.index(b"pppp", 8192)] ^= 1
    damaged.write_bytes(data)
    for snapshot in board.journal.glob("snap-*"):
        snapshot.unlink()
    found = _tool(board, "verify")
    same(found.returncode, 75, "damage is 75")
    holds(damaged.name in found.stderr, "the file is named", found.stderr)
    seq = int(re.search(r"where event (\d+) is expected", found.stderr).group(1))
    done = _tool(board, "repair", "--truncate-at", str(seq - 1))
    same((done.returncode, done.stderr), (0, ""), "it is repaired")
    board.start()
    c = board.client()
    same(len(whole_history.read(c)), seq - 1, "the events before the damage are there")
    holds(c.call("hello")["log"] != log, "the history has another name")
    holds(pathlib.Path(f"{damaged}.cut").exists(), "what was cut is kept")


def a_repair_before_a_snapshot_that_holds_is_refused(board):
    """A damaged segment that history alone needs is no reason to cut what a start serves."""
    board.start({**SMALL, "journal.retain_for": "1h"})
    c = board.client()
    _taken(c, 1)
    before = sorted(task["guid"] for task in c.listing())
    board.terminate()
    first = board.journal / _names(board, "seg")[0]
    data = bytearray(first.read_bytes())
    data[data.index(b"pppp", 8192)] ^= 1
    first.write_bytes(data)
    found = _tool(board, "verify")
    same((found.returncode, first.name in found.stderr), (75, True), f"verify finds it: {found.stderr}")
    holds("No task is lost" in found.stderr and "--truncate-at" not in found.stderr, "but advises no repair", found.stderr)
    kept = {path.name: path.read_bytes() for path in board.journal.iterdir()}
    seq = int(re.search(r"where event (\d+) is expected", found.stderr).group(1))
    done = _tool(board, "repair", "--truncate-at", str(seq - 1))
    same((done.returncode, "journal verify" in done.stderr), (1, True), f"it is refused: {done.stderr}")
    same({path.name: path.read_bytes() for path in board.journal.iterdir()}, kept, "nothing was changed")
    board.start()
    same(sorted(task["guid"] for task in board.client().listing()), before, "every task is served")


def a_repair_behind_an_event_that_is_not_kept_any_more_says_so(board):
    board.start(SMALL)
    _taken(board.client(), 2)
    eventually(lambda: _names(board, "seg")[0] != "seg-00000000000000000001", "the first segment goes")
    board.terminate()
    for path in board.journal.glob("snap-*"):
        path.unlink()
    oldest = int(_names(board, "seg")[0].split("-")[1])
    done = _tool(board, "repair", "--truncate-at", str(oldest - 2))
    same((done.returncode, "not in the journal any more" in done.stderr), (1, True), done.stderr)


def dump_prints_every_event_as_a_line_of_json(board):
    board.start(SMALL)
    c = board.client()
    c.desire("g", payload=b"\xff\x00", annotation="note")
    c.call("cancel", guid="g", reason="enough")
    board.terminate()
    done = _tool(board, "dump")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    same([event["seq"] for event in events], [1, 2], "every event")
    same(events[0]["private"]["payload"], "/wA=", "bytes in base64")
    same(len(_tool(board, "dump", "--from", "2").stdout.splitlines()), 1, "--from")
    same(len(_tool(board, "dump", "--to", "1").stdout.splitlines()), 1, "--to")


def tools_say_what_is_wrong_with_their_arguments(board):
    for words, code in (
        ((), 78),
        (("nonsense",), 78),
        (("repair",), 78),
        (("repair", "--truncate-at", "soon"), 78),
        (("verify", "--no.such", "x"), 78),
    ):
        done = _tool(board, *words)
        same(done.returncode, code, words)
        holds(done.stderr, "it says what", words)
    empty = _tool(board, "verify")
    same(empty.returncode, 1, "no journal")
    holds("no journal" in empty.stderr, "it says so", empty.stderr)
