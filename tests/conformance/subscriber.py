"""A subscriber of the event socket that checks what every subscriber may rely on.

Two frames each, the topic that the body implies, ordinals that only grow, and ticks that follow
every event up to their `seq` and none beyond.
"""
import time

import zmq

import schema
from client import PATIENCE, secure, unpack
from expect import Broken, holds, same


class Subscriber:
    """Subscribed to some prefixes, and always to the tick."""

    def __init__(self, context, endpoint, prefixes, curve=None):
        self.socket = context.socket(zmq.SUB)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RCVHWM, 0)
        self.socket.setsockopt(zmq.SNDHWM, 0)  # of subscriptions: libzmq drops those beyond
        self.socket.setsockopt(zmq.RECONNECT_IVL, 20)
        for prefix in (*prefixes, "tick"):
            self.socket.setsockopt(zmq.SUBSCRIBE, prefix.encode())
        secure(self.socket, curve)
        self.socket.connect(endpoint)
        self.raw = []
        self.newest = 0
        self.tick = self.next_tick()

    def close(self):
        self.socket.close(0)

    def receive(self, seconds):
        """(topic, body) of the next publication, an event's body filled in; None if none came."""
        if not self.socket.poll(max(0, int(seconds * 1000))):
            return None
        frames = self.socket.recv_multipart()
        same(len(frames), 2, "§7: published as two frames: topic, body")
        topic, body = frames[0].decode(), unpack(frames[1])
        if topic == "tick":
            self._check_tick(body)
            self.tick = body
            return topic, body
        self.raw.append((frames[0], frames[1], body))
        out = schema.event(body)
        same(topic, schema.topic(out), "§7: <stream>.<domain>.<guid> or executor.<executor_id>")
        holds(
            out["seq"] > self.newest,
            "§7: events come in the order of their seq",
            (self.newest, out),
        )
        self.newest = out["seq"]
        return topic, out

    def _check_tick(self, body):
        holds(
            type(body.get("seq", 0)) is int
            and type(body.get("at")) is int
            and isinstance(body.get("broker_id"), str)
            and isinstance(body.get("log"), str)
            and isinstance(body.get("ordinals", {}), dict),
            "§7: a tick has seq, ordinals, at, broker_id, log",
            body,
        )
        holds(
            body.get("seq", 0) >= self.newest,
            "§7: a tick follows every event up to its seq and none beyond",
            (self.newest, body),
        )

    def next_tick(self, patience=PATIENCE):
        """The next tick; events on the way are dropped."""
        end = time.monotonic() + patience
        while True:
            got = self.receive(end - time.monotonic())
            if got is None:
                raise Broken(f"§7: a tick at least every second; none within {patience} s")
            if got[0] == "tick":
                return got[1]

    def events(self, upto, patience=PATIENCE):
        """All events until a tick says that everything up to this seq was published."""
        out, end = [], time.monotonic() + patience
        while True:
            got = self.receive(end - time.monotonic())
            if got is None:
                raise Broken(f"§7: a tick follows every event; none for seq {upto}")
            if got[0] != "tick":
                out.append(got[1])
            elif got[1].get("seq", 0) >= upto:
                return out

    def wait_for(self, wanted, patience=PATIENCE):
        """All events until one for which `wanted(event)` is true, that one included."""
        out, end = [], time.monotonic() + patience
        while time.monotonic() < end:
            got = self.receive(end - time.monotonic())
            if got is not None and got[0] != "tick":
                out.append(got[1])
                if wanted(got[1]):
                    return out
        raise Broken(
            f"§7: an event that was due did not come within {patience} s; got "
            f"{[(one['kind'], one['seq']) for one in out][-10:]}"
        )
