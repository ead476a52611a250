"""Section 5, convergence by itself: the timer, the back-off of kicks, their rate."""
import time

from expect import holds, same, within

MS = 1_000_000


def _kicks(watch, count, patience=20):
    seen = []

    def enough(event):
        if event["kind"] == "kicked":
            seen.append(event)
        return len(seen) == count

    watch.wait_for(enough, patience)
    return seen


def _gaps(first, kicks):
    times = [first] + [one["at"] for one in kicks]
    return [(after - before) // MS for before, after in zip(times, times[1:])]


def _grow(gaps, wanted, rule):
    for gap, least in zip(gaps, wanted):
        within(gap, least, least + 2500, f"{rule}, gaps {gaps}")


def passes_come_by_themselves_the_first_one_that_long_after_the_start(board):
    board.start({"converge.every": "1500ms", "converge.kick_interval": "50ms"})
    began = time.monotonic()
    c = board.client()
    watch = board.subscriber("pending.")
    c.desire("g")
    _kicks(watch, 1)
    within(
        time.monotonic() - began,
        0.7,
        8,
        "§5: a pass every converge.every, the first one that long after the start",
    )


def no_passes_but_those_asked_for_if_every_is_0(board):
    board.start(
        {"converge.every": "0s", "converge.kick_interval": "50ms", "converge.time_to_claim": "50ms"}
    )
    c = board.client()
    c.desire("g")
    time.sleep(1.0)
    same(c.get("g")["state"], "pending", "§5: converge.every = 0: no passes but those asked for")
    same(c.get("g")["seq"], 1, "§5: converge.every = 0: no passes but those asked for")
    same(c.call("converge").get("failed"), 1, "§5: converge.every = 0: those asked for go on")


def the_limits_of_a_pass_are_options(board):
    board.start(
        {
            "converge.every": "100ms",
            "converge.time_to_claim": "300ms",
            "converge.claim_timeout": "400ms",
            "converge.resolve_timeout": "300ms",
        }
    )
    c = board.client()
    watch = board.subscriber("pending.", "completed.")
    c.beat()
    c.bring("late", "pending")
    c.bring("held", "claimed", time_to_claim_ms=60000)
    c.bring("stuck", "resolving", time_to_claim_ms=60000)
    seen = {}

    def all_three(event):
        seen[event["task"]["guid"], event["kind"]] = event
        return {("late", "completed"), ("held", "demoted"), ("stuck", "demoted")} <= set(seen)

    watch.wait_for(all_three)
    same(
        seen["late", "completed"]["task"]["failure_reason"],
        "not claimed within time limit",
        "§5: converge.time_to_claim",
    )


def kicks_in_a_row_back_off_up_to_their_bound(board):
    board.start(
        {
            "converge.every": "50ms",
            "converge.kick_interval": "200ms",
            "converge.kick_interval_max": "800ms",
        }
    )
    c = board.client()
    watch = board.subscriber("pending.")
    c.desire("g")
    first = c.get("g")["pending_since"]
    _grow(
        _gaps(first, _kicks(watch, 4)),
        (200, 400, 800, 800),
        "§5: kick_interval, doubled with each kick in a row up to kick_interval_max",
    )


def any_other_event_ends_the_row(board):
    board.start(
        {
            "converge.every": "50ms",
            "converge.kick_interval": "300ms",
            "converge.kick_interval_max": "1h",
        }
    )
    c = board.client()
    c.beat()
    watch = board.subscriber("pending.")
    c.desire("g")
    _kicks(watch, 3)
    c.claim("g")
    c.reject("g", delay_ms=0)
    since = c.get("g")["updated_at"]
    gap = _gaps(since, _kicks(watch, 1))[0]
    within(gap, 300, 1700, "§5: any other event of the task ends the row")


def completed_tasks_back_off_likewise(board):
    board.start(
        {
            "converge.every": "50ms",
            "converge.kick_interval": "200ms",
            "converge.kick_interval_max": "1h",
        }
    )
    c = board.client()
    c.beat()
    watch = board.subscriber("completed.")
    c.bring("g", "completed")
    first = c.get("g")["completed_at"]
    _grow(
        _gaps(first, _kicks(watch, 3)),
        (200, 400, 800),
        "§5: completed: kick interval, doubled likewise",
    )


def kicks_of_an_asked_pass_do_not_back_off(board):
    c = board.client()
    c.desire("g")
    for _ in range(10):
        same(c.converge(aged=True)["kicked"], 1, "§4 converge: kick_interval (without back-off)")


def kicks_yield_to_their_rate_oldest_first(board):
    board.start(
        # Longer than it takes to desire them all: only then each is due before the first is again.
        {"converge.every": "100ms", "converge.kick_interval": "2s", "converge.kick_rate": 20}
    )
    c = board.client()
    watch = board.subscriber("pending.")
    c.desire_many([f"g{at:03}" for at in range(200)])
    kicks = _kicks(watch, 60)
    lasted = (kicks[-1]["at"] - kicks[0]["at"]) / 1e9
    within(
        lasted,
        1.0,
        15,
        "§5: kicks yield: at most converge.kick_rate (20) a second outside an asked converge",
    )
    guids = [one["task"]["guid"] for one in kicks]
    same(guids, [f"g{at:03}" for at in range(60)], "§5: the rest wait, oldest first")
    within(c.converge(aged=True)["kicked"], 180, 200, "§5: kick_rate: outside an asked converge")


def the_time_limit_of_a_run_is_kept_by_the_timer(board):
    board.start({"converge.every": "100ms"})
    c = board.client()
    watch = board.subscriber("completed.")
    c.beat()
    c.bring("g", "running", run_timeout_ms=300)
    started = c.get("g")["updated_at"]
    event = watch.wait_for(lambda one: one["kind"] == "completed")[-1]
    within((event["at"] - started) // MS, 300, 4000, "§5: running since >= run_timeout_ms")
    holds(event["task"]["failed"], "§5: completed, failed")
