"""One run of the real daemon with a fault at one of its calls on the state directory.

It begins on an empty directory and is given work that makes segments, snapshots and retirement;
then it is stopped. However that ended, a healthy daemon is started on what is left, and every
request is asked again: each that was acknowledged must get its first outcome, all others one.
"""
import collections
import os
import pathlib
import re
import signal
import subprocess
import time

from disk_tap import DiskTap
from expect import holds, same
from system_board import PATIENCE, SystemBoard

SMALL = {
    "journal.segment_bytes": "128KiB",
    "limits.batch_bytes": "64KiB",
    "journal.reserve_bytes": "128KiB",
    "journal.snapshot_bytes": "256KiB",
    "journal.retain_for": "0s",
    "limits.unacked": 100_000,
}
ROUNDS = 12
TASKS = 40  # a round
STAY = 4  # of them, on the board
PAUSE = 0.12  # between rounds: history looks after old segments once a second
PAYLOAD = b"p" * 2000

NOT_STARTED, NOT_WRITTEN = 1, 74

# `hit`: the call that failed; None: the run has fewer calls. `end`: what became of the daemon.
Run = collections.namedtuple("Run", "hit end calls")


class _Load:
    """Requests by id, in order, and what the daemon said of them."""

    def __init__(self, board):
        self.board = board
        self.client = None
        self.requests, self.told = {}, {}  # id -> request; id -> (status, seq)

    def connect(self):
        self.client = self.board.client()

    def work(self):
        """All rounds, or until the daemon is gone."""
        for at in range(ROUNDS):
            guids = [f"g{at}-{k}" for k in range(TASKS)]
            gone = guids[STAY:]
            parts = (
                [("desire", {"task": {"guid": guid, "payload": PAYLOAD}}) for guid in guids],
                [("cancel", {"guid": guid, "reason": "no"}) for guid in gone],
                [(verb, {"guid": guid}) for guid in gone for verb in ("resolving", "resolve")],
                [("claim", {"guid": f"nobody-{at}", "executor_id": "e"})],
            )
            if not all(self._ask(part) for part in parts):
                return
            time.sleep(PAUSE)

    def _ask(self, part):
        """One message; False: the daemon ended before all was answered."""
        numbers = []
        for verb, args in part:
            numbers.append(self.client.next_id())
            self.requests[numbers[-1]] = [numbers[-1], verb, args]
        self.client.send([self.requests[number] for number in numbers])
        end = time.monotonic() + PATIENCE
        while not all(self.client.inbox[number] for number in numbers):
            holds(time.monotonic() < end, "requests are answered, or the daemon ends")
            if not self.client.pump(0.1) and self.board.process.poll() is not None:
                break
        self.note()
        return all(number in self.told for number in numbers)

    def note(self):
        """Files what came; what arrived last may still lie in the socket."""
        while self.client.pump(0.05 if self.board.process.poll() is not None else 0):
            pass
        for number in self.requests:
            while self.client.inbox[number]:
                reply = self.client.inbox[number].popleft()
                self.told[number] = (reply.status, reply.body.get("seq"))

    def is_there_exactly_once(self):
        """On a daemon that was started again without faults."""
        refused = {number for number, (status, _) in self.told.items() if status != "ok"}
        self._no_refused_task_is_there(refused)
        client = self.client
        client.connect()
        client.inbox.clear()
        numbers = [number for number in self.requests if number not in refused]
        for at in range(0, len(numbers), 500):
            client.send([self.requests[number] for number in numbers[at : at + 500]])
        for number in numbers:
            reply = client.reply(number, PATIENCE)
            same(reply.status, "ok", f"§2: a retry is accepted: {self.requests[number][:2]}")
            _, seq = self.told.get(number, (None, reply.body["seq"]))
            same(reply.body["seq"], seq, "§2: what was acknowledged gets its first outcome")
        # Numbers are dense, and each request makes one event.
        same(self.board.client().stats()["seq"], len(numbers), "§2: each was applied once")
        wanted = {f"g{at}-{k}" for at in range(ROUNDS) for k in range(STAY)}
        asked = {self.requests[number][2]["task"]["guid"] for number in numbers
                 if self.requests[number][1] == "desire"}
        left = {task["guid"] for task in self.board.client().listing(view="header", limit=1000)}
        holds(left & wanted == asked & wanted, "§2: the tasks that stay are there", left ^ asked)

    def _no_refused_task_is_there(self, refused):
        there = {task["guid"] for task in self.board.client().listing(view="header", limit=1000)}
        for number in refused:
            _, verb, args = self.requests[number]
            if verb == "desire":
                holds(args["task"]["guid"] not in there, "§2: what was refused left no trace", args)


def _wait_until_it_serves(board):
    """True: it does; False: it has ended."""
    end = time.monotonic() + PATIENCE
    while " ready " not in board.words():
        if board.process.poll() is not None:
            return " ready " in board.words()
        holds(time.monotonic() < end, "it starts, or ends")
        time.sleep(0.005)
    return True


def _exit_code(board):
    try:
        return board.process.wait(PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise AssertionError("the daemon hangs") from error


def _end_of(board, served, code, hit):
    """What became of the daemon, in words; anything else than these is a defect."""
    words = board.words()
    errors = [line for line in words.splitlines() if " error " in line]
    if code == 0:
        held = not re.match(r"(pwrite|fdatasync|fsync|ftruncate) seg-\d{20}$", hit or "")
        holds(held, "a failed write to the segment in use is never passed over", (hit, words))
        return "it noticed nothing" if " warn " not in words else "it said so and went on"
    wanted, reason = (NOT_WRITTEN, "journal_failed") if served else (NOT_STARTED, "not_started")
    same(code, wanted, f"a failed call ends it so (hit: {hit}; served: {served}): {words}")
    holds(len(errors) == 1 and reason in errors[0], "one line says why", words)
    holds(str(board.journal) in errors[0], "the line names the file", errors)
    return "it ended with 74" if served else "it did not start"


def run(daemon, fault, call, where):
    """Fault `call` of this kind, in the daemon, its child or both: Run. Raises on a defect."""
    board = SystemBoard(daemon)
    try:
        return _run(board, fault, call, where)
    except Exception as error:
        kept = pathlib.Path(f"{board.home}-kept")
        os.rename(board.home, kept)
        raise AssertionError(f"{fault} at call {call} of {where}: {error}; see {kept}") from error
    finally:
        if board.process is not None and board.process.poll() is None:
            board.kill()
        board.process = None
        board.close()


def _run(board, fault, call, where):
    told = {"in": where, "fault": fault, "call": call}
    tap = DiskTap(board, **told)
    load = _Load(board)
    board.options = SMALL
    board.launch()
    served = _wait_until_it_serves(board)
    if served:
        load.connect()
        load.work()
        if board.process.poll() is None:
            board.process.send_signal(signal.SIGTERM)
    code = _exit_code(board)
    if served:
        load.note()
    end = _end_of(board, served, code, tap.hit() if where == "daemon" else None)
    hit, calls = tap.hit(), tap.calls()
    tap.remove()
    board.process = None
    board.start()
    if served:
        load.is_there_exactly_once()
    board.terminate()
    return Run(hit, end, calls)
