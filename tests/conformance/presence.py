"""Section 5, presence: joining, renewing, draining, and what `executors` shows of it.

How presence ends is in leaving.py, how it ends for many at once in brake.py.
"""
import time

from expect import holds, same, within
from schema import filled, whole

GONE = "executor disappeared before completion"
SECOND = 10**9
ABSENT = {"stale": [], "draining": False, "ttl_ms": 0}


def told(events):
    """(stream, kind, whom) of each event, to compare their order."""
    return [
        (
            one["stream"],
            one["kind"],
            one["executor_id"] if one["stream"] == "executor" else one["task"]["guid"],
        )
        for one in events
    ]


def beat(c, executor="e1", **more):
    return filled(c.beat(executor, **more), ABSENT, "a heartbeat's reply")


def the_first_heartbeat_joins_and_further_ones_are_no_events(board):
    c = board.client()
    watch = board.subscriber()
    reply = beat(
        c, ttl_ms=20000, incarnation="i1", stacks=["linux"], slots=4, free={"memory_mb": 7}
    )
    same(
        (reply["ttl_ms"], reply["stale"], reply["draining"]),
        (20000, [], False),
        "§4 heartbeat: ttl_ms, stale, draining",
    )
    for _ in range(3):
        beat(c, ttl_ms=20000, incarnation="i1")
    c.desire("end")
    events = watch.events(c.seq)
    same(
        told(events),
        [("executor", "joined", "e1"), ("pending", "desired", "end")],
        "§5: renewals live in memory; joining is an event",
    )
    same(
        (events[0]["incarnation"], events[0]["ttl_ms"]),
        ("i1", 20000),
        "§7: executor events: executor_id, incarnation, ttl_ms",
    )


def a_ttl_is_15_seconds_by_default_and_fixed_per_incarnation(board):
    c = board.client()
    same(
        c.call("heartbeat", executor_id="e1").get("ttl_ms", 15000),
        15000,
        "§4 heartbeat: ttl_ms, default 15000",
    )
    same(
        c.call("heartbeat", executor_id="e1", ttl_ms=60000).get("ttl_ms", 15000),
        15000,
        "§5: its ttl is fixed per incarnation",
    )
    same(
        beat(c, ttl_ms=60000, incarnation="new")["ttl_ms"],
        60000,
        "§5: a new incarnation has a ttl of its own",
    )
    same(c.executors()["e1"]["ttl_ms"], 60000, "§4 executors: ttl_ms")


def executors_shows_what_was_last_heard(board):
    c = board.client()
    beat(
        c,
        "e1",
        ttl_ms=20000,
        incarnation="i1",
        stacks=["a", "b"],
        slots=4,
        free={"memory_mb": 7, "disk_mb": 8, "cpu_percent": 9},
    )
    c.bring("g", "claimed", "e1")
    c.bring("h", "running", "e1")
    c.bring("i", "running", "e1")
    seen = c.executors()["e1"]
    within(
        seen["joined_at"],
        time.time_ns() - 60 * SECOND,
        time.time_ns() + SECOND,
        "§4 executors: joined_at",
    )
    within(seen["expires_in_ms"], 1, 20000, "§4 executors: expires_in_ms")
    same(
        (
            seen["incarnation"],
            seen["ttl_ms"],
            seen["claimed"],
            seen["running"],
            seen.get("draining", False),
            seen["stacks"],
            seen["slots"],
        ),
        ("i1", 20000, 1, 2, False, ["a", "b"], 4),
        "§4 executors: counts, and stacks, slots, free as last heard",
    )
    same(
        {name: seen["free"].get(name) for name in ("memory_mb", "disk_mb", "cpu_percent")},
        {"memory_mb": 7, "disk_mb": 8, "cpu_percent": 9},
        "§4 executors: free as last heard",
    )
    beat(c, "e1", ttl_ms=20000, incarnation="i1", stacks=["z"], slots=1)
    c.complete("h")
    seen = c.executors()["e1"]
    same(
        (seen["stacks"], seen["slots"], seen["running"]),
        (["z"], 1, 1),
        "§4 executors: as last heard",
    )


def stale_names_the_pairs_that_it_does_not_own(board):
    c = board.client()
    beat(c)
    mine = c.bring("mine", "running")["epoch"]
    claimed = c.bring("claimed", "claimed")["epoch"]
    foreign = c.bring("foreign", "running", "e2")["epoch"]
    done = c.bring("done", "running")["epoch"]
    c.complete("done")
    back = c.bring("back", "claimed")["epoch"]
    c.reject("back", delay_ms=0)
    c.bring("other", "running")
    running = [
        ["mine", mine],
        ["claimed", claimed],
        ["foreign", foreign],
        ["done", done],
        ["back", back],
        ["other", 1],
        ["nobody", 5],
    ]
    same(
        sorted(beat(c, running=running)["stale"]),
        ["back", "done", "foreign", "nobody", "other"],
        "§4 heartbeat: stale: guids of the pairs that it does not own under that epoch",
    )
    same(beat(c, running=[["mine", mine]])["stale"], [], "§4 heartbeat: stale: none")
    holds(
        "zero" in beat(c, running=[["zero", 0], ["mine", mine]])["stale"],
        "§4 heartbeat: stale: an epoch of 0 is nobody's",
    )
    many = [[f"x{at}", at] for at in range(1, 1025)]
    same(
        len(beat(c, running=many)["stale"]),
        1024,
        "§4 heartbeat: running <= 1024 pairs, each judged",
    )


def draining_is_told_by_heartbeats_and_shown(board):
    c = board.client()
    watch = board.subscriber("executor.")
    beat(c)
    for on, kind in (
        (None, "draining"),
        (True, "draining"),
        (False, "undrained"),
        (False, "undrained"),
        (True, "draining"),
    ):
        reply = c.call("drain", executor_id="e1", on=on)
        same(
            beat(c)["draining"],
            on is not False,
            "§4 drain: tells it by its heartbeat replies; on: default true",
        )
        same(c.executors()["e1"].get("draining", False), on is not False, "§4 executors: draining")
        last = watch.wait_for(lambda one, seq=reply["seq"]: one["seq"] == seq)[-1]
        same(last["kind"], kind, "§4 drain: always an event, changed or not")
    same(c.stats().get("draining", 0), 1, "§4 stats: draining")


def draining_lasts_until_it_leaves(board):
    c = board.client()
    for leave in (lambda: c.call("depart", executor_id="e1"), lambda: beat(c, incarnation="i2")):
        beat(c, incarnation="i1")
        c.call("drain", executor_id="e1")
        same(beat(c, incarnation="i1")["draining"], True, "§4 drain: lasts until it leaves")
        leave()
        same(
            beat(c, incarnation="i2")["draining"] if "e1" in c.executors() else False,
            False,
            "§4 drain: lasts until it leaves",
        )
        if "e1" not in c.executors():
            same(beat(c, incarnation="i1")["draining"], False, "§4 drain: lasts until it leaves")


def a_draining_executor_finishes_what_it_runs(board):
    c = board.client()
    beat(c)
    epoch = c.bring("g", "claimed")["epoch"]
    c.call("drain", executor_id="e1")
    c.start("g", epoch=epoch)
    c.complete("g", epoch=epoch)
    same(
        whole(c.call("get", guid="g")["task"])["failed"],
        False,
        "§4 drain: tells it to finish what it runs",
    )


def unknown_executors_cannot_depart_or_drain(board):
    c = board.client()
    for verb in ("depart", "drain"):
        c.refused("not_found", verb, f"§4 {verb}: unknown: not_found", {"executor_id": "nobody"})
