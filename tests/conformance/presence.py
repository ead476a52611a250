"""Section 5, presence: joining, leaving, restarting, running out, draining. (brake.py: many at once.)"""
import time

from expect import holds, same, within
from schema import filled, whole

GONE = "executor disappeared before completion"
SECOND = 10**9
ABSENT = {"stale": [], "draining": False, "ttl_ms": 0}


def _told(events):
    """(stream, kind, whom) of each event, to compare their order."""
    return [(one["stream"], one["kind"], one["executor_id"] if one["stream"] == "executor" else one["task"]["guid"])
            for one in events]


def _beat(c, executor="e1", **more):
    return filled(c.beat(executor, **more), ABSENT, "a heartbeat's reply")


def the_first_heartbeat_joins_and_further_ones_are_no_events(board):
    c = board.client()
    watch = board.subscriber()
    reply = _beat(c, ttl_ms=20000, incarnation="i1", stacks=["linux"], slots=4, free={"memory_mb": 7})
    same((reply["ttl_ms"], reply["stale"], reply["draining"]), (20000, [], False), "§4 heartbeat: ttl_ms, stale, draining")
    for _ in range(3):
        _beat(c, ttl_ms=20000, incarnation="i1")
    c.desire("end")
    events = watch.events(c.seq)
    same(_told(events), [("executor", "joined", "e1"), ("pending", "desired", "end")], "§5: renewals live in memory; joining is an event")
    same((events[0]["incarnation"], events[0]["ttl_ms"]), ("i1", 20000), "§7: executor events: executor_id, incarnation, ttl_ms")


def a_ttl_is_15_seconds_by_default_and_fixed_per_incarnation(board):
    c = board.client()
    same(c.call("heartbeat", executor_id="e1").get("ttl_ms", 15000), 15000, "§4 heartbeat: ttl_ms, default 15000")
    same(c.call("heartbeat", executor_id="e1", ttl_ms=60000).get("ttl_ms", 15000), 15000, "§5: its ttl is fixed per incarnation")
    same(_beat(c, ttl_ms=60000, incarnation="new")["ttl_ms"], 60000, "§5: a new incarnation has a ttl of its own")
    same(c.executors()["e1"]["ttl_ms"], 60000, "§4 executors: ttl_ms")


def executors_shows_what_was_last_heard(board):
    c = board.client()
    _beat(c, "e1", ttl_ms=20000, incarnation="i1", stacks=["a", "b"], slots=4, free={"memory_mb": 7, "disk_mb": 8, "cpu_percent": 9})
    c.bring("g", "claimed", "e1")
    c.bring("h", "running", "e1")
    c.bring("i", "running", "e1")
    seen = c.executors()["e1"]
    within(seen["joined_at"], time.time_ns() - 60 * SECOND, time.time_ns() + SECOND, "§4 executors: joined_at")
    within(seen["expires_in_ms"], 1, 20000, "§4 executors: expires_in_ms")
    same((seen["incarnation"], seen["ttl_ms"], seen["claimed"], seen["running"], seen.get("draining", False), seen["stacks"], seen["slots"]),
         ("i1", 20000, 1, 2, False, ["a", "b"], 4), "§4 executors: counts, and stacks, slots, free as last heard")
    same({name: seen["free"].get(name) for name in ("memory_mb", "disk_mb", "cpu_percent")}, {"memory_mb": 7, "disk_mb": 8, "cpu_percent": 9},
         "§4 executors: free as last heard")
    _beat(c, "e1", ttl_ms=20000, incarnation="i1", stacks=["z"], slots=1)
    c.complete("h")
    seen = c.executors()["e1"]
    same((seen["stacks"], seen["slots"], seen["running"]), (["z"], 1, 1), "§4 executors: as last heard")


def stale_names_the_pairs_that_it_does_not_own(board):
    c = board.client()
    _beat(c)
    mine = c.bring("mine", "running")["epoch"]
    claimed = c.bring("claimed", "claimed")["epoch"]
    foreign = c.bring("foreign", "running", "e2")["epoch"]
    done = c.bring("done", "running")["epoch"]
    c.complete("done")
    back = c.bring("back", "claimed")["epoch"]
    c.reject("back", delay_ms=0)
    c.bring("other", "running")
    running = [["mine", mine], ["claimed", claimed], ["foreign", foreign], ["done", done], ["back", back], ["other", 1], ["nobody", 5]]
    same(sorted(_beat(c, running=running)["stale"]), ["back", "done", "foreign", "nobody", "other"],
         "§4 heartbeat: stale: guids of the pairs in `running` that it does not own under that epoch")
    same(_beat(c, running=[["mine", mine]])["stale"], [], "§4 heartbeat: stale: none")
    holds("zero" in _beat(c, running=[["zero", 0], ["mine", mine]])["stale"], "§4 heartbeat: stale: an epoch of 0 is nobody's")
    many = [[f"x{at}", at] for at in range(1, 1025)]
    same(len(_beat(c, running=many)["stale"]), 1024, "§4 heartbeat: running <= 1024 pairs, each judged")


