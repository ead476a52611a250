"""Section 4: every argument of every verb: what is refused, what is accepted, what nil means.

The guid that these requests name does not exist, so a good argument is `not_found` and a bad one is
refused before that: form comes first.
"""
from expect import holds, same
from schema import INT_MAX

BAD_NAMES = ("", None, "x" * 129, "a b", "a.b", "é", 5, b"bin", True, [], {})
GUID = {"guid": "nope"}
OWNED = {"guid": "nope", "executor_id": "e1"}


def _bad(c, verb, base, field, *values, status="invalid_request", names=None):
    for value in values:
        c.refused(
            status,
            verb,
            f"§4 {verb}: `{field}` cannot be {repr(value)[:40]}",
            {**base, field: value},
            names or field,
        )


def _good(c, verb, base, field, *values, status="not_found"):
    for value in values:
        seen = c.ask(verb, {**base, field: value})
        same(seen.status, status, f"§4 {verb}: `{field}` may be {repr(value)[:40]}: {seen.body}")


def every_verb_with_a_guid_checks_it(board):
    c = board.client()
    for verb, base in (
        ("claim", OWNED),
        ("start", OWNED),
        ("complete", GUID),
        ("reject", OWNED),
        ("cancel", GUID),
        ("resolving", GUID),
        ("resolve", GUID),
        ("get", GUID),
    ):
        _bad(c, verb, base, "guid", *BAD_NAMES)
        _good(c, verb, base, "guid", "x", "x" * 128, "A-z_0")


def every_verb_with_an_executor_checks_it(board):
    c = board.client()
    for verb, base in (
        ("claim", OWNED),
        ("start", OWNED),
        ("reject", OWNED),
        ("acquire", {}),
        ("heartbeat", {}),
        ("depart", {}),
        ("drain", {}),
    ):
        _bad(c, verb, base, "executor_id", *BAD_NAMES)
    _bad(
        c, "complete", OWNED, "executor_id", *[name for name in BAD_NAMES if name not in (None, "")]
    )
    _good(c, "complete", OWNED, "executor_id", None, "e", "x" * 128)
    for verb in ("claim", "start", "reject"):
        _good(c, verb, OWNED, "executor_id", "e", "x" * 128, "A-z_0")
    for verb in ("depart", "drain"):
        _good(c, verb, {}, "executor_id", "nobody", "x" * 128)


def an_epoch_is_an_integer_or_absent(board):
    c = board.client()
    for verb, base in (("start", OWNED), ("complete", GUID), ("reject", OWNED), ("resolve", GUID)):
        _bad(c, verb, base, "epoch", -1, "1", 1.5, 2**63, True, b"", [])
        _good(c, verb, base, "epoch", None, 0, 1, INT_MAX)


def a_container_handle_is_up_to_255_bytes(board):
    c = board.client()
    _bad(c, "start", OWNED, "container_handle", 5, True, b"bin", [])
    _bad(c, "start", OWNED, "container_handle", "x" * 256, "é" * 128, status="too_large")
    _good(c, "start", OWNED, "container_handle", None, "", "x" * 255, "any thing: é/.")


def an_outcome_has_limits(board):
    c = board.client()
    _bad(c, "complete", GUID, "failed", 1, 0, "true", b"", [])
    _bad(c, "complete", GUID, "failure_reason", 5, b"bin", [])
    _bad(c, "complete", GUID, "failure_reason", "x" * 1025, "é" * 513, status="too_large")
    _bad(c, "complete", GUID, "result", 5, [], {}, 1.5)
    _bad(
        c, "complete", GUID, "result", b"x" * (2**20 + 1), "x" * (2**20 + 1), status="too_large"
    )
    _good(c, "complete", GUID, "failed", None, True, False)
    _good(c, "complete", GUID, "failure_reason", None, "", "x" * 1024, "é" * 512)
    _good(c, "complete", GUID, "result", None, b"", b"x" * 2**20, "a str")


