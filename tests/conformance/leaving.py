"""Section 5: how an executor leaves (departure, restart, silence) and what becomes of its tasks."""
import time

import schema
from expect import holds, same, within
from presence import beat, told

GONE = "executor disappeared before completion"


def a_departure_ends_its_tasks_after_its_own_event_and_before_its_reply(board):
    c = board.client()
    watch = board.subscriber()
    beat(c)
    c.bring("a", "claimed")
    c.bring("b", "running")
    c.bring("d", "claimed", on_executor_lost="requeue", max_rejections=1)
    c.bring("e", "running", on_executor_lost="requeue", max_rejections=0)
    c.bring("other", "running", "e2")
    c.bring("done", "completed")
    before = c.seq
    reply = c.call("depart", executor_id="e1")
    tasks = {guid: c.get(guid) for guid in ("a", "b", "d", "e")}
    holds(reply["seq"] > before, "§4 depart: seq", reply)
    for guid in ("a", "b"):
        same(
            [
                tasks[guid][name]
                for name in ("state", "failed", "failure_reason", "executor_id", "epoch")
            ],
            ["completed", True, GONE, "e1", 0],
            "§5: each task that it has is completed, failed; the reply comes after the last",
        )
    same(
        [
            tasks["d"][name]
            for name in (
                "state",
                "executor_id",
                "container_handle",
                "epoch",
                "rejection_count",
                "rejection_reason",
            )
        ],
        ["pending", "", "", 0, 1, GONE],
        "§5: requeue: back to pending, counts as a rejection with that reason",
    )
    same(
        tasks["d"]["pending_since"],
        max(tasks["d"]["updated_at"], tasks["d"]["not_before"]),
        "§3: pending_since: requeue sets it",
    )
    same(
        [tasks["e"][name] for name in ("state", "failed", "failure_reason", "rejection_count")],
        ["completed", True, f"rejected 1 times: {GONE}", 1],
        "§5: requeue past max_rejections: completed",
    )
    same(
        (c.get("other")["state"], c.get("done")["failed"]),
        ("running", False),
        "§5: only what it has claimed or running",
    )
    events = [one for one in watch.events(c.seq) if one["seq"] > before]
    same(told(events)[0], ("executor", "departed", "e1"), "§5: first its own event is emitted")
    same(
        sorted(one["task"]["guid"] for one in events[1:]),
        ["a", "b", "d", "e"],
        "§5: then each task, one event each",
    )
    same(
        {one["cause"] for one in events[1:]},
        {"executor_lost"},
        "§5: the cause of all of these is executor_lost",
    )
    kinds = {one["task"]["guid"]: (one["stream"], one["kind"]) for one in events[1:]}
    same(
        (kinds["a"], kinds["b"], kinds["d"]),
        (("completed", "completed"),) * 2 + (("pending", "requeued"),),
        "§7: losses that fail a task are completed; requeued in stream pending",
    )
    holds(
        kinds["e"] in (("completed", "rejected"), ("completed", "completed")),
        "§7: a final requeue is in stream completed",
        kinds,
    )
    c.claim("d", "e3")


def a_departed_executor_is_not_present(board):
    c = board.client()
    beat(c)
    c.call("depart", executor_id="e1")
    same(c.executors(), {}, "§4 executors: those that are present")
    for verb in ("depart", "drain"):
        c.refused("not_found", verb, f"§4 {verb}: unknown: not_found", {"executor_id": "e1"})
    beat(c)
    same(
        list(c.executors()),
        ["e1"],
        "§5: present from its heartbeat: the same incarnation may come back",
    )


