"""Clients that behave, while others do not: each request is answered ok within its deadline, and
the broker's memory stays below what its limits allow.
"""
import threading
import time

from expect import holds, same

SECONDS = 3.0
DEADLINE = 30.0
MIB = 1 << 20
# Small bounds, so that an attack reaches them within seconds.
BOUNDS = {
    "limits.sessions": 5000,
    "limits.outcomes": 20_000,
    "limits.unacked": 1000,
    "limits.executors": 2000,
    "limits.waiting": 2000,
    "limits.connections": 600,
    "limits.tasks": 20_000,
    "limits.task_bytes": "64MiB",
    "limits.peer_reply_bytes": "4MiB",
}
# Of what those bounds allow, computed as docs/operations.md does; most of it is eight peers that do
# not read (2 x peer_reply_bytes and a page each), what is in flight of the large messages, and the
# allocator's.
MEMORY = 700 * MIB


class Good:
    """Brings tasks from their desire to their end, one after another, in a thread of its own."""

    def __init__(self, board, name):
        self.board, self.name, self.done, self.failure = board, name, 0, None
        self.stop = threading.Event()
        self.client = board.client()
        self.client.beat(f"good-{name}", ttl_ms=600_000)
        self.lifecycle()  # its session is known before the attack begins
        self.thread = threading.Thread(target=self._run, daemon=True)

    def lifecycle(self):
        guid = f"good-{self.name}-{self.done}"
        executor = f"good-{self.name}"
        for verb, args in (
            ("desire", {"task": {"guid": guid, "domain": "good", "stack": self.name}}),
            ("claim", {"guid": guid, "executor_id": executor}),
            ("start", {"guid": guid, "executor_id": executor, "container_handle": "h"}),
            ("complete", {"guid": guid}),
            ("resolving", {"guid": guid}),
            ("resolve", {"guid": guid}),
        ):
            reply = self.client.ask(verb, args, timeout=DEADLINE, acked=self.client.id)
            same(reply.status, "ok", f"{verb} of a good client")
        self.done += 1

    def _run(self):
        try:
            while not self.stop.is_set():
                self.lifecycle()
        except BaseException as failure:  # told by end()
            self.failure = failure

    def end(self):
        self.stop.set()
        self.thread.join(DEADLINE + 10)
        if self.failure is not None:
            raise self.failure
        holds(not self.thread.is_alive() and self.done > 1, f"{self.name} is served", self.done)


class GoodReader(Good):
    """Asks for a little of the history, again and again."""

    def lifecycle(self):
        reply = self.client.ask("replay", {"after": 0, "limit": 10}, timeout=DEADLINE)
        same(reply.status, "ok", "a good client's replay")
        self.done += 1


class GoodWaiter(Good):
    """Waits a moment for a task, again and again."""

    def lifecycle(self):
        reply = self.client.ask("acquire", {"executor_id": f"good-{self.name}", "stacks": ["none"],
                                            "wait_ms": 50}, timeout=DEADLINE)
        same(reply.status, "ok", "a good client's acquire that waits")
        self.done += 1


class Newcomer(Good):
    """Comes, asks once, is answered and goes, again and again."""

    def lifecycle(self):
        client = self.board.client()
        same(client.ask("hello", {}, timeout=DEADLINE).status, "ok", "a newcomer's hello")
        client.close()
        self.done += 1


class NewSubscriber(Good):
    """Comes, hears a tick and goes, again and again."""

    def lifecycle(self):
        self.board.subscriber("nothing").close()
        self.done += 1


def resident(board):
    with open(f"/proc/{board.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmRSS"))


def withstands(board, attack, attackers=2, prefix=(), options=None, others=()):
    """The attack beside good clients; the broker's resident memory at its peak."""
    board.prefix = list(prefix)
    board.start({**BOUNDS, **(options or {})})
    standing = board.client()
    standing.desire_many([f"standing-{at}" for at in range(300)], payload=b"p" * 10_000,
                         stack="standing", time_to_claim_ms=4294967295)
    good = [Good(board, name) for name in ("a", "b")] + [other(board, other.__name__) for other in others]
    stop = threading.Event()
    hostile = [threading.Thread(target=attack, args=(board, stop), daemon=True)
               for _ in range(attackers)]
    for thread in [*hostile, *(one.thread for one in good)]:
        thread.start()
    peak, until = 0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        same(board.process.poll(), None, "the broker lives")
        peak = max(peak, resident(board))
        time.sleep(0.05)
    for one in good:
        one.end()
    stop.set()
    for thread in hostile:
        thread.join(30)
    late = board.client()  # one that comes afterwards
    same(late.ask("get", {"guid": "standing-0"}, timeout=DEADLINE).status, "ok", "it is served")
    holds(peak < MEMORY, f"memory: below {MEMORY // MIB} MiB", f"{peak // MIB} MiB")
    return late
