"""Section 4: the order of checks, and executor_id and epoch as fences."""
import time

from expect import holds, same
from packing import text

ORDER = "§4: checks come in this order"
FENCE = "§4: where executor_id or epoch is given it must match the task's, else not_owner"


def a_foreign_executor_or_epoch_is_not_owner_and_told_who_is(board):
    c = board.client()
    for verb, state in (
        ("start", "claimed"),
        ("reject", "claimed"),
        ("reject", "running"),
        ("complete", "running"),
    ):
        guid = f"{verb}-{state}"
        epoch = c.bring(guid, state)["epoch"]
        for args in (
            {"executor_id": "e2"},
            {"executor_id": "e2", "epoch": epoch},
            {"executor_id": "e1", "epoch": epoch + 1},
            {"executor_id": "e1", "epoch": epoch - 1},
            {"executor_id": "e1", "epoch": 0},
            {"executor_id": "E1"},
        ):
            body = c.refused("not_owner", verb, f"{FENCE} (0 never does)", {"guid": guid, **args})
            same(
                (body.get("executor_id"), body.get("epoch")),
                ("e1", epoch),
                "§4: not_owner's body has executor_id, epoch",
            )
        same(c.get(guid)["state"], state, "§2: a refused request left no trace")


def complete_checks_only_what_is_given(board):
    c = board.client()
    epoch = c.bring("a", "running")["epoch"]
    c.refused("not_owner", "complete", FENCE, {"guid": "a", "epoch": epoch + 1})
    c.refused("not_owner", "complete", f"{FENCE} (0 never does)", {"guid": "a", "epoch": 0})
    c.complete("a", epoch=epoch)
    c.bring("b", "running")
    c.complete("b", executor_id="e1")
    c.bring("d", "running")
    c.complete("d")


def resolve_is_fenced_by_its_epoch(board):
    c = board.client()
    epoch = c.bring("g", "resolving")["epoch"]
    for other in (0, epoch - 1, epoch + 1):
        c.refused("not_owner", "resolve", f"{FENCE} (0 never does)", {"guid": "g", "epoch": other})
    c.resolve("g", epoch=epoch)


def a_former_owner_is_fenced_after_the_task_went_round(board):
    c = board.client()
    old = c.bring("g", "running")["epoch"]
    c.reject("g", delay_ms=0)
    new = c.claim("g")["epoch"]
    holds(new > old, "§3: epoch is a fencing token: the seq of the event", (old, new))
    for verb in ("start", "reject"):
        c.refused("not_owner", verb, FENCE, {"guid": "g", "executor_id": "e1", "epoch": old})
    c.start("g", epoch=new)
    c.refused("not_owner", "complete", FENCE, {"guid": "g", "executor_id": "e1", "epoch": old})


def an_unknown_verb_comes_before_everything(board):
    c = board.client()
    c.desire("g")
    c.refused("unknown_verb", "what", f"{ORDER}: unknown_verb, UTF-8", {"x": text(b"\xff")})
    c.refused("unknown_verb", "what", f"{ORDER}: unknown_verb, a remembered outcome", {}, number=1)
    c.acked = 5
    c.refused("unknown_verb", "what", f"{ORDER}: unknown_verb, request_expired", {}, number=3)


def bad_utf8_comes_before_request_expired_and_a_remembered_outcome(board):
    c = board.client()
    c.desire("g")
    c.refused(
        "invalid_request",
        "desire",
        f"{ORDER}: UTF-8, a remembered outcome",
        {"task": {"guid": "g", "x": text(b"\xff")}},
        number=1,
    )
    c.acked = 5
    c.refused(
        "invalid_request",
        "desire",
        f"{ORDER}: UTF-8, request_expired",
        {"task": {"guid": "g", "x": text(b"\xff")}},
        number=3,
    )


def request_expired_comes_before_form(board):
    c = board.client()
    c.desire("g")
    c.acked = 5
    c.refused(
        "request_expired",
        "desire",
        f"{ORDER}: request_expired, form",
        {"task": {"guid": ""}},
        number=3,
    )
    c.refused(
        "request_expired",
        "claim",
        f"{ORDER}: request_expired, a remembered outcome",
        {"guid": "g", "executor_id": "e1"},
        number=1,
    )


