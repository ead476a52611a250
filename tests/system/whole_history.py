"""What must be true of a whole history: dense numbers, and a state that is the fold of its events."""
import collections

import schema
from expect import holds, same


def read(client):
    """All events from the first, checked one by one; their raw bodies."""
    bodies = client.history(limit=10000)
    same([body["seq"] for body in bodies], list(range(1, len(bodies) + 1)), "§7: seq is dense")
    ordinals = collections.Counter()
    for body in bodies:
        ordinals[body["stream"]] += 1
        same(body["ordinal"], ordinals[body["stream"]], "§7: ordinal is dense within its stream")
        schema.event(body)
    at = [body["at"] for body in bodies]
    holds(at == sorted(at), "§5: event times never decrease")
    return bodies


def subject(body):
    """(kind, guid or executor) of an event."""
    return body["kind"], body["task"]["guid"] if "task" in body else body["executor_id"]


def is_told_by(bodies, made):
    """The events are those that clients were told of, and no others. `made`: seq -> (kind, subject)."""
    seen = {body["seq"]: subject(body) for body in bodies}
    lost = {seq: what for seq, what in made.items() if seen.get(seq) != what}
    holds(not lost, "§2: what was acknowledged is there, as it was told", _some(lost))
    extra = {seq: what for seq, what in seen.items() if seq not in made}
    holds(not extra, "§2: once each; what was refused left no trace", _some(extra))


def gives_the_tasks(bodies, client):
    """The board holds exactly what the events say: who, in which state, as of which event."""
    last = {}
    for body in bodies:
        if "task" in body:
            last[body["task"]["guid"]] = body["task"]
    names = ("guid", "state", "executor_id", "epoch", "seq", "updated_at")
    wanted = {
        guid: tuple(schema.slim(_without_bulk(task))[name] for name in names)
        for guid, task in last.items()
        if task["state"] != "resolved"
    }
    seen = {
        task["guid"]: tuple(task[name] for name in names)
        for task in client.listing(limit=1000, view="header")
    }
    same(len(seen), len(wanted), "the state is the fold of the events")
    holds(seen == wanted, "the state is the fold of the events")


def _without_bulk(task):
    return {name: value for name, value in task.items() if name not in ("payload", "result")}


def _some(items):
    return len(items), dict(list(items.items())[:5])
