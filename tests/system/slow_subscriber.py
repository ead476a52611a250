"""A subscriber that is too slow: it sees the hole that it has, fills it by replay, ends with everything.

Section 7 of docs/protocol.md, "Missing nothing".
"""
import zmq

import schema
import whole_history
from client import unpack
from expect import holds, same

TASKS = 16_000
# More events than the broker queues for one subscriber, with what the kernel takes on top.
PASSES = 8


class _Sleeper:
    """Subscribed, with hardly any queue of its own, and asleep until `catch_up`."""

    def __init__(self, board, *prefixes):
        self.socket = board.context.socket(zmq.SUB)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RCVHWM, 10)
        self.socket.setsockopt(zmq.RCVBUF, 256 << 10)
        for prefix in (*prefixes, "tick"):
            self.socket.setsockopt(zmq.SUBSCRIBE, prefix.encode())
        self.socket.connect(board.events)
        same(self.receive()[0], "tick", "§7: a tick says that the subscription is there")

    def receive(self):
        holds(self.socket.poll(60_000), "§7: a tick at least every second")
        topic, body = self.socket.recv_multipart()
        return topic.decode(), unpack(body)

    def catch_up(self, reader, upto, streams):
        """Reads what is left and fills the holes; (events by seq, how many replay had to give)."""
        events, ordinals, filled, last = {}, dict.fromkeys(streams, 0), 0, 0
        while last < upto:
            topic, body = self.receive()
            if topic == "tick":
                hole = any(body["ordinals"].get(name, 0) > ordinals[name] for name in streams)
            else:
                hole = body["ordinal"] > ordinals[body["stream"]] + 1
            if hole:
                missed = reader.history(after=last, limit=10000, streams=streams)
                filled += len(missed)
            else:
                missed = [] if topic == "tick" else [body]
            for one in missed:
                if one["seq"] > last:
                    same(one["ordinal"], ordinals[one["stream"]] + 1, "§7: no hole is left")
                    ordinals[one["stream"]] = one["ordinal"]
                    events[one["seq"]] = one
                    last = one["seq"]
            if topic == "tick":
                last = max(last, body.get("seq", 0))
        self.socket.close(0)
        return events, filled


def _kick_everything(c, tasks):
    """Many events for few requests."""
    for at in range(PASSES):
        counts = c.converge(aged=True)
        same(counts["kicked"], tasks, f"§5: each pending task is announced again, pass {at}")


def a_subscriber_that_slept_ends_with_exactly_the_events_of_the_journal(board):
    board.start()
    sleeper, narrow = _Sleeper(board, ""), _Sleeper(board, "pending.")
    quick = board.subscriber("tick")
    c = board.client()
    c.desire_many([f"g{at}" for at in range(TASKS)], payload=b"")
    _kick_everything(c, TASKS)
    c.claim("g0")
    c.start("g0")
    upto = c.complete("g0")["seq"]
    quick.events(upto)
    bodies = c.history(limit=10000)
    same([body["seq"] for body in bodies], list(range(1, upto + 1)), "§4 replay: all of them")

    events, filled = sleeper.catch_up(c, upto, list(schema.STREAMS))
    holds(filled > 0, "§7: the broker does not wait for a subscriber that does not read", filled)
    holds(list(events.values()) == bodies, "§7: it ends with exactly the journal's events")
    events, _ = narrow.catch_up(c, upto, ["pending"])
    wanted = [body for body in bodies if body["stream"] == "pending"]
    holds(list(events.values()) == wanted, "§7: so does one of a single stream")


def a_subscriber_of_one_task_asks_when_a_tick_is_ahead(board):
    board.start()
    sleeper = _Sleeper(board, "pending.default.g7")
    c = board.client()
    c.desire_many([f"g{at}" for at in range(TASKS)], payload=b"")
    _kick_everything(c, TASKS)
    upto = c.claim("g7")["seq"]
    last, seen = 0, {}
    while last < upto:
        topic, body = sleeper.receive()
        if topic == "tick" and body["seq"] > last:
            seen.update((one["seq"], one) for one in c.history(after=last, guid="g7"))
            last = body["seq"]
    sleeper.socket.close(0)
    same(
        [whole_history.subject(body) for body in seen.values()],
        [("desired", "g7"), *[("kicked", "g7")] * PASSES, ("claimed", "g7")],
        "§7: replay with a filter gives all of one task",
    )
