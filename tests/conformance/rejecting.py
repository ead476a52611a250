"""Section 4: reject and cancel, their delays, counts and composed reasons."""
from expect import holds, same, within
from schema import fields

SECOND = 10**9


def rejecting_puts_it_back_to_pending(board):
    c = board.client()
    for state in ("claimed", "running"):
        before = c.bring(state, state)
        reply = c.reject(state, reason="too busy", delay_ms=0, epoch=before["epoch"])
        task = c.get(state)
        same(reply.get("state"), "pending", "§4 reject: its reply says the state")
        same(
            fields(
                task,
                "state",
                "executor_id",
                "container_handle",
                "epoch",
                "rejection_count",
                "rejection_reason",
            ),
            ("pending", "", "", 0, 1, "too busy"),
            "§4 reject: back to pending, owner cleared, counted",
        )
        same(
            task["pending_since"],
            max(task["updated_at"], task["not_before"]),
            "§3: pending_since: reject sets it",
        )
        holds(task["pending_since"] > before["pending_since"], "§3: pending_since: reject sets it")
        c.claim(state, "e2")


def a_rejected_task_waits_one_second_doubled_with_each_rejection_up_to_sixty(board):
    c = board.client()
    c.desire("g", max_rejections=1000)
    for count, seconds in ((0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (9, 60)):
        while c.get("g")["rejection_count"] < count:
            c.claim("g")
            c.reject("g", delay_ms=0)
        c.claim("g")
        c.reject("g")
        task = c.get("g")
        within(
            task["not_before"] - task["updated_at"],
            int((seconds - 0.05) * SECOND),
            int((seconds + 0.05) * SECOND),
            f"§4 reject: 1 s, doubled with each rejection, at most 60 s (after {count})",
        )
        same(
            task["pending_since"],
            task["not_before"],
            "§3: pending_since is never before not_before",
        )
        c.call("cancel", guid="g")
        c.resolving("g")
        c.resolve("g")
        c.desire("g", max_rejections=1000)


def a_rejection_may_say_its_own_delay(board):
    c = board.client()
    c.bring("g", "claimed")
    c.reject("g", delay_ms=86400000)
    task = c.get("g")
    within(
        task["not_before"] - task["updated_at"],
        86399 * SECOND,
        86401 * SECOND,
        "§4 reject: not before delay_ms from now",
    )
    c.refused(
        "wrong_state",
        "claim",
        "§3: claim before not_before is refused",
        {"guid": "g", "executor_id": "e1"},
        "not_before",
    )


def one_rejection_too_many_completes_it_as_failed(board):
    c = board.client()
    for most in (0, 2):
        guid = f"g{most}"
        c.desire(guid, max_rejections=most)
        for _ in range(most):
            c.claim(guid)
            same(
                c.reject(guid, delay_ms=0).get("state"),
                "pending",
                "§4 reject: max_rejections are allowed",
            )
        c.claim(guid)
        c.start(guid)
        same(
            c.reject(guid, reason="broken").get("state"),
            "completed",
            "§4 reject: past max_rejections: completed",
        )
        same(
            fields(
                c.get(guid),
                "state",
                "failed",
                "failure_reason",
                "rejection_count",
                "rejection_reason",
                "executor_id",
                "epoch",
            ),
            ("completed", True, f"rejected {most + 1} times: broken", most + 1, "broken", "e1", 0),
            '§4 reject: completed, failed, "rejected N times: REASON"',
        )


def rejecting_what_is_neither_claimed_nor_running_is_refused(board):
    c = board.client()
    for state in ("pending", "completed", "resolving"):
        c.bring(state, state)
        c.refused(
            "wrong_state",
            "reject",
            "§4 reject: claimed or running",
            {"guid": state, "executor_id": "e1"},
        )


def cancelling_completes_it_as_failed(board):
    c = board.client()
    for state in ("pending", "claimed", "running"):
        before = c.bring(state, state)
        reply = c.call(
            "cancel", guid=state, **({} if state == "pending" else {"reason": "not needed"})
        )
        task = c.get(state)
        words = "cancelled" if state == "pending" else "cancelled: not needed"
        same(
            fields(
                task,
                "state",
                "failed",
                "failure_reason",
                "epoch",
                "executor_id",
                "container_handle",
                "seq",
            ),
            (
                "completed",
                True,
                words,
                0,
                before["executor_id"],
                before["container_handle"],
                reply["seq"],
            ),
            '§4 cancel: completed, failed, "cancelled" or "cancelled: REASON"',
        )
        same(task["completed_at"], task["updated_at"], "§3: completed_at: when it was completed")
    for state in ("claimed", "running"):
        c.refused(
            "wrong_state",
            "start" if state == "claimed" else "complete",
            "§4 cancel: its owner is too late",
            {"guid": state, "executor_id": "e1"},
        )


def cancelling_what_is_completed_is_refused(board):
    c = board.client()
    for state in ("completed", "resolving"):
        c.bring(state, state)
        c.refused(
            "wrong_state", "cancel", "§4 cancel: pending, claimed or running", {"guid": state}
        )


def composed_reasons_are_cut_to_their_limit_at_a_character(board):
    c = board.client()
    for guid, reason in (("a", "x" * 1024), ("b", "é" * 512), ("c", "𝄞" * 256)):
        c.desire(guid)
        c.call("cancel", guid=guid, reason=reason)
        seen = c.get(guid)["failure_reason"]
        holds(
            ("cancelled: " + reason).startswith(seen),
            "§3: a composed failure_reason is cut at a character",
            seen,
        )
        within(len(seen.encode()), 1021, 1024, "§3: a composed failure_reason is cut to its limit")
        c.desire(f"{guid}-rejected", max_rejections=0)
        c.claim(f"{guid}-rejected")
        c.reject(f"{guid}-rejected", reason=reason)
        seen = c.get(f"{guid}-rejected")["failure_reason"]
        holds(
            ("rejected 1 times: " + reason).startswith(seen),
            "§3: a composed failure_reason is cut at a character",
            seen,
        )
        within(len(seen.encode()), 1021, 1024, "§3: a composed failure_reason is cut to its limit")
