"""What the contract says about the shape of things: names, types, defaults.

A field that is absent or nil means its default, so scenarios never look at a raw map: they look at
it through `whole`, `header`, `slim` or `event`, which fill the defaults in and refuse wrong types.
"""
from expect import holds, same

STATES = ("pending", "claimed", "running", "completed", "resolving")
STREAMS = STATES + ("resolved", "executor")
ERRORS = frozenset(
    "malformed unsupported_version unknown_verb invalid_request too_large not_found already_exists "
    "wrong_state not_owner request_expired truncated denied read_only busy internal".split()
)
TASK_KINDS = frozenset(
    "desired claimed started completed resolving resolved kicked demoted "
    "rejected requeued cancelled".split()
)
EXECUTOR_KINDS = frozenset("joined lost departed draining undrained".split())
CAUSES = frozenset(("request", "converge", "executor_lost"))
NO_LIMIT = 4294967295
INT_MAX = 2**63 - 1

_HEADER = {
    "guid": "",
    "domain": "default",
    "stack": "",
    "type": "",
    "priority": 0,
    "memory_mb": 0,
    "disk_mb": 0,
    "cpu_percent": 0,
    "max_rejections": 3,
    "on_executor_lost": "fail",
    "run_timeout_ms": 0,
    "time_to_claim_ms": 0,
    "not_before": 0,
    "created_at": 0,
    "pending_since": 0,
    "updated_at": 0,
    "completed_at": 0,
    "seq": 0,
    "state": "",
    "executor_id": "",
    "container_handle": "",
    "epoch": 0,
    "failed": False,
    "failure_reason": "",
    "rejection_count": 0,
    "rejection_reason": "",
}
_BULK = {"payload": b"", "result": b"", "annotation": ""}
_SIZES = {"payload_size": 0, "result_size": 0, "annotation_size": 0}
_SLIM = ("guid", "domain", "state", "executor_id", "container_handle", "epoch", "seq", "updated_at")


def filled(seen, defaults, what):
    """The map with its absent and nil fields at their defaults; types are checked on the way."""
    holds(isinstance(seen, dict), f"§1: {what} is a map", seen)
    out = dict(seen)
    for name, default in defaults.items():
        value = seen.get(name)
        out[name] = default if value is None else value
        holds(type(out[name]) is type(default), f"§3: `{name}` of {what} has its type", out[name])
    return out


def fields(task, *names):
    """Some of a task's fields, to compare them at once."""
    return tuple(task[name] for name in names)


def whole(seen):
    """A whole task: every field."""
    task = filled(seen, {**_HEADER, **_BULK}, "a whole task")
    holds(task["state"] in STATES, "§3: a task's state is one of five", task["state"])
    return task


def header(seen):
    """A header: sizes stand for payload, result and annotation."""
    for name in _BULK:
        holds(name not in seen, f"§3: a header is without `{name}`", seen)
    task = filled(seen, {**_HEADER, **_SIZES}, "a header")
    holds(task["state"] in STATES, "§3: a task's state is one of five", task["state"])
    return task


def slim(seen):
    """A slim task: who, where, which state."""
    for name in _BULK:
        holds(name not in seen, f"§3: a slim task is without `{name}`", seen)
    return filled(seen, {name: _HEADER[name] for name in _SLIM}, "a slim task")


def event(body):
    """An event's body, its task or executor fields filled in and everything checked."""
    for name in ("seq", "ordinal", "at"):
        holds(type(body.get(name)) is int and body[name] > 0, f"§7: an event has `{name}`", body)
    stream, kind = body.get("stream"), body.get("kind")
    holds(stream in STREAMS, "§7: an event's stream is one of seven", body)
    out = dict(body)
    if stream == "executor":
        holds(kind in EXECUTOR_KINDS, "§7: kinds of executor events", body)
        out.update(
            filled(
                body,
                {"executor_id": "", "incarnation": "", "ttl_ms": 0, "reason": ""},
                "an executor event",
            )
        )
        if kind == "lost":
            holds(out["reason"] in ("expired", "restarted"), "§7: lost: expired or restarted", body)
        else:
            same(out["reason"], "", "§7: only a loss has a reason")
        return out
    holds(kind in TASK_KINDS, "§7: kinds of task events", body)
    holds(body.get("cause") in CAUSES, "§7: a task event has one of three causes", body)
    shape = header if stream in ("pending", "completed") else slim
    out["task"] = shape(body["task"])
    _agrees(out)
    return out


def _agrees(body):
    task = body["task"]
    same(task["state"], body["stream"], "§7: the stream is the state after the event")
    same(task["seq"], body["seq"], "§3: a task's seq is the number of its last event")
    same(task["updated_at"], body["at"], "§3: updated_at is the time of the last event")


def topic(body):
    """The topic under which this event is published."""
    if body["stream"] == "executor":
        return f"executor.{body['executor_id']}"
    return f"{body['stream']}.{body['task']['domain']}.{body['task']['guid']}"
