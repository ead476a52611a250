"""No reply and no event leaves before the sync of what it reveals has returned.

A library in the daemon tells which events are durable, from the bytes that it writes and the syncs
that return, and holds up each sync: what leaves too early would arrive long before it is told.
Everything that clients and a subscriber receive is compared with that, right after it came.
"""
import threading

from client import Client, newest
from disk_tap import DiskTap
from expect import Broken, holds
from steady_client import SteadyClient
from subscriber import Subscriber
from system_board import eventually

SYNC_MS = 15
ANSWERS = 4000
MEMBERS = ("w0", "w1", "w2")
NEEDLE = "revealed before it was durable"


def _check(tap, seq, what):
    durable = tap.durable()
    holds(seq <= durable, f"§2 Durability: {what} {NEEDLE}", (seq, durable))


class _Suspicious(Client):
    """Compares the newest event that each reply reveals with what is durable."""

    tap = None
    checked = 0

    def pump(self, seconds):
        if not super().pump(seconds):
            return False
        _check(self.tap, self.seq, "a reply message's seq is")
        return True

    def _file(self, reply):
        _check(self.tap, newest(reply[2]), f"a reply of status {reply[1]} is")
        self.checked += 1
        super()._file(reply)


def _suspicious(board, tap):
    client = _Suspicious(board.context, board.requests)
    client.tap = tap
    return client


class _Looker(threading.Thread):
    """Does one thing again and again until it is told to end."""

    def __init__(self, step, close):
        super().__init__(daemon=True)
        self.step, self.close = step, close
        self.enough, self.failure, self.steps = threading.Event(), None, 0

    def run(self):
        try:
            while not self.enough.is_set():
                self.step()
                self.steps += 1
        except Exception as error:
            self.failure = error
        finally:
            self.close()

    def finish(self):
        self.enough.set()
        self.join()
        if self.failure is not None:
            raise self.failure


def _reader(board, tap):
    """Reads show the board as it is: also what is not durable yet, so their replies wait."""
    client = _suspicious(board, tap)

    def step():
        for verb, args in (
            ("list", {"limit": 50, "view": "full"}),
            ("stats", {}),
            ("executors", {}),
            ("replay", {"after": max(0, tap.durable() - 50)}),
            ("get", {"guid": "w0-1"}),
        ):
            client.send([[client.next_id(), verb, args]])
        if not client.pump(0.5):
            client.connect()  # the broker was killed
        while client.pump(0):
            pass
        client.inbox.clear()

    return _Looker(step, client.close)


def _listener(board, tap):
    watch = Subscriber(board.context, board.events, ("",))

    def step():
        got = watch.receive(0.1)
        if got is not None:
            _check(tap, got[1].get("seq", 0), f"{got[0]} is")

    return _Looker(step, watch.close)


class _Load:
    """Clients that lead tasks through their lives, a reader and a subscriber, all suspicious."""

    def __init__(self, board, tap):
        helper = board.client()
        for name in MEMBERS:
            helper.beat(name)
        self.members = [
            SteadyClient(board, name, client=_suspicious(board, tap)) for name in MEMBERS
        ]
        self.lookers = [_listener(board, tap), _reader(board, tap)]
        for one in (*self.lookers, *self.members):
            one.start()

    def failure(self):
        return next((one.failure for one in (*self.members, *self.lookers) if one.failure), None)

    def wait_for_answers(self, more):
        goal = self.answered() + more

        def there():
            if self.failure():
                raise self.failure()
            return self.answered() >= goal

        eventually(there, "the clients get on", 120)

    def answered(self):
        return sum(member.answered for member in self.members)

    def finish(self):
        for member in self.members:
            member.enough.set()
        for member in self.members:
            member.join(120)
            holds(not member.is_alive(), "every request is answered in the end")
        for looker in self.lookers:
            looker.finish()
        if self.failure():
            raise self.failure()


def nothing_leaves_before_its_sync_has_returned(board):
    tap = DiskTap(board, sync_ms=SYNC_MS)
    board.start()
    load = _Load(board, tap)
    load.wait_for_answers(ANSWERS)
    board.kill()
    board.start()
    load.wait_for_answers(ANSWERS)
    load.finish()
    checked = sum(member.client.checked for member in load.members)
    holds(checked >= 2 * ANSWERS, "many replies were compared", checked)
    holds(all(looker.steps > 10 for looker in load.lookers), "events and reads were compared too")
    holds(tap.durable() >= ANSWERS and tap.syncs() > 50, "the library saw it all", tap.syncs())


def _complaint(board, tap):
    """Loads the board until somebody complains; the complaint."""
    load = _Load(board, tap)
    complaint = None
    try:
        load.wait_for_answers(ANSWERS)
        load.finish()
    except Broken as broken:
        complaint = str(broken)
    for one in (*load.members, *load.lookers):
        one.enough.set()
    for one in (*load.members, *load.lookers):
        one.join(120)
    return complaint


def the_check_fails_where_syncs_are_told_too_late(board):
    """The check itself is tried: here everything seems to leave one sync too early."""
    tap = DiskTap(board, sync_ms=SYNC_MS, publish="late")
    board.start()
    complaint = _complaint(board, tap)
    holds(complaint is not None and NEEDLE in complaint, "the check complains", complaint)


def the_check_fails_where_nothing_is_synced(board):
    tap = DiskTap(board)
    board.start({"journal.sync": "never"})
    complaint = _complaint(board, tap)
    holds(complaint is not None and NEEDLE in complaint, "the check complains", complaint)
