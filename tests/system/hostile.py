"""Hostile peers, each for some seconds, while good clients are served (docs/security.md, SECURITY.md).

The broker lives; each good request is answered ok within its deadline; memory stays below what the
limits allow (docs/operations.md, "Memory"). How fast it was is the soak's to print: ./run soak day.
"""
import socket
import threading
import time

import attacks
from client import Silent
from expect import holds, same
from raw_peer import greeted
from system_board import eventually

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


class _Good:
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


class _GoodReader(_Good):
    """Asks for a little of the history, again and again."""

    def lifecycle(self):
        reply = self.client.ask("replay", {"after": 0, "limit": 10}, timeout=DEADLINE)
        same(reply.status, "ok", "a good client's replay")
        self.done += 1


class _GoodWaiter(_Good):
    """Waits a moment for a task, again and again."""

    def lifecycle(self):
        reply = self.client.ask("acquire", {"executor_id": f"good-{self.name}", "stacks": ["none"],
                                            "wait_ms": 50}, timeout=DEADLINE)
        same(reply.status, "ok", "a good client's acquire that waits")
        self.done += 1


class _Newcomer(_Good):
    """Comes, asks once, is answered and goes, again and again."""

    def lifecycle(self):
        client = self.board.client()
        same(client.ask("hello", {}, timeout=DEADLINE).status, "ok", "a newcomer's hello")
        client.close()
        self.done += 1


def _resident(board):
    with open(f"/proc/{board.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmRSS"))


def _withstands(board, attack, attackers=2, prefix=(), options=None, others=()):
    """The attack beside good clients; the broker's resident memory at its peak."""
    board.prefix = list(prefix)
    board.start({**BOUNDS, **(options or {})})
    standing = board.client()
    standing.desire_many([f"standing-{at}" for at in range(300)], payload=b"p" * 10_000,
                         stack="standing", time_to_claim_ms=4294967295)
    good = [_Good(board, name) for name in ("a", "b")] + [other(board, other.__name__) for other in others]
    stop = threading.Event()
    hostile = [threading.Thread(target=attack, args=(board, stop), daemon=True)
               for _ in range(attackers)]
    for thread in [*hostile, *(one.thread for one in good)]:
        thread.start()
    peak, until = 0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        same(board.process.poll(), None, "the broker lives")
        peak = max(peak, _resident(board))
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


def endless_multipart(board):
    _withstands(board, attacks.endless_multipart)


def endless_multipart_in_a_crowd(board):
    _withstands(board, attacks.endless_multipart_in_a_crowd, attackers=1,
                options={"limits.connections": 10_000})


def nested_and_huge_bodies(board):
    _withstands(board, attacks.nested_and_huge_bodies)


def connections_that_bring_and_go(board):
    """What those who are gone have left is bounded as well."""
    _withstands(board, attacks.connections_that_bring_and_go, others=(_Newcomer,))
    board.says("warn connections_held_off refused=")


def connections_that_bring_and_go_over_ipc(board):
    _over_ipc(board)
    _withstands(board, attacks.connections_that_bring_and_go)
    board.says("warn connections_held_off refused=")


def connections_that_bring_and_go_in_a_crowd(board):
    """Newcomers find a way in all the same."""
    _withstands(board, attacks.bringing_beside_a_crowd, attackers=1, others=(_Newcomer,))


def lists_of_who_is_gone(board):
    _withstands(board, attacks.lists_of_who_is_gone)


def acquires_of_very_many_names(board):
    _withstands(board, attacks.acquires_of_very_many_names, attackers=1)


def subscribers_beside_many_subscriptions(board):
    _withstands(board, attacks.subscribers_beside_many_subscriptions)
    board.says("subscriber_dropped")


def who_went_and_was_heard_holds_nobody_off(board):
    board.start()
    for _ in range(5):
        attacks.much_that_is_heard(board)
        same(board.client().ask("hello", {}, timeout=DEADLINE).status, "ok", "a newcomer's hello")
    holds("connections_held_off" not in board.words(), "nobody is held off", board.log())


def lengths_that_lie(board):
    _withstands(board, attacks.lengths_that_lie)


def session_floods(board):
    late = _withstands(board, attacks.session_floods)
    holds(late.stats()["sessions"] <= 5000, "limits.sessions holds", late.stats())


