"""A client that never retries: what is not answered before the broker goes is given up.

Each request leaves once, so it may have been applied or not, but never twice. Tasks that were given
up are cancelled and resolved later, so that the board stays small.
"""
import queue
import threading
import time

from client import Client
from expect import same
from lives import resolved
from told_and_seen import Made

AT_ONCE = 6  # lives
SILENCE = 0.3  # seconds without a reply after which all is given up
LOST = 2000  # requests after one that is not answered: it went with its connection, which came back
LATER = 1.0  # seconds after which what was given up is cleaned: what was on the way has arrived


class CarelessClient(threading.Thread):
    """`told` receives (seq, Made) of each acknowledged mutation, in the order in which they came."""

    def __init__(self, board, name):
        super().__init__(name=name, daemon=True)
        self.client = Client(board.context, board.requests)
        self.told = queue.SimpleQueue()
        self.lives = {}  # id -> (step, life, guid)
        self.cleaning = {}  # id -> (guid, verb)
        self.given_up = []  # (when, guid)
        self.unsent, self.begun, self.abandoned = [], 0, 0
        self.enough = threading.Event()
        self.failure = None

    def run(self):
        try:
            while not (self.enough.is_set() and not self.lives and not self._littered()):
                self._begin()
                self._clean()
                if self.unsent:
                    self.client.send(self.unsent)
                    self.unsent = []
                self._listen()
            self.client.close()
        except Exception as error:
            self.failure = error

    def _littered(self):
        return self.given_up or self.cleaning

    def _begin(self):
        while len(self.lives) < AT_ONCE and not self.enough.is_set():
            guid = f"{self.name}-{self.begun}"
            self.begun += 1
            life = resolved(guid, self.name)
            self._ask(next(life), life, guid)

    def _ask(self, step, life, guid):
        number = self.client.next_id()
        self.lives[number] = (step, life, guid)
        self.unsent.append([number, step.verb, step.args])

    def _clean(self):
        """Cancels and resolves, whatever state they are in, what was given up."""
        due = time.monotonic() - LATER
        for guid in [guid for when, guid in self.given_up if when <= due]:
            for verb, args in (("cancel", {"reason": "given up"}), ("resolving", {}), ("resolve", {})):
                number = self.client.next_id()
                self.cleaning[number] = (guid, verb)
                self.unsent.append([number, verb, {"guid": guid, **args}])
        self.given_up = [one for one in self.given_up if one[0] > due]

    def _listen(self):
        if not self.client.pump(SILENCE):
            return self._give_up()
        while self.client.pump(0):
            pass
        for number in list(self.client.inbox):
            for reply in self.client.inbox.pop(number):
                self._take(reply)
        self.client.acked = min([*self.lives, *self.cleaning], default=self.client.id + 1) - 1
        if self.client.id - self.client.acked > LOST:
            self._give_up()

    def _give_up(self):
        if not self.lives and not self.cleaning:
            return
        self.abandoned += len(self.lives)
        self.client.connect()
        guids = {guid for _, _, guid in self.lives.values()}
        guids |= {guid for guid, _ in self.cleaning.values()}
        self.given_up += [(time.monotonic(), guid) for guid in sorted(guids)]
        self.lives, self.cleaning, self.unsent = {}, {}, []
        self.client.acked = self.client.id
        time.sleep(0.01)

    def _take(self, reply):
        if reply.id in self.cleaning:
            guid, verb = self.cleaning.pop(reply.id)
            if reply.status == "ok":
                kind = {"cancel": "cancelled", "resolve": "resolved"}.get(verb, verb)
                self.told.put((reply.body["seq"], Made(kind, guid, "-", 0)))
            return
        if reply.id not in self.lives:
            return  # given up before it came
        step, life, guid = self.lives.pop(reply.id)
        same(reply.status, step.status, f"a step of a life: {step} | {reply.body}")
        if reply.status == "ok":
            owner = step.args.get("executor_id", "-")
            self.told.put((reply.body["seq"],
                           Made(step.event, guid, owner, reply.body.get("epoch", 0))))
        try:
            self._ask(life.send(reply.body), life, guid)
        except StopIteration:
            pass
