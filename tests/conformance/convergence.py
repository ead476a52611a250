"""Section 5, convergence: kicks, demotions and absent executors, by passes that are asked for.

What a pass ends for good is in time_limits.py, what passes do by themselves in kicks.py.
"""
import time

from expect import holds, same, within

GONE = "executor disappeared before completion"
HOUR = 3600000
NOTHING = {"kicked": 0, "demoted": 0, "failed": 0, "requeued": 0, "expired": 0}


def counts(c, **args):
    seen = c.converge(**args)
    return {name: seen[name] for name in NOTHING}


def only(name, count=1):
    return {**NOTHING, name: count}


def last(watch, c):
    return [
        (one["stream"], one["kind"], one["cause"], one["task"]["guid"])
        for one in watch.events(c.seq)
    ]


def a_pass_over_fresh_tasks_does_nothing(board):
    c = board.client()
    c.beat()
    for state in ("pending", "claimed", "running", "completed", "resolving"):
        c.bring(state, state)
    before = c.stats()["seq"]
    same(counts(c), NOTHING, "§5: nothing is due")
    same(
        counts(c, time_to_claim_ms=HOUR, convergence_interval_ms=HOUR),
        NOTHING,
        "§5: nothing is due",
    )
    same(c.stats()["seq"], before, "§5: a pass that finds nothing is no event")


def pending_since_kick_interval_is_kicked(board):
    c = board.client()
    watch = board.subscriber()
    before = c.bring("g", "pending", payload=b"12345")
    seen = c.converge(aged=True)
    same(seen["kicked"], 1, "§5: pending since >= kick_interval: kicked")
    task = c.get("g")
    same(
        {name for name in task if task[name] != before[name]},
        {"updated_at", "seq"},
        "§5: kicked: announced again, updated_at = now",
    )
    same(seen.get("seq"), task["seq"], "§4 converge: seq")
    events = watch.events(c.seq)
    same(
        [(one["stream"], one["kind"]) for one in events],
        [("pending", "desired"), ("pending", "kicked")],
        "§7: kicks are in `pending.`",
    )
    same(
        (events[1]["cause"], events[1]["task"]["payload_size"]),
        ("converge", 5),
        "§7: a kick has the header and cause converge",
    )


def the_interval_of_a_pass_is_compared_with_the_age(board):
    c = board.client()
    c.desire("g")
    same(counts(c, convergence_interval_ms=30000), NOTHING, "§5: ages compare with >=")
    time.sleep(0.45)
    same(counts(c, convergence_interval_ms=400), only("kicked"), "§5: ages compare with >=")
    time.sleep(0.45)
    same(
        counts(c, convergence_interval_ms=400),
        only("kicked"),
        "§4 converge: convergence_interval_ms stands for kick_interval without back-off",
    )


def an_interval_of_0_makes_everything_due(board):
    c = board.client()
    c.desire("g")
    same(
        counts(c, convergence_interval_ms=0),
        only("kicked"),
        "§4: convergence_interval_ms? absent is not the same as 0; §5: >=",
    )


def claimed_without_presence_is_failed_keeping_who_had_it(board):
    c = board.client()
    watch = board.subscriber("pending.", "completed.")
    for state in ("claimed", "running"):
        c.bring(state, state, "ghost")
        c.bring(f"{state}-requeue", state, "ghost", on_executor_lost="requeue")
        c.bring(f"{state}-last", state, "ghost", on_executor_lost="requeue", max_rejections=0)
    before = c.seq
    done = counts(c)
    same(
        (done["requeued"], done["failed"], done["demoted"], done["kicked"]),
        (2, 4, 0, 0),
        "§5: executor not present: as if lost",
    )
    for state in ("claimed", "running"):
        task = c.get(state)
        same(
            (
                task["state"],
                task["failed"],
                task["failure_reason"],
                task["executor_id"],
                task["epoch"],
            ),
            ("completed", True, GONE, "ghost", 0),
            "§5: executor not present: as if the executor had been lost",
        )
        task = c.get(f"{state}-requeue")
        same(
            (
                task["state"],
                task["executor_id"],
                task["epoch"],
                task["container_handle"],
                task["rejection_count"],
                task["rejection_reason"],
            ),
            ("pending", "", 0, "", 1, GONE),
            "§5: requeue: back to pending, counts as a rejection",
        )
        same(
            c.get(f"{state}-last")["failure_reason"],
            f"rejected 1 times: {GONE}",
            "§5: requeue past max_rejections",
        )
    for one in watch.events(c.seq):
        if one["seq"] > before:
            holds(
                one["cause"] in ("converge", "executor_lost"),
                "§5: as if the executor had been lost",
                one,
            )