def a_departure_ends_its_tasks_after_its_own_event_and_before_its_reply(board):
    c = board.client()
    watch = board.subscriber()
    _beat(c)
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
        same([tasks[guid][name] for name in ("state", "failed", "failure_reason", "executor_id", "epoch")],
             ["completed", True, GONE, "e1", 0], "§5: each task that it has is completed, failed; the reply comes after the last")
    same([tasks["d"][name] for name in ("state", "executor_id", "container_handle", "epoch", "rejection_count", "rejection_reason")],
         ["pending", "", "", 0, 1, GONE], "§5: requeue: back to pending, counts as a rejection with that reason")
    same(tasks["d"]["pending_since"], max(tasks["d"]["updated_at"], tasks["d"]["not_before"]), "§3: pending_since: requeue sets it")
    same([tasks["e"][name] for name in ("state", "failed", "failure_reason", "rejection_count")],
         ["completed", True, f"rejected 1 times: {GONE}", 1], "§5: requeue past max_rejections: completed")
    same((c.get("other")["state"], c.get("done")["failed"]), ("running", False), "§5: only what it has claimed or running")
    events = [one for one in watch.events(c.seq) if one["seq"] > before]
    same(_told(events)[0], ("executor", "departed", "e1"), "§5: first its own event is emitted")
    same(sorted(one["task"]["guid"] for one in events[1:]), ["a", "b", "d", "e"], "§5: then each task, one event each")
    same({one["cause"] for one in events[1:]}, {"executor_lost"}, "§5: the cause of all of these is executor_lost")
    kinds = {one["task"]["guid"]: (one["stream"], one["kind"]) for one in events[1:]}
    same((kinds["a"], kinds["b"], kinds["d"]), (("completed", "completed"),) * 2 + (("pending", "requeued"),),
         "§7: losses that fail a task are completed; requeued in stream pending")
    holds(kinds["e"] in (("completed", "rejected"), ("completed", "completed")), "§7: a final requeue is in stream completed", kinds)
    c.claim("d", "e3")


def a_departed_executor_is_not_present(board):
    c = board.client()
    _beat(c)
    c.call("depart", executor_id="e1")
    same(c.executors(), {}, "§4 executors: those that are present")
    for verb in ("depart", "drain"):
        c.refused("not_found", verb, f"§4 {verb}: unknown: not_found", {"executor_id": "e1"})
    _beat(c)
    same(list(c.executors()), ["e1"], "§5: present from its heartbeat: the same incarnation may come back")


def after_its_own_event_it_owns_nothing_any_more(board):
    c = board.client()
    _beat(c)
    guids = [f"g{at}" for at in range(1000)]
    c.desire_many(guids)
    c.many([("acquire", {"executor_id": "e1", "max": 1000})])
    first = c.id + 1
    c.send([[first, "depart", {"executor_id": "e1"}]] + [
        [first + 1 + at, "start", {"guid": guid, "executor_id": "e1", "container_handle": "h"}]
        for at, guid in enumerate(reversed(guids)) if at < 1000])
    for number in range(first + 1, first + 1001):
        holds(c.reply(number).status in ("not_owner", "wrong_state"),
              "§5: from its own event on, requests in its name for those tasks get not_owner")
    same(c.reply(first).status, "ok", "§4 depart")
    c.id = first + 1001
    same(len(c.listing(state="completed", view="header")), 1000, "§5: the reply to depart comes after the last of them")


def a_new_incarnation_is_lost_then_its_tasks_then_joined(board):
    c = board.client()
    _beat(c, incarnation="i1")
    c.bring("a", "running")
    c.bring("b", "claimed", on_executor_lost="requeue")
    watch = board.subscriber()
    before = c.seq
    same(_beat(c, incarnation="i2", running=[["a", 1]])["stale"], ["a"], "§4 heartbeat: stale")
    same((c.get("a")["state"], c.get("b")["state"]), ("completed", "pending"), "§5: the reply to its heartbeat comes after the last of them")
    events = [one for one in watch.events(c.seq) if one["seq"] > before]
    told = _told(events)
    same((told[0], told[-1], sorted(told[1:-1])), (("executor", "lost", "e1"), ("executor", "joined", "e1"),
         [("completed", "completed", "a"), ("pending", "requeued", "b")]), "§5: another incarnation: lost, its tasks, then joined")
    same((events[0]["reason"], events[0]["incarnation"], events[-1]["incarnation"]), ("restarted", "i1", "i2"), '§7: lost: "restarted"')


