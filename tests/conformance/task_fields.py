"""Section 3: every field of a task: its range ends, its charset, its default, who may set it."""
import string
import time

from expect import holds, same, within
from packing import text
from schema import INT_MAX, NO_LIMIT

CHARSET = string.ascii_letters + string.digits + "_-"
BAD_NAMES = ("a b", "a.b", "a/b", "a:b", "é", "a\n", "\0", "a*", " ", "a,b", "@")
MIB = 1024 * 1024


def _kept(c, field, *values):
    for number, value in enumerate(values):
        guid = f"{field}-{number}"
        c.call("desire", task={"guid": guid, field: value})
        same(c.get(guid)[field], value, f"§3: `{field}` is what the requester set")


def _refused(c, field, *values, status="invalid_request"):
    for value in values:
        task = {"guid": "refused", field: value}
        c.refused(
            status,
            "desire",
            f"§3: `{field}` cannot be {repr(value)[:40]}",
            {"task": task},
            field=field,
        )
    holds(c.gone("refused"), "§2: a refused request left no trace")


def _default(c, field, default):
    for guid, task in (("absent", {}), ("nil", {field: None})):
        c.call("desire", task={"guid": f"{field}-{guid}", **task})
        same(
            c.get(f"{field}-{guid}")[field],
            default,
            f"§1: an absent field, or nil, means its default (`{field}`)",
        )


def a_guid_is_1_to_128_chars_of_its_charset(board):
    c = board.client()
    for guid in ("a", "-", "_", "0", CHARSET, "x" * 128):
        c.call("desire", task={"guid": guid})
        same(c.get(guid)["guid"], guid, "§3: guid: 1..128 chars of A-Z a-z 0-9 _ -")
    _refused(c, "guid", "", None, "x" * 129, *BAD_NAMES, 5, True, b"bin", [], {}, 1.5)


def a_desire_without_a_task_is_refused(board):
    c = board.client()
    for args in ({}, {"task": None}, {"task": {}}):
        c.refused(
            "invalid_request", "desire", "§4 desire: a task has a guid", args, ("guid", "task")
        )
    for task in (5, "g", [], ["guid", "g"], True):
        c.refused("invalid_request", "desire", "§4 desire: task is a map", {"task": task}, "task")


def a_domain_is_1_to_64_chars_and_default_by_default(board):
    c = board.client()
    _kept(c, "domain", "d", "x" * 64, CHARSET[:64], "default")
    _refused(c, "domain", "", "x" * 65, *BAD_NAMES, 5, b"bin", [])
    _default(c, "domain", "default")


def a_stack_is_0_to_64_chars(board):
    c = board.client()
    _kept(c, "stack", "", "s", "x" * 64)
    _refused(c, "stack", "x" * 65, *BAD_NAMES, 5, b"bin")
    _default(c, "stack", "")


def a_type_is_a_free_label_of_up_to_64_bytes(board):
    c = board.client()
    _kept(c, "type", "", "Staging", "x" * 64, "a b/c.d: é", "é" * 32)
    _refused(c, "type", "x" * 65, "é" * 33, 5, b"bin", {})
    _default(c, "type", "")


def a_priority_is_a_signed_32_bit_integer(board):
    c = board.client()
    _kept(c, "priority", 0, 1, -1, 2**31 - 1, -(2**31))
    _refused(c, "priority", 2**31, -(2**31) - 1, 2**63, "5", 1.0, True, b"")
    _default(c, "priority", 0)


def a_payload_is_opaque_up_to_its_limit(board):
    c = board.client()
    _kept(c, "payload", b"", b"\0\xff\xfe", bytes(range(256)) * 100, b"x" * MIB)
    _refused(c, "payload", b"x" * (MIB + 1), status="too_large")
    _refused(c, "payload", 5, True, [], {}, 1.5)
    _default(c, "payload", b"")


def a_bin_field_takes_a_str_as_its_bytes(board):
    c = board.client()
    c.call("desire", task={"guid": "g", "payload": "words é"})
    same(
        c.get("g")["payload"], "words é".encode(), "§1: a bin field also takes a str, as its bytes"
    )
    c.call("desire", task={"guid": "h", "payload": text(b"\xff\xfe")})
    same(c.get("h")["payload"], b"\xff\xfe", "§1: UTF-8 is asked of any OTHER str")
    c.claim("g")
    c.start("g")
    c.complete("g", result="done é")
    same(c.get("g")["result"], "done é".encode(), "§1: a bin field also takes a str (result)")


def an_annotation_is_opaque_up_to_10_kib(board):
    c = board.client()
    _kept(c, "annotation", "", "note\0\n", "x" * 10240, "é" * 5120)
    _refused(c, "annotation", "x" * 10241, "é" * 5121, status="too_large")
    _refused(c, "annotation", 5, b"bin", [])
    _default(c, "annotation", "")


def needs_are_integers(board):
    c = board.client()
    for field in ("memory_mb", "disk_mb", "cpu_percent"):
        _kept(c, field, 0, 1, 2**32)
        _refused(c, field, -1, 2**63, "5", 1.0, True, b"")
        _default(c, field, 0)