def a_remembered_outcome_comes_before_form_and_state(board):
    c = board.client()
    first = c.ask("desire", {"task": {"guid": "g"}})
    again = c.ask("desire", {"task": {"guid": "g", "domain": ""}}, number=first.id)
    same(
        (again.status, again.body.get("seq")),
        ("ok", first.body["seq"]),
        f"{ORDER}: a remembered outcome, form",
    )
    again = c.ask("desire", {"task": {"guid": "g"}}, number=first.id)
    same(
        (again.status, again.body.get("seq")),
        ("ok", first.body["seq"]),
        f"{ORDER}: a remembered outcome, already_exists",
    )


def form_comes_before_not_found_and_already_exists(board):
    c = board.client()
    c.desire("g")
    c.refused(
        "invalid_request",
        "desire",
        f"{ORDER}: form, already_exists",
        {"task": {"guid": "g", "priority": "x"}},
    )
    c.refused(
        "too_large",
        "desire",
        f"{ORDER}: form, already_exists",
        {"task": {"guid": "g", "annotation": "x" * 11000}},
    )
    c.refused(
        "invalid_request", "claim", f"{ORDER}: form, not_found", {"guid": "nope", "executor_id": ""}
    )
    c.refused(
        "too_large", "cancel", f"{ORDER}: form, not_found", {"guid": "nope", "reason": "x" * 2000}
    )


def form_comes_before_wrong_state(board):
    c = board.client()
    c.bring("g", "completed")
    c.refused(
        "too_large",
        "complete",
        f"{ORDER}: form, wrong_state",
        {"guid": "g", "failure_reason": "x" * 2000},
    )
    c.refused(
        "invalid_request",
        "reject",
        f"{ORDER}: form, wrong_state",
        {"guid": "g", "executor_id": "e1", "delay_ms": -1},
    )


def not_found_comes_before_not_owner(board):
    c = board.client()
    for verb in ("start", "complete", "reject"):
        c.refused(
            "not_found",
            verb,
            f"{ORDER}: not_found, not_owner",
            {"guid": "nope", "executor_id": "e9", "epoch": 0},
        )


def wrong_state_comes_before_not_owner(board):
    c = board.client()
    for verb, state in (
        ("start", "pending"),
        ("start", "running"),
        ("complete", "claimed"),
        ("complete", "completed"),
        ("reject", "pending"),
        ("reject", "completed"),
        ("resolve", "completed"),
        ("resolve", "running"),
    ):
        guid = f"{verb}-{state}"
        c.bring(guid, state)
        c.refused(
            "wrong_state",
            verb,
            f"{ORDER}: wrong_state, not_owner",
            {"guid": guid, "executor_id": "e9", "epoch": 77777},
        )


def already_exists_comes_before_busy(board):
    board.start({"limits.tasks": 1})
    c = board.client()
    c.desire("g")
    c.refused("already_exists", "desire", f"{ORDER}: already_exists, busy", {"task": {"guid": "g"}})
    c.refused(
        "invalid_request",
        "desire",
        f"{ORDER}: form, busy",
        {"task": {"guid": "h", "priority": "x"}},
    )
    c.refused(
        "busy",
        "desire",
        "§6: busy: a bound of the broker (tasks) is reached",
        {"task": {"guid": "h"}},
    )


def wrong_state_and_not_owner_come_before_busy(board):
    board.start({"limits.unacked": 3})
    c = board.client()
    c.bring("g", "running")
    c.refused(
        "wrong_state", "claim", f"{ORDER}: wrong_state, busy", {"guid": "g", "executor_id": "e1"}
    )
    c.refused(
        "not_owner", "complete", f"{ORDER}: not_owner, busy", {"guid": "g", "executor_id": "e2"}
    )
    c.refused("not_found", "cancel", f"{ORDER}: not_found, busy", {"guid": "nope"})
    c.refused(
        "busy", "complete", "§2: with limits.unacked applied ids above acked: busy", {"guid": "g"}
    )


def a_claim_before_its_time_by_anybody_is_wrong_state(board):
    c = board.client()
    c.desire("g", not_before=time.time_ns() + 10**12)
    c.refused("wrong_state", "start", "§4 start: claimed", {"guid": "g", "executor_id": "e1"})