def a_replaced_incarnation_never_comes_back(board):
    c = board.client()
    rule = "§5: an incarnation after which another one joined never comes back"
    for number in range(9):
        _beat(c, incarnation=f"i{number}")
    before = c.stats()["seq"]
    for number in range(8):
        body = c.refused("not_owner", "heartbeat", f"{rule} (at least the last 8 are remembered)", {"executor_id": "e1", "incarnation": f"i{number}"})
        same((body.get("executor_id"), body.get("incarnation")), ("e1", "i8"), "§5: not_owner's body: executor_id, incarnation: the present one")
    same(c.stats()["seq"], before, "§5: its heartbeats change nothing")
    same(c.executors()["e1"]["incarnation"], "i8", "§5: its heartbeats change nothing")
    _beat(c, "e2", incarnation="i0")
    c.call("depart", executor_id="e1")
    c.refused("not_owner", "heartbeat", f"{rule}, whether the other is present or not", {"executor_id": "e1", "incarnation": "i7"})
    _beat(c, incarnation="i8")
    _beat(c, incarnation="i9")
    c.refused("not_owner", "heartbeat", rule, {"executor_id": "e1", "incarnation": "i8"})


def an_incarnation_that_left_is_replaced_by_the_next_one(board):
    c = board.client()
    _beat(c, incarnation="i1")
    c.call("depart", executor_id="e1")
    _beat(c, incarnation="i2")
    c.refused("not_owner", "heartbeat", "§5: never comes back, whether it was present then or not", {"executor_id": "e1", "incarnation": "i1"})
    _beat(c, "e2", incarnation="")
    _beat(c, "e2", incarnation="x")
    c.refused("not_owner", "heartbeat", '§5: "" is an incarnation like any other', {"executor_id": "e2"})


def an_executor_that_falls_silent_is_lost_a_third_of_its_ttl_after_it_ran_out(board):
    c = board.client()
    watch = board.subscriber()
    _beat(c, ttl_ms=1200)
    c.bring("g", "running")
    sent = time.monotonic()
    _beat(c, ttl_ms=1200)
    events = watch.wait_for(lambda one: one["kind"] == "completed")
    waited = time.monotonic() - sent
    within(waited, 1.59, 6, "§5: judged a third of its ttl after its presence ran out (1.2 s + 0.4 s)")
    same(_told(events)[-2:], [("executor", "lost", "e1"), ("completed", "completed", "g")], "§5: lost, then, without waiting for a pass, its tasks")
    same((events[-2]["reason"], events[-1]["cause"], events[-1]["task"]["failure_reason"]), ("expired", "executor_lost", GONE), '§7: lost: "expired"')
    same(c.executors(), {}, "§5: present until it is lost")
    _beat(c, ttl_ms=1200)
    same(list(c.executors()), ["e1"], "§5: the same incarnation may join again after it expired")


def a_heartbeat_before_the_judgement_saves_it(board):
    c = board.client()
    watch = board.subscriber()
    _beat(c, ttl_ms=3000)
    sent = time.monotonic()
    time.sleep(3.3)
    _beat(c, ttl_ms=3000)
    if time.monotonic() - sent > 3.9:
        return  # this machine was too slow to say anything
    time.sleep(0.9)
    c.desire("end")
    same(_told(watch.events(c.seq)), [("executor", "joined", "e1"), ("pending", "desired", "end")], "§5: judged a third of its ttl later: not lost")


def draining_is_told_by_heartbeats_and_shown(board):
    c = board.client()
    watch = board.subscriber("executor.")
    _beat(c)
    for on, kind in ((None, "draining"), (True, "draining"), (False, "undrained"), (False, "undrained"), (True, "draining")):
        reply = c.call("drain", executor_id="e1", on=on)
        same(_beat(c)["draining"], on is not False, "§4 drain: tells it by its heartbeat replies; on: default true")
        same(c.executors()["e1"].get("draining", False), on is not False, "§4 executors: draining")
        last = watch.wait_for(lambda one, seq=reply["seq"]: one["seq"] == seq)[-1]
        same(last["kind"], kind, "§4 drain: always an event, changed or not")
    same(c.stats().get("draining", 0), 1, "§4 stats: draining")


def draining_lasts_until_it_leaves(board):
    c = board.client()
    for leave in (lambda: c.call("depart", executor_id="e1"), lambda: _beat(c, incarnation="i2")):
        _beat(c, incarnation="i1")
        c.call("drain", executor_id="e1")
        same(_beat(c, incarnation="i1")["draining"], True, "§4 drain: lasts until it leaves")
        leave()
        same(_beat(c, incarnation="i2")["draining"] if "e1" in c.executors() else False, False, "§4 drain: lasts until it leaves")
        if "e1" not in c.executors():
            same(_beat(c, incarnation="i1")["draining"], False, "§4 drain: lasts until it leaves")


def a_draining_executor_finishes_what_it_runs(board):
    c = board.client()
    _beat(c)
    epoch = c.bring("g", "claimed")["epoch"]
    c.call("drain", executor_id="e1")
    c.start("g", epoch=epoch)
    c.complete("g", epoch=epoch)
    same(whole(c.call("get", guid="g")["task"])["failed"], False, "§4 drain: tells it to finish what it runs")


def unknown_executors_cannot_depart_or_drain(board):
    c = board.client()
    for verb in ("depart", "drain"):
        c.refused("not_found", verb, f"§4 {verb}: unknown: not_found", {"executor_id": "nobody"})