def either_of_invalid_request_and_too_large_where_both_hold(board):
    c = board.client()
    c.refused(
        ("invalid_request", "too_large"),
        "desire",
        "§4: either where both hold",
        {"task": {"guid": "a b", "annotation": "x" * 20000}},
    )
    c.refused(
        ("invalid_request", "too_large"),
        "reject",
        "§4: either where both hold",
        {"guid": "", "executor_id": "e", "reason": "x" * 2000},
    )


def reasons_are_up_to_1_kib(board):
    c = board.client()
    for verb, base in (("reject", OWNED), ("cancel", GUID)):
        _bad(c, verb, base, "reason", 5, True, b"bin", [])
        _bad(c, verb, base, "reason", "x" * 1025, "é" * 513, status="too_large")
        _good(c, verb, base, "reason", None, "", "x" * 1024, "é" * 512)


def a_rejection_delay_is_up_to_a_day(board):
    c = board.client()
    _bad(c, "reject", OWNED, "delay_ms", -1, 86400001, 2**63, "1", 1.5, True)
    _good(c, "reject", OWNED, "delay_ms", None, 0, 1, 86400000)


def the_arguments_of_acquire_have_ranges(board):
    c = board.client()
    base = {"executor_id": "e1"}
    _bad(c, "acquire", base, "max", 0, 1025, -1, "1", 1.0, True)
    _good(c, "acquire", base, "max", None, 1, 1024, status="ok")
    _bad(c, "acquire", base, "wait_ms", -1, 60001, "1", 1.0, True)
    _good(c, "acquire", base, "wait_ms", None, 0, status="ok")
    for field in ("stacks", "domains"):
        _bad(c, "acquire", base, field, "linux", 5, {}, [5], [None, []], [b"bin"])
        _good(
            c, "acquire", base, field, None, [], ["linux"], ["linux", "windows"], [""], status="ok"
        )
    _bad(c, "acquire", base, "free", 5, "x", [], True)
    for need in ("memory_mb", "disk_mb", "cpu_percent"):
        for value in (-1, "1", 1.0, 2**63):
            c.refused(
                "invalid_request",
                "acquire",
                f"§4 acquire: free.{need} is an int",
                {**base, "free": {need: value}},
                need,
            )
    _good(
        c,
        "acquire",
        base,
        "free",
        None,
        {"memory_mb": 1, "disk_mb": INT_MAX, "cpu_percent": 0},
        status="ok",
    )


def the_arguments_of_list_have_ranges(board):
    c = board.client()
    _bad(c, "list", {}, "state", "sleeping", "PENDING", 5, b"pending", [])
    _good(
        c,
        "list",
        {},
        "state",
        None,
        "pending",
        "claimed",
        "running",
        "completed",
        "resolving",
        status="ok",
    )
    _bad(c, "list", {}, "view", "slim", "FULL", 5, b"full")
    _good(c, "list", {}, "view", None, "header", "full", status="ok")
    _bad(c, "list", {}, "limit", 0, 1001, -1, "1", 1.0, True)
    _good(c, "list", {}, "limit", None, 1, 1000, status="ok")
    for field in ("domain", "executor_id"):
        _bad(c, "list", {}, field, 5, b"bin", [], True)
        _good(c, "list", {}, field, None, "somebody", status="ok")
    _bad(c, "list", {}, "cursor", 5, b"bin", [], True)


def the_arguments_of_converge_are_integers(board):
    c = board.client()
    for field in ("time_to_claim_ms", "convergence_interval_ms"):
        _bad(c, "converge", {}, field, -1, "1", 1.0, True, 2**63)
        _good(c, "converge", {}, field, None, 60000, INT_MAX, status="ok")