def id_floods(board):
    late = _withstands(board, attacks.id_floods)
    holds(late.stats()["outcomes"] <= 20_000, "limits.outcomes holds", late.stats())


def never_reading_replies(board):
    _withstands(board, attacks.never_reading_replies)


def slow_reading_of_big_lists(board):
    _withstands(board, attacks.slow_reading_of_big_lists)


def half_open_and_mute_connections(board):
    late = _withstands(board, attacks.half_open_and_mute_connections, attackers=1,
                       options={"limits.connections": 10_000})
    eventually(lambda: late.stats()["connections"] < 20, "who never said a word is hung up on")


def more_connections_than_are_let_in(board):
    """Who is in stays in; who comes gets in once there is room."""
    _withstands(board, attacks.half_open_and_mute_connections, attackers=1)


def connections_that_come_and_go(board):
    late = _withstands(board, attacks.connections_that_come_and_go)
    eventually(lambda: late.stats()["connections"] < 20, "they are not counted afterwards")


def _over_ipc(board):
    board.requests = f"ipc://{board.home}/requests"
    board.events = f"ipc://{board.home}/events"


def endless_multipart_over_ipc(board):
    """Of which the system does not tell what was received."""
    _over_ipc(board)
    _withstands(board, attacks.endless_multipart)
    board.says("requester_dropped")


def subscription_floods_over_ipc(board):
    _over_ipc(board)
    _withstands(board, attacks.subscription_floods)
    board.says("subscriber_dropped")


def _is_served(client):
    """What it asks on a connection that is hung up on is lost."""
    try:
        return client.ask("stats", {}, timeout=1).status == "ok"
    except Silent:
        return False


def places_that_are_held_in_silence(board):
    """By more greeted connections than there may be: they give way to who comes later."""
    board.start(BOUNDS)
    held = [greeted(board.requests) for _ in range(BOUNDS["limits.connections"] + 50)]
    late = board.client()
    eventually(lambda: _is_served(late), "one that comes later is served", DEADLINE)
    for wire in held:
        if wire is not None:
            wire.close()


def places_that_are_taken_by_who_says_nothing(board):
    """Who comes meanwhile asks once, and is answered when there is a place: nothing it sent is lost."""
    board.start({**BOUNDS, "limits.connections": 100})
    host, port = board.requests.removeprefix("tcp://").split(":")
    mute = [socket.create_connection((host, int(port))) for _ in range(150)]
    late = [board.client() for _ in range(5)]
    for one in late:
        one.send([[one.next_id(), "hello", {}]])
    for one in late:
        holds(not one.unanswered(one.id, DEADLINE), "one that asked once is served")
    for wire in mute:
        wire.close()


def file_descriptors_run_out_over_ipc(board):
    """Whose listener in libzmq would end the process."""
    _over_ipc(board)
    _withstands(board, attacks.ipc_connections_that_stay, prefix=("prlimit", "--nofile=400:400"))


def file_descriptors_run_out(board):
    """Far fewer files than limits.connections: the bound is then what the system allows."""
    _withstands(board, attacks.half_open_and_mute_connections, attackers=1,
                prefix=("prlimit", "--nofile=400:400"))
    board.says("few_files")


def subscription_floods(board):
    _withstands(board, attacks.subscription_floods)
    board.says("subscriber_dropped")


def huge_topics(board):
    _withstands(board, attacks.huge_topics)


def replay_floods(board):
    """Those who ask for little get it: they are served in turn."""
    _withstands(board, attacks.replay_floods, others=(_GoodReader,))


def waiting_acquires_by_the_thousand(board):
    """Who has most of them gives way to who waits for little."""
    late = _withstands(board, attacks.waiting_acquires_by_the_thousand, others=(_GoodWaiter,))
    holds(late.stats()["waiting_acquires"] <= 2000, "limits.waiting holds", late.stats())


def waiting_acquires_of_who_is_gone(board):
    late = _withstands(board, attacks.waiting_acquires_of_who_is_gone, others=(_GoodWaiter,))
    holds(late.stats()["waiting_acquires"] <= 2000, "limits.waiting holds", late.stats())


def heartbeats_of_ever_new_executors(board):
    late = _withstands(board, attacks.heartbeats_of_ever_new_executors)
    holds(late.stats()["executors"] <= 2000, "limits.executors holds", late.stats())