def claimed_and_present_is_demoted_when_stale(board):
    c = board.client()
    c.beat()
    watch = board.subscriber("pending.", "completed.")
    before = c.bring("g", "claimed")
    same(counts(c, aged=True), only("demoted"), "§5: claimed since >= claim_timeout: demoted")
    task = c.get("g")
    same(
        (
            task["state"],
            task["executor_id"],
            task["container_handle"],
            task["epoch"],
            task["rejection_count"],
        ),
        ("pending", "", "", 0, 0),
        "§5: demoted: executor_id, container_handle, epoch cleared",
    )
    same(
        task["pending_since"], before["pending_since"], "§3: pending_since: demotions do not set it"
    )
    same(
        last(watch, c),
        [("pending", "desired", "request", "g"), ("pending", "demoted", "converge", "g")],
        "§7: demotions are in `pending.`",
    )
    c.refused(
        "wrong_state",
        "start",
        "§5: demoted: its owner is too late",
        {"guid": "g", "executor_id": "e1", "epoch": before["epoch"]},
    )


def running_and_present_is_left_alone(board):
    c = board.client()
    c.beat()
    c.bring("g", "running")
    c.bring("h", "running", run_timeout_ms=HOUR)
    same(
        counts(c, aged=True, time_to_claim_ms=0),
        NOTHING,
        "§5: running: nothing but its run_timeout_ms",
    )


def completed_is_kicked_with_its_outcome_intact(board):
    c = board.client()
    c.bring("g", "running")
    c.complete("g", failed=True, failure_reason="'cause I said so", result=b"a magical result")
    before = c.get("g")
    watch = board.subscriber()
    same(counts(c, aged=True), only("kicked"), "§5: completed since >= kick interval: kicked")
    task = c.get("g")
    same(
        {name for name in task if task[name] != before[name]},
        {"updated_at", "seq"},
        "§5: kicked: announced again, updated_at = now",
    )
    events = watch.events(c.seq)
    same(
        [
            (one["stream"], one["kind"], one["task"]["failure_reason"], one["task"]["result_size"])
            for one in events
        ],
        [("completed", "kicked", "'cause I said so", 16)],
        "§7: `completed.` (kicks and demotions included)",
    )


def resolving_that_is_stale_is_demoted_and_fenced(board):
    c = board.client()
    old = c.bring("g", "resolving")
    watch = board.subscriber()
    same(
        counts(c, aged=True),
        only("demoted"),
        "§5: resolving since >= resolve_timeout: demoted to completed",
    )
    task = c.get("g")
    same(
        {name for name in task if task[name] != old[name]},
        {"state", "epoch", "updated_at", "seq"},
        "§5: demoted to completed; epoch cleared",
    )
    same(
        (task["state"], task["epoch"]), ("completed", 0), "§5: demoted to completed; epoch cleared"
    )
    same(
        last(watch, c),
        [("completed", "demoted", "converge", "g")],
        "§7: `completed.` (kicks and demotions included)",
    )
    new = c.resolving("g")["epoch"]
    c.refused(
        "not_owner",
        "resolve",
        "§4: epoch must match the task's",
        {"guid": "g", "epoch": old["epoch"]},
    )
    c.resolve("g", epoch=new)


def many_that_are_due_at_once_are_all_done_while_others_are_served(board):
    c, other = board.client(), board.client()
    c.desire_many([f"g{at}" for at in range(5000)])
    number = c.next_id()
    time.sleep(1.1)
    c.send([[number, "converge", {"convergence_interval_ms": 1000}]])
    slowest = 0.0
    for at in range(20):
        began = time.monotonic()
        other.desire(f"x{at}")
        slowest = max(slowest, time.monotonic() - began)
    reply = c.reply(number)
    within(reply.body["kicked"], 5000, 5020, "§4 converge: one whole pass now")
    within(slowest, 0, 20, "§5: a pass runs in slices of at most 1 ms between requests")
    same(
        c.call("converge", time_to_claim_ms=0).get("failed", 0),
        5020,
        "§4 converge: one whole pass now",
    )


def two_passes_at_once_are_both_answered(board):
    a, b = board.client(), board.client()
    a.desire_many([f"g{at}" for at in range(2000)])
    for c in (a, b):
        c.send(
            [
                [number, "converge", {"convergence_interval_ms": HOUR, "time_to_claim_ms": 0}]
                for number in (90001, 90002)
            ]
        )
    failed = sum(c.reply(number).body.get("failed", 0) for c in (a, b) for number in (90001, 90002))
    same(failed, 2000, "§4 converge: each counts what it did; nothing is done twice")