def max_rejections_is_0_to_1000_and_3_by_default(board):
    c = board.client()
    _kept(c, "max_rejections", 0, 1, 3, 1000)
    _refused(c, "max_rejections", -1, 1001, "3", 3.0, True)
    _default(c, "max_rejections", 3)


def on_executor_lost_is_fail_or_requeue(board):
    c = board.client()
    _kept(c, "on_executor_lost", "fail", "requeue")
    _refused(c, "on_executor_lost", "explode", "FAIL", "requeue ", 5, b"fail", True)
    _default(c, "on_executor_lost", "fail")


def run_timeout_and_time_to_claim_are_milliseconds(board):
    c = board.client()
    for field in ("run_timeout_ms", "time_to_claim_ms"):
        _kept(c, field, 0, 1, 3600000, NO_LIMIT)
        _refused(c, field, -1, 2**63, "5", 1.0, True)
        _default(c, field, 0)


def not_before_is_a_time(board):
    c = board.client()
    later = time.time_ns() + 10**12
    _kept(c, "not_before", 0, 1, later)
    _refused(c, "not_before", -1, 2**63, "5", 1.0)
    _default(c, "not_before", 0)


def created_at_is_kept_if_given_and_not_0(board):
    c = board.client()
    _kept(c, "created_at", 1, 1234812, INT_MAX)
    _refused(c, "created_at", -1, 2**63, "5", 1.0)
    for guid, task in (("absent", {}), ("nil", {"created_at": None}), ("zero", {"created_at": 0})):
        before = time.time_ns()
        c.call("desire", task={"guid": guid, **task})
        seen = c.get(guid)
        within(
            seen["created_at"],
            before - 2 * 10**9,
            time.time_ns() + 2 * 10**9,
            "§3: created_at not given or 0: the broker's time",
        )
        same(seen["created_at"], seen["updated_at"], "§3: created_at and updated_at are one event")


def fields_that_only_the_broker_sets_are_ignored_in_a_desire(board):
    c = board.client()
    forged = {
        "pending_since": 5,
        "updated_at": 5,
        "completed_at": 5,
        "seq": 99999,
        "state": "completed",
        "executor_id": "e1",
        "container_handle": "h",
        "epoch": 7,
        "failed": True,
        "failure_reason": "forged",
        "result": b"forged",
        "rejection_count": 9,
        "rejection_reason": "forged",
        "payload_size": 3,
    }
    reply = c.call("desire", task={"guid": "g", **forged})
    task = c.get("g")
    wanted = {
        "completed_at": 0,
        "seq": reply["seq"],
        "state": "pending",
        "executor_id": "",
        "container_handle": "",
        "epoch": 0,
        "failed": False,
        "failure_reason": "",
        "result": b"",
        "rejection_count": 0,
        "rejection_reason": "",
    }
    same(
        {name: task[name] for name in wanted},
        wanted,
        "§4 desire: fields that only the broker sets are ignored",
    )
    within(
        task["pending_since"],
        time.time_ns() - 10**10,
        time.time_ns() + 10**10,
        "§3: pending_since is the broker's",
    )


def a_bare_task_has_every_default(board):
    c = board.client()
    c.call("desire", task={"guid": "g"})
    task = c.get("g")
    wanted = {
        "domain": "default",
        "stack": "",
        "type": "",
        "priority": 0,
        "payload": b"",
        "annotation": "",
        "memory_mb": 0,
        "disk_mb": 0,
        "cpu_percent": 0,
        "max_rejections": 3,
        "on_executor_lost": "fail",
        "run_timeout_ms": 0,
        "time_to_claim_ms": 0,
        "not_before": 0,
    }
    same({name: task[name] for name in wanted}, wanted, "§3: the defaults of a task")
    same(task["pending_since"], task["updated_at"], "§3: pending_since: desire sets it")


def pending_since_is_never_before_not_before(board):
    c = board.client()
    later = time.time_ns() + 3600 * 10**9
    c.desire("g", not_before=later)
    same(c.get("g")["pending_since"], later, "§3: pending_since is never before not_before")
    c.desire("h", not_before=5)
    task = c.get("h")
    same(
        task["pending_since"],
        task["updated_at"],
        "§3: a not_before that has passed does not matter",
    )


def limits_of_payload_and_result_follow_the_options(board):
    board.start({"limits.payload_bytes": "4KiB", "limits.result_bytes": "2KiB"})
    c = board.client()
    limits = c.call("hello")["limits"]
    same((limits["payload_bytes"], limits["result_bytes"]), (4096, 2048), "§4 hello: limits")
    _kept(c, "payload", b"x" * 4096)
    _refused(c, "payload", b"x" * 4097, status="too_large")
    c.bring("g", "running")
    c.refused(
        "too_large",
        "complete",
        "§3: result <= limits.result_bytes",
        {"guid": "g", "result": b"x" * 2049},
        "result",
    )
    c.complete("g", result=b"x" * 2048)
    same(len(c.get("g")["result"]), 2048, "§3: result <= limits.result_bytes")


def too_large_says_which_limit(board):
    c = board.client()
    body = c.refused(
        "too_large", "desire", "§6: too_large", {"task": {"guid": "g", "annotation": "x" * 20000}}
    )
    same(body.get("field"), "annotation", "§6: where it helps, field")
    same(body.get("limit", 10240), 10240, "§6: where it helps, limit")