def after_its_own_event_it_owns_nothing_any_more(board):
    c = board.client()
    beat(c)
    guids = [f"g{at}" for at in range(1000)]
    c.desire_many(guids)
    c.many([("acquire", {"executor_id": "e1", "max": 1000})])
    first = c.id + 1
    c.send(
        [[first, "depart", {"executor_id": "e1"}]]
        + [
            [first + 1 + at, "start", {"guid": guid, "executor_id": "e1", "container_handle": "h"}]
            for at, guid in enumerate(reversed(guids))
            if at < 1000
        ]
    )
    for number in range(first + 1, first + 1001):
        holds(
            c.reply(number).status in ("not_owner", "wrong_state"),
            "§5: from its own event on, requests in its name for those tasks get not_owner",
        )
    same(c.reply(first).status, "ok", "§4 depart")
    c.id = first + 1001
    same(
        len(c.listing(state="completed", view="header")),
        1000,
        "§5: the reply to depart comes after the last of them",
    )


def a_new_incarnation_is_lost_then_its_tasks_then_joined(board):
    c = board.client()
    beat(c, incarnation="i1")
    c.bring("a", "running")
    c.bring("b", "claimed", on_executor_lost="requeue")
    watch = board.subscriber()
    before = c.seq
    same(beat(c, incarnation="i2", running=[["a", 1]])["stale"], ["a"], "§4 heartbeat: stale")
    same(
        (c.get("a")["state"], c.get("b")["state"]),
        ("completed", "pending"),
        "§5: the reply to its heartbeat comes after the last of them",
    )
    events = [one for one in watch.events(c.seq) if one["seq"] > before]
    order = told(events)
    same(
        (order[0], order[-1], sorted(order[1:-1])),
        (
            ("executor", "lost", "e1"),
            ("executor", "joined", "e1"),
            [("completed", "completed", "a"), ("pending", "requeued", "b")],
        ),
        "§5: another incarnation: lost, its tasks, then joined",
    )
    same(
        (events[0]["reason"], events[0]["incarnation"], events[-1]["incarnation"]),
        ("restarted", "i1", "i2"),
        '§7: lost: "restarted"',
    )


def a_replaced_incarnation_never_comes_back(board):
    c = board.client()
    rule = "§5: an incarnation after which another one joined never comes back"
    for number in range(9):
        beat(c, incarnation=f"i{number}")
    before = c.stats()["seq"]
    for number in range(8):
        body = c.refused(
            "not_owner",
            "heartbeat",
            f"{rule} (at least the last 8 are remembered)",
            {"executor_id": "e1", "incarnation": f"i{number}"},
        )
        same(
            (body.get("executor_id"), body.get("incarnation")),
            ("e1", "i8"),
            "§5: not_owner's body: executor_id, incarnation: the present one",
        )
    same(c.stats()["seq"], before, "§5: its heartbeats change nothing")
    same(c.executors()["e1"]["incarnation"], "i8", "§5: its heartbeats change nothing")
    beat(c, "e2", incarnation="i0")
    c.call("depart", executor_id="e1")
    c.refused(
        "not_owner",
        "heartbeat",
        f"{rule}, whether the other is present or not",
        {"executor_id": "e1", "incarnation": "i7"},
    )
    beat(c, incarnation="i8")
    beat(c, incarnation="i9")
    c.refused("not_owner", "heartbeat", rule, {"executor_id": "e1", "incarnation": "i8"})


def an_incarnation_that_left_is_replaced_by_the_next_one(board):
    c = board.client()
    beat(c, incarnation="i1")
    c.call("depart", executor_id="e1")
    beat(c, incarnation="i2")
    c.refused(
        "not_owner",
        "heartbeat",
        "§5: never comes back, whether it was present then or not",
        {"executor_id": "e1", "incarnation": "i1"},
    )
    beat(c, "e2", incarnation="")
    beat(c, "e2", incarnation="x")
    c.refused(
        "not_owner", "heartbeat", '§5: "" is an incarnation like any other', {"executor_id": "e2"}
    )


