"""An independent client of the contract: one session, one DEALER, no retries of its own.

It never assumes one reply per message: whatever arrives is checked for its form, filed by id and
handed out when somebody asks for that id. Each message that arrives proves again that it is one
frame of the right form, that `seq` never goes back and that nothing in it is newer than `seq`.
"""
import collections
import secrets
import time

import msgpack
import zmq

import schema
from expect import Broken, holds, same
from packing import pack

PATIENCE = 15.0
Reply = collections.namedtuple("Reply", "id status body seq")


class Refused(Exception):
    """The broker said no."""

    def __init__(self, verb, reply):
        super().__init__(f"{verb} was refused: {reply.status} {reply.body}")
        self.status, self.body = reply.status, reply.body


class Silent(Broken):
    """No reply within the time that the scenario gave."""


def unpack(raw):
    """One MessagePack value with str keys, none of them twice."""

    def no_twins(items):
        out = dict(items)
        holds(len(out) == len(items), "§1: no key twice in a map", items)
        return out

    return msgpack.unpackb(raw, strict_map_key=True, object_pairs_hook=no_twins)


def newest(value):
    """The highest seq or epoch that a reply's body reveals."""
    if isinstance(value, dict):
        own = [value[name] for name in ("seq", "epoch") if isinstance(value.get(name), int)]
        return max(own + [newest(item) for item in value.values()], default=0)
    return max(map(newest, value), default=0) if isinstance(value, list) else 0


def secure(socket, keys):
    """With (public, secret, the server's public) keys; None: in the clear."""
    if keys is not None:
        socket.curve_publickey, socket.curve_secretkey, socket.curve_serverkey = keys


