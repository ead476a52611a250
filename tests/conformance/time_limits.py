"""Section 5, convergence: time to claim, run timeout, expiry: what a pass ends for good."""
import time

from convergence import HOUR, NOTHING, counts, last, only
from expect import holds, same
from schema import NO_LIMIT

LATE = "not claimed within time limit"


def pending_past_time_to_claim_is_failed_and_not_kicked(board):
    c = board.client()
    c.desire("g", created_at=1234812)
    watch = board.subscriber()
    same(
        counts(c, time_to_claim_ms=0, aged=True),
        only("failed"),
        "§5: pending since >= time_to_claim: failed; else kicked",
    )
    task = c.get("g")
    same(
        (
            task["state"],
            task["failed"],
            task["failure_reason"],
            task["created_at"],
            task["executor_id"],
        ),
        ("completed", True, LATE, 1234812, ""),
        f'§5: completed, failed, "{LATE}"',
    )
    same(task["completed_at"], task["updated_at"], "§3: completed_at")
    same(
        last(watch, c),
        [("completed", "completed", "converge", "g")],
        "§7: time limits that fail a task are `completed`, cause converge",
    )


def time_to_claim_counts_from_pending_since_and_kicks_do_not_matter(board):
    c = board.client()
    c.desire("g")
    time.sleep(0.5)
    same(counts(c, time_to_claim_ms=HOUR, aged=True), only("kicked"), "§5: kicked")
    time.sleep(0.3)
    same(
        counts(c, time_to_claim_ms=700, convergence_interval_ms=HOUR),
        only("failed"),
        "§5: since pending_since, which kicks do not set",
    )


def time_to_claim_starts_anew_after_a_rejection(board):
    c = board.client()
    c.desire("g")
    time.sleep(1.0)
    c.claim("g")
    c.reject("g", delay_ms=0)
    rejected = time.monotonic()
    done = counts(c, time_to_claim_ms=900, convergence_interval_ms=HOUR)
    if time.monotonic() - rejected < 0.85:
        same(done, NOTHING, "§3: pending_since: reject sets it")


def a_demotion_does_not_start_time_to_claim_anew(board):
    c = board.client()
    c.beat()
    c.desire("g")
    time.sleep(0.5)
    c.claim("g")
    same(counts(c, time_to_claim_ms=HOUR, aged=True)["demoted"], 1, "§5: claimed: demoted")
    same(
        counts(c, time_to_claim_ms=450, convergence_interval_ms=HOUR),
        only("failed"),
        "§3: pending_since: demotions do not set it",
    )


def a_task_may_have_its_own_time_to_claim(board):
    c = board.client()
    c.desire("never", time_to_claim_ms=NO_LIMIT)
    c.desire("soon", time_to_claim_ms=1)
    c.desire("late", time_to_claim_ms=HOUR)
    c.desire("usual")
    time.sleep(0.01)
    same(
        counts(c, time_to_claim_ms=HOUR, convergence_interval_ms=HOUR),
        only("failed"),
        "§5: time_to_claim (the task's own, else 30 min)",
    )
    same(c.get("soon")["failure_reason"], LATE, "§5: time_to_claim: the task's own")
    same(
        counts(c, time_to_claim_ms=0, convergence_interval_ms=HOUR),
        only("failed"),
        "§3: time_to_claim_ms 0 = converge.time_to_claim; 4294967295 = no limit",
    )
    same(
        (c.get("usual")["failure_reason"], c.get("never")["state"], c.get("late")["state"]),
        (LATE, "pending", "pending"),
        "§5: the task's own, else 30 min",
    )


def a_task_that_is_not_due_is_not_late(board):
    c = board.client()
    c.desire("g", not_before=time.time_ns() + 10**12)
    same(
        counts(c, time_to_claim_ms=0, convergence_interval_ms=HOUR),
        NOTHING,
        "§3: pending_since is never before not_before",
    )


def running_past_its_run_timeout_is_failed(board):
    c = board.client()
    c.beat()
    c.bring("g", "running", run_timeout_ms=200)
    watch = board.subscriber()
    time.sleep(0.25)
    same(counts(c), only("failed"), "§5: running since >= run_timeout_ms: failed")
    task = c.get("g")
    same(
        (
            task["state"],
            task["failed"],
            task["failure_reason"],
            task["executor_id"],
            task["container_handle"],
            task["epoch"],
        ),
        ("completed", True, "run time limit passed", "e1", "h1", 0),
        '§5: completed, failed, "run time limit passed"',
    )
    same(
        last(watch, c),
        [("completed", "completed", "converge", "g")],
        "§7: time limits that fail a task are `completed`",
    )


def completed_expires_only_if_an_expiry_is_set(board):
    c = board.client()
    c.bring("g", "completed")
    time.sleep(0.1)
    same(counts(c)["expired"], 0, "§5: completed_expiry, default 0: never")


def completed_past_its_expiry_is_gone_as_if_resolved(board):
    board.start({"converge.completed_expiry": "200ms"})
    c = board.client()
    c.bring("g", "completed")
    c.bring("h", "resolving")
    watch = board.subscriber()
    time.sleep(0.25)
    same(
        counts(c),
        only("expired"),
        "§5: completed since completed_at >= completed_expiry: gone; resolving is not",
    )
    holds(c.gone("g") and not c.gone("h"), "§5: gone, as if resolved")
    events = watch.events(c.seq)
    same(
        [
            (one["stream"], one["kind"], one["cause"], one["task"]["guid"], one["task"]["epoch"])
            for one in events
        ],
        [("resolved", "resolved", "converge", "g", 0)],
        "§7: expiry is `resolved`",
    )


def kicks_do_not_put_expiry_off(board):
    board.start({"converge.completed_expiry": "600ms"})
    c = board.client()
    c.bring("g", "completed")
    time.sleep(0.35)
    same(counts(c, aged=True).get("kicked"), 1, "§5: completed: kicked")
    time.sleep(0.35)
    same(counts(c)["expired"], 1, "§5: expiry counts from completed_at")