def an_executor_that_falls_silent_is_lost_a_third_of_its_ttl_after_it_ran_out(board):
    c = board.client()
    watch = board.subscriber()
    beat(c, ttl_ms=1200)
    c.bring("g", "running")
    sent = time.monotonic()
    beat(c, ttl_ms=1200)
    events = watch.wait_for(lambda one: one["kind"] == "completed")
    waited = time.monotonic() - sent
    within(
        waited, 1.59, 30, "§5: judged a third of its ttl after its presence ran out (1.2 s + 0.4 s)"
    )
    same(
        told(events)[-2:],
        [("executor", "lost", "e1"), ("completed", "completed", "g")],
        "§5: lost, then, without waiting for a pass, its tasks",
    )
    same(
        (events[-2]["reason"], events[-1]["cause"], events[-1]["task"]["failure_reason"]),
        ("expired", "executor_lost", GONE),
        '§7: lost: "expired"',
    )
    same(c.executors(), {}, "§5: present until it is lost")
    beat(c, ttl_ms=1200)
    same(list(c.executors()), ["e1"], "§5: the same incarnation may join again after it expired")


def a_heartbeat_before_the_judgement_saves_it(board):
    c = board.client()
    watch = board.subscriber()
    beat(c, ttl_ms=3000)
    sent = time.monotonic()
    time.sleep(3.3)
    beat(c, ttl_ms=3000)
    if time.monotonic() - sent > 3.9:
        return  # this machine was too slow to say anything
    time.sleep(0.9)
    c.desire("end")
    same(
        told(watch.events(c.seq)),
        [("executor", "joined", "e1"), ("pending", "desired", "end")],
        "§5: judged a third of its ttl later: not lost",
    )


def incarnations_that_come_in_one_message_follow_one_another(board):
    c = board.client()
    beat(c, incarnation="i1")
    guids = [f"g{at}" for at in range(800)]
    c.desire_many(guids)
    c.many([("acquire", {"executor_id": "e1", "max": 1024})])
    before = c.seq
    first = c.id + 1
    c.send(
        [
            [first, "heartbeat", {"executor_id": "e1", "incarnation": "i2", "ttl_ms": 60000}],
            [first + 1, "heartbeat", {"executor_id": "e1", "incarnation": "i3", "ttl_ms": 60000}],
            [first + 2, "get", {"guid": "g0"}],
        ]
    )
    same(c.reply(first + 1).status, "ok", "§5: another incarnation than the present one: joined")
    holds(c.reply(first).status in ("ok", "not_owner"), "§5: i2 joins before i3, or never does")
    same(c.reply(first + 2).status, "ok", "§2: only such a heartbeat is answered when it is ready")
    c.id = first + 2
    events = [schema.event(one) for one in c.history(after=before)]
    order = [(kind, whom) for _, kind, whom in told(events)]
    same(order[0], ("lost", "e1"), "§5: lost, its tasks, then joined")
    same({kind for kind, _ in order[1:801]}, {"completed"}, "§5: lost, its tasks, then joined")
    same(order[801][0], "joined", "§5: lost, its tasks, then joined")
    same(events[-1]["incarnation"], "i3", "§5: the last incarnation is the present one")
    same(c.executors()["e1"]["incarnation"], "i3", "§5: the last incarnation is the present one")


def a_departure_followed_by_a_new_incarnation_ends_before_it_joins(board):
    c = board.client()
    beat(c, incarnation="i1")
    c.desire_many([f"g{at}" for at in range(800)], on_executor_lost="requeue")
    c.many([("acquire", {"executor_id": "e1", "max": 1024})])
    before = c.seq
    first = c.id + 1
    c.send(
        [
            [first, "depart", {"executor_id": "e1"}],
            [first + 1, "heartbeat", {"executor_id": "e1", "incarnation": "i2", "ttl_ms": 60000}],
            [first + 2, "depart", {"executor_id": "e1"}],
        ]
    )
    for number in (first, first + 1):
        same(c.reply(number).status, "ok", "§4 depart, §5: a new incarnation")
    holds(c.reply(first + 2).status in ("ok", "not_found"), "§4 depart: unknown: not_found")
    c.id = first + 2
    order = told([schema.event(one) for one in c.history(after=before)])
    same(order[0][1], "departed", "§5: first its own event")
    kinds = [kind for _, kind, _ in order]
    same(kinds[1:801], ["requeued"] * 800, "§5: joined comes after the last of them")
    same(kinds[801], "joined", "§5: joined comes after the last of them")
    same(c.stats()["pending"], 800, "§5: requeue: back to pending")
