"""A client that never gives up, as section 2 of docs/protocol.md wants it.

One session; every request keeps its id over silence, reconnects and restarts of the broker until it
is answered. It leads many tasks through their lives at once, asks now and then again for what it
knows already, and reconnects in the middle, so that copies of its requests are on the way.
"""
import random
import threading
import time

from client import Client
from expect import holds, same
from lives import KINDS

AT_ONCE = 40  # lives
MESSAGE = 25  # requests of one message
SILENCE = 0.5  # seconds without a reply after which it connects anew
REMEMBERED = 100  # answered ids that it does not ack yet
RECONNECTS = 700  # answers between two connections, about


class SteadyClient(threading.Thread):
    """`made` holds, after the end, the events that its accepted requests made: seq -> (kind, subject)."""

    def __init__(self, board, name, client=None):
        super().__init__(name=name, daemon=True)
        self.client = client or Client(board.context, board.requests)
        self.random = random.Random(name)
        self.lives = {}  # id of the request in flight -> (step, life, guid)
        self.requests = {}  # id -> [id, verb, args], until acked
        self.outcomes = {}  # id -> what the first reply said
        self.made, self.answered, self.repeated, self.connections = {}, 0, 0, 1
        self.unsent, self.begun = [], 0
        self.enough = threading.Event()
        self.failure = None

    def run(self):
        try:
            while not (self.enough.is_set() and not self.lives):
                self._begin_lives()
                self._flush()
                self._listen()
            self.client.close()
        except Exception as error:
            self.failure = error

    def _begin_lives(self):
        while len(self.lives) < AT_ONCE and not self.enough.is_set():
            guid = f"{self.name}-{self.begun}"
            life = KINDS[self.begun % len(KINDS)](guid, self.name)
            self.begun += 1
            self._ask(next(life), life, guid)

    def _ask(self, step, life, guid):
        number = self.client.next_id()
        self.lives[number] = (step, life, guid)
        self.requests[number] = [number, step.verb, step.args]
        self.unsent.append(number)

    def _flush(self):
        """Sends what gathered; acks what is old and answered."""
        self.client.acked = max(
            self.client.acked, min(self.lives, default=self.client.id) - 1 - REMEMBERED
        )
        for number in [one for one in self.requests if one <= self.client.acked]:
            del self.requests[number]
        ready = [self.requests[number] for number in self.unsent if number in self.requests]
        for at in range(0, len(ready), MESSAGE):
            self.client.send(ready[at : at + MESSAGE])
        self.unsent = []

    def _listen(self):
        if not self.client.pump(SILENCE):
            return self._reconnect()
        while self.client.pump(0):
            pass
        for number in list(self.client.inbox):
            for reply in self.client.inbox.pop(number):
                self._take(reply)
        if self.random.random() < AT_ONCE / 2 / RECONNECTS:
            self._reconnect()

    def _reconnect(self):
        """Everything unanswered again, in order, and some of what was answered."""
        self.client.connect()
        self.connections += 1
        known = [number for number in self.requests if number not in self.lives]
        again = self.random.sample(known, min(20, len(known)))
        self.unsent = sorted([*self.lives, *again])

    def _take(self, reply):
        outcome = {name: reply.body.get(name) for name in ("seq", "epoch", "state")}
        if reply.id in self.outcomes:
            self.repeated += 1
            if self.outcomes[reply.id] is not None:
                same((reply.status, outcome), ("ok", self.outcomes[reply.id]),
                     "§2: a retry gets the first outcome")
            return
        step, life, guid = self.lives.pop(reply.id)
        same(reply.status, step.status, f"a step of a life: {step} | {reply.body}")
        self.answered += 1
        self.outcomes[reply.id] = outcome if reply.status == "ok" else None
        if reply.status == "ok":
            self._note(step, reply.body, guid)
        try:
            self._ask(life.send(reply.body), life, guid)
        except StopIteration:
            pass

    def _note(self, step, body, guid):
        subject = step.args["executor_id"] if step.verb == "drain" else guid
        holds(body["seq"] not in self.made, "§7: one request, one event, one number", body)
        self.made[body["seq"]] = (step.event, subject)


class Crowd:
    """Several steady clients, and the proof that what they were told is what is there."""

    def __init__(self, board, names):
        self.board = board
        helper = board.client()
        self.made = {}
        for name in names:
            helper.beat(name)
        for event in helper.history():
            self.made[event["seq"]] = (event["kind"], event["executor_id"])
        self.members = [SteadyClient(board, name) for name in names]
        for member in self.members:
            member.start()

    def answered(self):
        self._check()
        return sum(member.answered for member in self.members)

    def wait_for_answers(self, more, patience=120):
        """Returns when so many more requests were answered."""
        goal, end = self.answered() + more, time.monotonic() + patience
        while self.answered() < goal:
            holds(time.monotonic() < end, "the clients get on", (self.answered(), goal))
            time.sleep(0.005)

    def finish(self, patience=120):
        """Lets every life come to its end."""
        for member in self.members:
            member.enough.set()
        for member in self.members:
            member.join(patience)
            holds(not member.is_alive(), "every request is answered in the end", member.lives)
        self._check()
        for member in self.members:
            self.made.update(member.made)

    def _check(self):
        for member in self.members:
            if member.failure is not None:
                raise member.failure
