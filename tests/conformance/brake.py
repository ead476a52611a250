"""Section 5, when presence runs out for many at once: the brake and its bounds."""
import time

from expect import holds, same, within

BRAKE = "§5: at least 3, and more than presence.brake_percent, have run out: the brake holds"


def _fleet(c, short, long=0):
    """`short` executors that will run out after a second, and `long` ones that will not."""
    began = time.monotonic()
    c.many(
        [("heartbeat", {"executor_id": f"long{at}", "ttl_ms": 600000}) for at in range(long)]
        + [("heartbeat", {"executor_id": f"short{at}", "ttl_ms": 1000}) for at in range(short)]
    )
    return began


def _lost(events):
    return sorted(one["executor_id"] for one in events if one["kind"] == "lost")


def _all_lost(watch, count):
    seen = []

    def one_more(event):
        seen.extend([event["executor_id"]] if event["kind"] == "lost" else [])
        return len(seen) == count

    return watch.wait_for(one_more)


def most_of_three_or_more_running_out_together_holds_the_brake(board):
    board.start({"presence.brake_grace": "3s"})
    c = board.client()
    watch = board.subscriber("executor.")
    began = _fleet(c, short=4, long=1)
    time.sleep(2.0)
    same(c.stats().get("brake", False), True, f"{BRAKE}; stats shows it")
    same(len(c.executors()), 5, f"{BRAKE}: each is lost only brake_grace after it ran out")
    c.call("heartbeat", executor_id="short0", ttl_ms=1000)
    saved = time.monotonic() - began < 3.9
    kept_alive = time.monotonic()
    events = []
    while len(_lost(events)) < 3 and time.monotonic() - began < 60:
        got = watch.receive(0.2)
        if got is not None and got[0] != "tick":
            events.append(got[1])
        if time.monotonic() - kept_alive > 0.3:
            c.call("heartbeat", executor_id="short0", ttl_ms=1000)
            kept_alive = time.monotonic()
    within(
        time.monotonic() - began,
        3.95,
        55,
        f"{BRAKE}: lost brake_grace (3 s) after it ran out (1 s)",
    )
    if saved:
        same(
            _lost(events),
            ["short1", "short2", "short3"],
            "§5: one that heartbeats meanwhile was never away",
        )
        same(
            [one for one in events if one["executor_id"] == "short0" and one["kind"] != "joined"],
            [],
            "§5: was never away",
        )
        same(
            sum(one["executor_id"] == "short0" for one in events),
            1,
            "§5: was never away: no second joined",
        )
    same(
        {one["reason"] for one in events if one["kind"] == "lost"},
        {"expired"},
        '§7: lost: "expired"',
    )
    same(c.stats().get("brake", False), False, "§5: the brake holds while some are held")


def tasks_of_held_executors_wait_too_and_a_pass_does_not_take_them(board):
    board.start({"presence.brake_grace": "60s"})
    c = board.client()
    c.beat("short0", ttl_ms=1000, incarnation="")
    c.bring("g", "running", "short0")
    _fleet(c, short=4)
    time.sleep(2.0)
    same(c.get("g")["state"], "running", f"{BRAKE}: their tasks too")
    same(c.converge()["failed"], 0, "§5: an executor that is held is present")
    same(c.get("g")["state"], "running", f"{BRAKE}: present until it is lost")
    c.complete("g", executor_id="short0")


def fewer_than_three_do_not_hold_the_brake(board):
    c = board.client()
    watch = board.subscriber("executor.")
    _fleet(c, short=2)
    same(
        _lost(_all_lost(watch, 2)),
        ["short0", "short1"],
        "§5: at least 3 executors; otherwise it is lost",
    )
    same(c.stats().get("brake", False), False, "§5: fewer than 3: no brake")


def half_of_them_do_not_hold_the_brake(board):
    c = board.client()
    watch = board.subscriber("executor.")
    _fleet(c, short=4, long=4)
    same(
        len(_lost(_all_lost(watch, 4))),
        4,
        "§5: MORE than presence.brake_percent (default 50); otherwise it is lost",
    )


def a_brake_of_100_percent_never_holds(board):
    board.start({"presence.brake_percent": 100})
    c = board.client()
    watch = board.subscriber("executor.")
    _fleet(c, short=5)
    same(
        len(_lost(_all_lost(watch, 5))),
        5,
        "§5: more than presence.brake_percent: never more than 100",
    )


def the_share_of_the_brake_is_an_option(board):
    board.start({"presence.brake_percent": 20, "presence.brake_grace": "60s"})
    c = board.client()
    _fleet(c, short=4, long=8)
    time.sleep(2.2)
    same(
        len(c.executors()),
        12,
        "§5: more than presence.brake_percent (20) of all present ones: the brake holds",
    )


def departing_and_restarting_act_at_once_under_the_brake(board):
    board.start({"presence.brake_grace": "60s"})
    c = board.client()
    c.beat("short0", ttl_ms=1000, incarnation="")
    c.bring("a", "running", "short0")
    c.bring("b", "running", "short1")
    _fleet(c, short=5)
    time.sleep(2.0)
    same(len(c.executors()), 5, BRAKE)
    c.call("depart", executor_id="short0")
    c.call("heartbeat", executor_id="short1", incarnation="new", ttl_ms=60000)
    same(
        (c.get("a")["state"], c.get("b")["state"]),
        ("completed", "completed"),
        "§5: depart and a new incarnation act at once",
    )
    holds(
        "short0" not in c.executors() and c.executors()["short1"]["incarnation"] == "new",
        "§5: depart and a new incarnation act at once",
    )
