"""What clients were told, against what the history says: event by event, in any order, in bounded memory.

`see` takes the history's events in order and proves that numbers are dense, that each task's life
is one that the contract allows, and that each epoch has one owner. `tell` takes what was
acknowledged. An event and the acknowledgement of it are paired; what is left is somebody's defect.
"""
import collections

from expect import holds, same

# kind -> the states that a task may be in before; "-": there is no such task.
BEFORE = {
    "desired": ("-",),
    "claimed": ("pending",),
    "started": ("claimed",),
    "completed": ("running",),
    "cancelled": ("pending", "claimed", "running"),
    "rejected": ("claimed", "running"),
    "resolving": ("completed",),
    "resolved": ("completed", "resolving"),
}
OWNED = ("claimed", "running", "resolving")

# What an acknowledgement and an event have in common. `executor` "-" and `epoch` 0: not told.
Made = collections.namedtuple("Made", "kind subject executor epoch")


class ToldAndSeen:
    """Not for several threads at once."""

    def __init__(self):
        self.seq = 0  # of the last event seen
        self.told_up_to = 0
        self.paired = 0
        self.live = {}  # guid -> (state, executor, epoch, seq), by the events
        self._told, self._seen = {}, {}  # seq -> Made, without their counterparts
        self._known = set()  # numbers that were told
        self._guids, self._epochs = set(), set()
        self._ordinals = collections.Counter()
        self._at = 0

    def tell(self, seq, made):
        holds(seq not in self._known, "§2: one acknowledged request, one event of its own", (seq, made))
        self._known.add(seq)
        self.told_up_to = max(self.told_up_to, seq)
        self._told[seq] = made
        self._pair(seq)

    def see(self, body):
        """The next event, as published."""
        same(body["seq"], self.seq + 1, "§7: seq is dense")
        self.seq = body["seq"]
        self._ordinals[body["stream"]] += 1
        same(body["ordinal"], self._ordinals[body["stream"]], "§7: ordinal is dense in its stream")
        holds(body["at"] >= self._at, "§5: event times never decrease", body)
        self._at = body["at"]
        if "task" not in body:
            self._seen[self.seq] = Made(body["kind"], body["executor_id"], "-", 0)
        else:
            self._step(body["kind"], body["task"])
        self._pair(self.seq)

    def nothing_is_lost(self):
        """To be asked when every event was seen: all that was told has its event."""
        lost = dict(list(self._told.items())[:5])
        holds(not self._told, "§2: what was acknowledged is there", (len(self._told), lost))

    def unclaimed(self, prefix):
        """Events about these subjects that nobody was told of: [(seq, Made)]."""
        return [(seq, made) for seq, made in self._seen.items() if made.subject.startswith(prefix)]

    def _step(self, kind, task):
        guid, executor, epoch = task["guid"], task.get("executor_id", ""), task.get("epoch", 0)
        state, owner, fence, _ = self.live.get(guid, ("-", "", 0, 0))
        holds(state in BEFORE.get(kind, ()), f"§3: {kind} follows {state}", task)
        if kind == "desired":
            holds(guid not in self._guids, "§2: a request is applied once", task)
            self._guids.add(guid)
        elif kind in ("claimed", "resolving"):
            holds(epoch > fence and epoch not in self._epochs, "§3: each epoch is a new one", task)
            self._epochs.add(epoch)
        elif kind == "started":
            same((executor, epoch), (owner, fence), "§3: an epoch has one owner")
        if kind == "resolved":
            del self.live[guid]
        else:
            self.live[guid] = (task["state"], executor, epoch, self.seq)
        self._seen[self.seq] = Made(kind, guid, executor, epoch)

    def _pair(self, seq):
        if seq not in self._told or seq not in self._seen:
            return
        told, seen = self._told.pop(seq), self._seen.pop(seq)
        if told.epoch == 0:
            seen = seen._replace(epoch=0)
        if told.executor == "-":
            seen = seen._replace(executor="-")
        same(seen, told, f"§2: event {seq} is what was acknowledged")
        self.paired += 1
