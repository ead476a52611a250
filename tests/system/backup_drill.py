"""The drill: backups under load, the state directory destroyed, the last backup restored.

The load is a program of the SDK that writes down each acknowledged call. `taskbbs watch`, `taskbbs
executor`, a plain client and a subscriber live through all of it.
"""
import pathlib
import shutil
import subprocess

from backup import _backup, _restore, _said
from expect import holds, same
from system_board import PATIENCE, eventually
from told_and_seen import Made, ToldAndSeen

OPTIONS = {
    "journal.segment_bytes": "256KiB",
    "limits.batch_bytes": "128KiB",
    "journal.reserve_bytes": "256KiB",
    "journal.snapshot_bytes": "512KiB",
}
BACKUPS = 5
LIVES = 12  # of the load at once


class _Program:
    """A program of the build that runs beside the scenario."""

    def __init__(self, board, name, *words):
        self.out, self.err = board.home / f"{name}.out", board.home / f"{name}.err"
        program = pathlib.Path(board.daemon).parent / name
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", program, *map(str, words)],
                stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=board.environment,
            )

    def lines(self):
        """Whole lines that it has written."""
        return self.out.read_bytes().decode().split("\n")[:-1]

    def runs(self):
        return self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()


def _ledger(path):
    """(seq, Made) of each acknowledged call of the load."""
    whole = path.read_text()
    for line in whole[: whole.rfind("\n") + 1].splitlines():
        seq, kind, guid, executor, epoch = line.split()
        yield int(seq), Made(kind, guid, executor, int(epoch))


def _newest_told(path):
    return max((seq for seq, _ in _ledger(path)), default=0) if path.exists() else 0


def _completes(board, guid):
    c = board.client()
    c.desire(guid, stack="drill", payload=b"true")
    eventually(lambda: c.get(guid)["state"] == "completed", f"the executor runs {guid}")


def _check(board, ledger, seq):
    """The history is that of the backup: all that was acknowledged up to it is there, and the state of each
    task is the one in which its last event left it."""
    c = board.client()
    books = ToldAndSeen()
    for body in c.history(limit=10000):
        if body["seq"] <= seq:  # who lived through it may have brought more
            books.see(body)
    same(books.seq, seq, "the history ends where the backup said")
    told = [(number, made) for number, made in _ledger(ledger) if number <= seq]
    holds(len(told) > 1000, "the load was a load", len(told))
    for number, made in told:
        books.tell(number, made)
    books.nothing_is_lost()
    shown = {
        task["guid"]: (task["state"], task["executor_id"], task["epoch"], task["seq"])
        for task in c.listing(view="header", limit=1000)
    }
    strange = {guid: (last, shown.get(guid)) for guid, last in books.live.items() if shown.get(guid) != last}
    same(strange, {}, "the state is the fold of the events")


def a_destroyed_board_is_restored_from_a_backup_made_under_load(board):
    board.start(OPTIONS)
    plain = board.client()
    log = plain.call("hello")["log"]
    subscriber = board.subscriber("executor.")
    executor = _Program(board, "taskbbs", "--endpoint", board.requests, "executor", "--stack", "drill",
                        "--executor-id", "drill")
    _completes(board, "before")
    watch = _Program(board, "taskbbs", "--endpoint", board.requests, "watch", "--from", "beginning", "-o", "jsonl")
    ledger = board.home / "ledger"
    load = _Program(board, "taskbbs_kill_load", board.requests, ledger, LIVES)
    eventually(lambda: _newest_told(ledger) > 3000, "the load is under way")
    for number in range(BACKUPS):
        at_least = _newest_told(ledger)
        said = _said(_backup(board, board.home / f"backup{number}", "--history"))
        seq = int(said["seq"])
        holds(seq >= at_least, "all that was acknowledged when it began is in it", (seq, at_least))
        eventually(lambda seq=seq: _newest_told(ledger) > seq + 500, "the load goes on")
    holds(plain.stats()["snapshots"] > 0, "snapshots were taken meanwhile")
    holds(load.runs(), "and every call was answered", load.err.read_text())

    load.kill()
    board.kill()
    shutil.rmtree(board.journal)
    restored = _said(_restore(board, board.home / f"backup{BACKUPS - 1}"))
    same(int(restored["seq"]), seq, "restore tells the backup's event")
    holds(restored["log"] != log, "and another log")
    board.start()
    _check(board, ledger, seq)

    plain.connect()
    same(plain.call("hello")["log"], restored["log"], "a plain client sees the other log in hello")
    holds(plain.desire("plain")["seq"] > seq, "and goes on")
    subscriber.newest = 0  # numbers that it saw may come again
    eventually(lambda: subscriber.next_tick()["log"] == restored["log"], "a subscriber sees it in ticks")
    eventually(lambda: "serves another history" in watch.err.read_text(), "the watch says so")
    eventually(lambda: any('"plain"' in line for line in watch.lines()), "and goes on with the new history")
    _completes(board, "after")
    holds(executor.runs() and watch.runs(), "executor and watch lived through it")
    executor.process.terminate()
    same(executor.process.wait(PATIENCE), 0, "the executor leaves in order")
    watch.kill()
