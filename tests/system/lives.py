"""The lives of tasks, as sequences of requests that each wait for the answer before.

A life is a generator: it yields a `Step` and is sent the body of its reply. Some steps must be
refused whatever the board looks like, so that a copy that comes late changes nothing either.
"""
import collections

# `status`: the one that it must be answered with. `event`: the kind of event that it makes.
Step = collections.namedtuple("Step", "verb args event status", defaults=("ok",))


def _owned(guid, executor, epoch):
    return {"guid": guid, "executor_id": executor, "epoch": epoch}


def resolved(guid, executor):
    """All the way, one verb after the other."""
    yield Step("desire", {"task": {"guid": guid, "payload": b"p" * 200}}, "desired")
    claimed = yield Step("claim", {"guid": guid, "executor_id": executor}, "claimed")
    owned = _owned(guid, executor, claimed["epoch"])
    yield Step("start", {**owned, "container_handle": "h"}, "started")
    yield Step("complete", _owned(guid, executor, 0), None, "not_owner")
    yield Step("complete", {**owned, "result": b"r" * 50}, "completed")
    resolving = yield Step("resolving", {"guid": guid}, "resolving")
    yield Step("resolve", {"guid": guid, "epoch": resolving["epoch"]}, "resolved")


def acquired(guid, executor):
    """Handed over by acquire, from a queue of its own, and left running."""
    yield Step("desire", {"task": {"guid": guid, "stack": guid}}, "desired")
    body = yield Step(
        "acquire", {"executor_id": executor, "stacks": [guid], "wait_ms": 60000}, "claimed"
    )
    epoch = body["tasks"][0]["epoch"]
    yield Step("start", {**_owned(guid, executor, epoch), "container_handle": "h"}, "started")
    yield Step("complete", _owned(guid, executor, epoch - 1), None, "not_owner")


def rejected(guid, executor):
    """Handed back, taken again and cancelled."""
    yield Step("desire", {"task": {"guid": guid, "domain": "other"}}, "desired")
    claimed = yield Step("claim", {"guid": guid, "executor_id": executor}, "claimed")
    owned = _owned(guid, executor, claimed["epoch"])
    yield Step("reject", {**owned, "reason": "no room", "delay_ms": 0}, "rejected")
    yield Step("claim", {"guid": guid + "-nobody", "executor_id": executor}, None, "not_found")
    claimed = yield Step("claim", {"guid": guid, "executor_id": executor}, "claimed")
    yield Step("cancel", {"guid": guid, "reason": "enough"}, "cancelled")


def drained(guid, executor):
    """A word about the executor between two about a task."""
    yield Step("desire", {"task": {"guid": guid}}, "desired")
    yield Step("drain", {"executor_id": executor, "on": False}, "undrained")
    yield Step("drain", {"executor_id": guid + "-nobody"}, None, "not_found")


KINDS = (resolved, acquired, resolved, rejected, drained)