def the_arguments_of_heartbeat_have_ranges(board):
    c = board.client()
    base = {"executor_id": "e1"}
    _bad(c, "heartbeat", base, "ttl_ms", 0, 999, 600001, -1, "1000", 1000.0, True)
    _bad(c, "heartbeat", base, "incarnation", "x" * 65, "é" * 33, 5, b"bin", [])
    _bad(c, "heartbeat", base, "stacks", "linux", 5, {}, [5], [b"bin"])
    _bad(c, "heartbeat", base, "slots", -1, "1", 1.0, True)
    _bad(c, "heartbeat", base, "free", 5, "x", [])
    names = ("running", "guid", "epoch")
    _bad(
        c,
        "heartbeat",
        base,
        "running",
        5,
        "g",
        {},
        ["g"],
        [5],
        [[]],
        [["g"]],
        [["g", 1, 2]],
        [["g", "1"]],
        [[5, 1]],
        [["g", -1]],
        [{"guid": "g", "epoch": 1}],
        [["g", 1]] * 1025,
        names=names,
    )
    holds("e1" not in c.executors(), "§4 heartbeat: a refused one changes nothing")


def the_good_arguments_of_heartbeat_are_accepted(board):
    c = board.client()
    for number, (field, value) in enumerate(
        (
            ("ttl_ms", None),
            ("ttl_ms", 1000),
            ("ttl_ms", 600000),
            ("incarnation", None),
            ("incarnation", ""),
            ("incarnation", "x" * 64),
            ("incarnation", "any thing é"),
            ("running", None),
            ("running", []),
            ("running", [["g", 1]] * 1024),
            ("running", [["g", 0]]),
            ("stacks", None),
            ("stacks", ["linux", ""]),
            ("slots", None),
            ("slots", 0),
            ("slots", 500),
            ("free", None),
            ("free", {}),
            ("free", {"memory_mb": 5, "disk_mb": 6, "cpu_percent": 7}),
        )
    ):
        _good(c, "heartbeat", {"executor_id": f"e{number}"}, field, value, status="ok")


def the_arguments_of_drain_executors_and_replay_have_ranges(board):
    c = board.client()
    c.beat("e1")
    _bad(c, "drain", {"executor_id": "e1"}, "on", 1, 0, "true", b"", [])
    _good(c, "drain", {"executor_id": "e1"}, "on", None, True, False, status="ok")
    _bad(c, "executors", {}, "limit", 0, 1001, -1, "1", 1.0)
    _good(c, "executors", {}, "limit", None, 1, 1000, status="ok")
    _bad(c, "executors", {}, "cursor", 5, b"bin", [])
    _bad(c, "replay", {}, "after", -1, "1", 1.0, True, 2**63)
    _bad(c, "replay", {}, "limit", 0, 10001, -1, "1", 1.0)
    _good(c, "replay", {}, "limit", None, 1, 10000, status="ok")
    for field in ("streams", "domains"):
        _bad(c, "replay", {}, field, "pending", 5, {}, [5], [b"pending"])
        _good(c, "replay", {}, field, None, [], status="ok")
    _bad(c, "replay", {}, "guid", 5, b"bin", [])
    _good(c, "replay", {}, "guid", None, "", "nobody", status="ok")


def a_cursor_that_nobody_gave_out_is_no_disaster(board):
    c = board.client()
    c.desire_many([f"g{at}" for at in range(20)])
    for verb in ("list", "executors"):
        for cursor in ("", "x", "0", "999999999999999999999999", "\0", "a" * 5000, "é", "-1", "e1"):
            seen = c.ask(verb, {"cursor": cursor}).status
            holds(seen in ("ok", "invalid_request"), f"§4 {verb}: cursors are opaque strs", seen)


def an_unknown_verb_is_unknown_verb(board):
    c = board.client()
    for verb in ("", "nonsense", "Desire", "desire ", "get\0", "x" * 1000, "é"):
        c.refused("unknown_verb", verb, "§6: unknown_verb", {"guid": "g"})
