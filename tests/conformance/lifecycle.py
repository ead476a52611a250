"""Sections 3 and 4: the way of a task, verb by verb, and what each transition leaves behind."""
import time

from expect import holds, same, within
from schema import STATES, fields, whole

SECOND = 10**9


def _now(seen, rule):
    within(seen, time.time_ns() - 10 * SECOND, time.time_ns() + 10 * SECOND, rule)


def desiring_makes_a_pending_task(board):
    c = board.client()
    reply = c.desire("g", stack="pancakes")
    task = c.get("g")
    same(
        fields(task, "state", "seq", "epoch", "executor_id", "stack", "payload"),
        ("pending", reply["seq"], 0, "", "pancakes", b"true"),
        "§3: desire -> pending",
    )
    _now(task["updated_at"], "§3: every transition sets updated_at to now")


def desiring_a_known_guid_is_refused_in_every_state_and_domain(board):
    c = board.client()
    for state in STATES:
        c.bring(state, state)
        for task in ({"guid": state}, {"guid": state, "domain": "other"}):
            c.refused(
                "already_exists",
                "desire",
                "§4 desire: guid unknown, else already_exists",
                {"task": task},
            )


def claiming_gives_the_task_an_owner_and_hands_it_over(board):
    c = board.client()
    before = c.bring("g", "pending", annotation="note", memory_mb=64)
    reply = c.claim("g", "E-1")
    task = c.get("g")
    same(whole(reply["task"]), task, "§4 claim: task (whole)")
    same(
        fields(task, "state", "executor_id", "epoch", "seq", "container_handle"),
        ("claimed", "E-1", reply["epoch"], reply["seq"], ""),
        "§4 claim: pending -> claimed",
    )
    same(
        reply["epoch"],
        reply["seq"],
        "§3: epoch is the seq of the event that gave the owner the task",
    )
    same(
        fields(task, "payload", "annotation", "memory_mb", "created_at", "pending_since"),
        fields(before, "payload", "annotation", "memory_mb", "created_at", "pending_since"),
        "§3: pending_since: kicks, claims and demotions do not set it; a claim keeps the rest",
    )


def claiming_what_is_not_pending_is_refused(board):
    c = board.client()
    c.refused("not_found", "claim", "§6: not_found", {"guid": "nope", "executor_id": "e1"})
    for state in STATES[1:]:
        c.bring(state, state)
        for executor in ("e1", "e2"):
            body = c.refused(
                "wrong_state",
                "claim",
                "§4 claim: pending, else wrong_state",
                {"guid": state, "executor_id": executor},
            )
            same(body.get("state", state), state, "§6: where it helps, state")


def claiming_before_its_time_is_refused(board):
    c = board.client()
    c.desire("g", not_before=time.time_ns() + 1000 * SECOND)
    c.refused(
        "wrong_state",
        "claim",
        "§3: claim before not_before is refused (wrong_state, field not_before)",
        {"guid": "g", "executor_id": "e1"},
        "not_before",
    )
    same(c.acquire(), [], "§3: until not_before acquire passes it by")
    same(c.get("g")["state"], "pending", "§3: until not_before it is pending")