class Client:
    """A session and its connection."""

    def __init__(self, context, endpoint, session=None, curve=None):
        self.context, self.endpoint, self.curve = context, endpoint, curve
        self.session = session or secrets.token_bytes(16)
        self.id = self.acked = self.seq = 0
        self.inbox = collections.defaultdict(collections.deque)
        self.order, self.sizes = [], []
        self.socket = None
        self.connect()

    def connect(self):
        """A new connection; replies to the former one are gone."""
        self.close()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RECONNECT_IVL, 20)
        self.socket.setsockopt(zmq.RCVHWM, 0)
        self.socket.setsockopt(zmq.SNDHWM, 0)
        secure(self.socket, self.curve)
        self.socket.connect(self.endpoint)
        self.seq = 0

    def close(self):
        if self.socket is not None:
            self.socket.close(0)
            self.socket = None

    # Sending and receiving

    def next_id(self):
        self.id += 1
        return self.id

    def send(self, requests, acked=None):
        """One message of [id, verb, args] triples."""
        self.frames(pack([1, self.session, self.acked if acked is None else acked, requests]))

    def frames(self, *raw):
        self.socket.send_multipart(list(raw))

    def pump(self, seconds):
        """Receives and files one message; False if none came in time."""
        if not self.socket.poll(max(0, int(seconds * 1000))):
            return False
        frames = self.socket.recv_multipart()
        same(len(frames), 1, "§2: a reply message is one frame")
        message = unpack(frames[0])
        holds(
            isinstance(message, list) and len(message) == 3 and message[0] == 1,
            "§2: a reply message is [1, seq, replies]",
            message,
        )
        holds(
            type(message[1]) is int and message[1] >= self.seq,
            "§2: seq is the newest durable event and never goes back",
            (self.seq, message[1]),
        )
        self.seq = message[1]
        self.sizes.append(len(frames[0]))
        holds(isinstance(message[2], list) and message[2], "§2: there are replies in it", message)
        for reply in message[2]:
            self._file(reply)
        return True

    def _file(self, reply):
        holds(
            isinstance(reply, list)
            and len(reply) == 3
            and type(reply[0]) is int
            and isinstance(reply[1], str)
            and isinstance(reply[2], dict),
            "§2: a reply is [id, status, body]",
            reply,
        )
        number, status, body = reply
        holds(
            newest(body) <= self.seq or status != "ok",
            "§2 Durability: no reply leaves before every event that it reveals is durable",
            reply,
        )
        if status != "ok":
            holds(status in schema.ERRORS, "§6: the status is a name of section 6", status)
            words = body.get("message")
            holds(
                isinstance(words, str) and words and "\n" not in words,
                "§6: a refusal has a message of one line",
                reply,
            )
        self.order.append(number)
        self.inbox[number].append(Reply(number, status, body, self.seq))

    def reply(self, number, timeout=PATIENCE):
        """The next reply to this id."""
        end = time.monotonic() + timeout
        while not self.inbox[number]:
            left = end - time.monotonic()
            if not self.pump(left) and left <= 0:
                raise Silent(f"§2: a request is answered; none to id {number} within {timeout} s")
        return self.inbox[number].popleft()

    def unanswered(self, number, seconds):
        """True if no reply to this id comes within so many seconds."""
        end = time.monotonic() + seconds
        while not self.inbox[number] and time.monotonic() < end:
            self.pump(end - time.monotonic())
        return not self.inbox[number]

    # Asking

    def ask(self, verb, args=None, number=None, timeout=PATIENCE, acked=None):
        """One request, its reply whatever it says. `number` makes it a retry."""
        number = number or self.next_id()
        self.send([[number, verb, {} if args is None else args]], acked)
        return self.reply(number, timeout)

    def call(self, verb, **args):
        """One request that must be accepted; its body."""
        reply = self.ask(verb, args)
        if reply.status != "ok":
            raise Refused(verb, reply)
        return reply.body

    def refused(self, status, verb, rule, args, field=None, number=None):
        """One request that must be refused so; its body. `field`: a name or several that may be."""
        reply = self.ask(verb, args, number)
        wanted = (status,) if isinstance(status, str) else status
        holds(
            reply.status in wanted, f"{rule} (`{verb}` wants {status})", (reply.status, reply.body)
        )
        if field is not None:
            names = (field,) if isinstance(field, str) else field
            holds(
                reply.body.get("field") in names, f"§6: `field` says {names} ({rule})", reply.body
            )
        return reply.body

    def malformed(self, rule, *frames):
        """Sends these frames, which must be answered `malformed` under id 0."""
        self.frames(*frames)
        same(self.reply(0).status, "malformed", rule)

    def many(self, requests, chunk=500):
        """[(verb, args)...], `chunk` a message; their replies in the same order, acked."""
        replies = []
        for at in range(0, len(requests), chunk):
            part = [[self.next_id(), verb, args] for verb, args in requests[at : at + chunk]]
            self.send(part)
            replies += [self.reply(request[0], 60) for request in part]
            self.acked = self.id
        return replies

    # The verbs, as short as scenarios want them

    def desire(self, guid, **fields):
        return self.call("desire", task={"guid": guid, "payload": b"true", **fields})

    def desire_many(self, guids, **fields):
        for reply in self.many([("desire", {"task": {"guid": guid, **fields}}) for guid in guids]):
            same(reply.status, "ok", "§4 desire: accepted when the guid is unknown")

    def claim(self, guid, executor="e1"):
        return self.call("claim", guid=guid, executor_id=executor)

    def start(self, guid, executor="e1", handle="h1", **more):
        return self.call("start", guid=guid, executor_id=executor, container_handle=handle, **more)

    def complete(self, guid, **more):
        return self.call("complete", guid=guid, **{"result": b"done", **more})

    def reject(self, guid, executor="e1", reason="no", **more):
        return self.call("reject", guid=guid, executor_id=executor, reason=reason, **more)

    def resolving(self, guid):
        return self.call("resolving", guid=guid)

    def resolve(self, guid, **more):
        return self.call("resolve", guid=guid, **more)

    def beat(self, executor="e1", **more):
        return self.call(
            "heartbeat", executor_id=executor, **{"ttl_ms": 600000, "incarnation": "i1", **more}
        )

    def acquire(self, executor="e1", **more):
        """The whole tasks that it was handed."""
        return [
            schema.whole(task)
            for task in self.call("acquire", executor_id=executor, **more).get("tasks") or []
        ]

    def get(self, guid):
        return schema.whole(self.call("get", guid=guid)["task"])

    def gone(self, guid):
        return self.ask("get", {"guid": guid}).status == "not_found"

    def converge(self, aged=False, **args):
        """The counts of one pass, absent ones as 0. `aged`: all that came before is old enough."""
        if aged:
            time.sleep(0.06)
            args["convergence_interval_ms"] = 50
        return schema.filled(
            self.call("converge", **args),
            dict.fromkeys(("kicked", "demoted", "failed", "requeued", "expired"), 0),
            "converge's reply",
        )

    def stats(self):
        return self.call("stats")

    def bring(self, guid, state, executor="e1", **fields):
        """A new task, led to this state; its whole self."""
        self.desire(guid, **fields)
        steps = (
            ("claimed", lambda: self.claim(guid, executor)),
            ("running", lambda: self.start(guid, executor)),
            ("completed", lambda: self.complete(guid)),
            ("resolving", lambda: self.resolving(guid)),
        )
        for reached, step in steps[: schema.STATES.index(state)]:
            step()
        return self.get(guid)

    def pages(self, verb, items, limit=None, **args):
        """Every page of a list or of the executors, as lists of raw items."""
        cursor, out = None, []
        while True:
            more = {} if cursor is None else {"cursor": cursor}
            body = self.call(verb, **args, **more, **({} if limit is None else {"limit": limit}))
            page, cursor = body.get(items) or [], body.get("cursor")
            holds(page or cursor is None, "§4: a page is empty only at the end", body)
            holds(len(page) <= (limit or 100), "§4: limit, default 100", len(page))
            out.append(page)
            if cursor is None:
                return out
            holds(isinstance(cursor, str), "§4: cursors are opaque strs", cursor)

    def listing(self, **args):
        """All tasks that `list` shows, full ones unless asked otherwise."""
        args = {"view": "full", **args}
        shape = schema.whole if args["view"] == "full" else schema.header
        return [shape(task) for page in self.pages("list", "tasks", **args) for task in page]

    def executors(self, **args):
        """What `executors` shows, by executor_id."""
        found = [item for page in self.pages("executors", "executors", **args) for item in page]
        out = {item["executor_id"]: item for item in found}
        same(len(out), len(found), "§4 executors: each is shown once")
        return out

    def history(self, after=0, limit=None, **filters):
        """Every raw event after `after` that matches, through all pages of `replay`."""
        out, size = [], {} if limit is None else {"limit": limit}
        while True:
            body = self.call("replay", after=after, **size, **filters)
            page, end = body.get("events") or [], body.get("seq", 0)
            following = body.get("next", 0)
            holds(following > after or following == end, "§4 replay: `next` goes on", body)
            holds(len(page) <= (limit or 1000), "§4 replay: limit, default 1000", len(page))
            out += page
            if following >= end:
                return out
            after = following