def claiming_at_its_time_is_accepted(board):
    c = board.client()
    c.desire("g", not_before=time.time_ns() + SECOND // 2)
    time.sleep(0.6)
    same(c.claim("g")["task"]["state"], "claimed", "§3: after not_before it can be claimed")


def starting_records_the_container(board):
    c = board.client()
    epoch = c.bring("g", "claimed")["epoch"]
    reply = c.start("g", handle="a handle", epoch=epoch)
    same(
        fields(c.get("g"), "state", "container_handle", "executor_id", "epoch", "seq"),
        ("running", "a handle", "e1", epoch, reply["seq"]),
        "§4 start: claimed -> running",
    )


def starting_what_is_not_claimed_is_refused(board):
    c = board.client()
    for state in ("pending", "running", "completed", "resolving"):
        c.bring(state, state)
        c.refused(
            "wrong_state",
            "start",
            "§4 start: claimed, else wrong_state",
            {"guid": state, "executor_id": "e1", "container_handle": "h"},
        )


def completing_records_the_outcome_and_who_ran_it(board):
    c = board.client()
    epoch = c.bring("g", "running")["epoch"]
    reply = c.complete(
        "g",
        failed=True,
        failure_reason="because i said so",
        result=b"a result",
        executor_id="e1",
        epoch=epoch,
    )
    task = c.get("g")
    same(
        fields(
            task,
            "state",
            "failed",
            "failure_reason",
            "result",
            "epoch",
            "executor_id",
            "container_handle",
            "seq",
        ),
        ("completed", True, "because i said so", b"a result", 0, "e1", "h1", reply["seq"]),
        "§3: to completed: epoch is 0, executor_id and container_handle stay",
    )
    same(task["completed_at"], task["updated_at"], "§3: completed_at: when it was completed")


def completing_what_is_not_running_is_refused(board):
    c = board.client()
    for state in ("pending", "claimed", "completed", "resolving"):
        c.bring(state, state)
        c.refused(
            "wrong_state", "complete", "§4 complete: running, else wrong_state", {"guid": state}
        )


def completing_with_defaults_is_a_success(board):
    c = board.client()
    c.bring("g", "running")
    c.call("complete", guid="g")
    same(
        fields(c.get("g"), "failed", "failure_reason", "result"),
        (False, "", b""),
        "§1: absent means default",
    )


def resolving_hands_over_the_outcome_and_changes_the_epoch_alone(board):
    c = board.client()
    before = c.bring("g", "completed", annotation="note")
    reply = c.resolving("g")
    task = c.get("g")
    same(whole(reply["task"]), task, "§4 resolving: task (whole)")
    same(
        (task["state"], task["epoch"], reply["epoch"]),
        ("resolving", reply["seq"], reply["seq"]),
        "§4 resolving: completed -> resolving",
    )
    for name in set(task) - {"state", "epoch", "seq", "updated_at"}:
        same(task[name], before[name], f"§3: resolving changes the epoch alone (`{name}`)")


def resolving_what_is_not_completed_is_refused(board):
    c = board.client()
    for state in ("pending", "claimed", "running", "resolving"):
        c.bring(state, state)
        c.refused("wrong_state", "resolving", "§4 resolving: completed", {"guid": state})


def a_resolved_task_is_gone_and_its_guid_is_free(board):
    c = board.client()
    for epoch in (True, False):
        task = c.bring("g", "resolving", domain="d1")
        c.resolve("g", **({"epoch": task["epoch"]} if epoch else {}))
        holds(c.gone("g"), "§4 resolve: the task is gone")
        same(c.listing(), [], "§4 resolve: the task is gone, from lists too")
    c.desire("g", domain="d2")
    same(
        fields(c.get("g"), "state", "domain", "result"),
        ("pending", "d2", b""),
        "§4 desire: an unknown guid is a new task",
    )


def resolving_must_precede_resolve(board):
    c = board.client()
    for state in STATES[:-1]:
        c.bring(state, state)
        c.refused("wrong_state", "resolve", "§4 resolve: resolving", {"guid": state})


def every_transition_is_one_event_and_moves_updated_at_and_seq(board):
    c = board.client()
    steps = (
        lambda: c.desire("g"),
        lambda: c.claim("g"),
        lambda: c.start("g"),
        lambda: c.reject("g", delay_ms=0),
        lambda: c.claim("g"),
        lambda: c.start("g"),
        lambda: c.complete("g"),
        lambda: c.resolving("g"),
    )
    before = None
    for step in steps:
        step()
        task = c.get("g")
        if before:
            same(
                task["seq"], before["seq"] + 1, "§3: every accepted transition is exactly one event"
            )
            holds(
                task["updated_at"] > before["updated_at"],
                "§3: every accepted transition sets updated_at to now",
            )
        before = task
