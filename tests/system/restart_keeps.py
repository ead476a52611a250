"""A restart, after a stop or a kill, changes nothing that anybody can see."""
import whole_history
from expect import holds, same

COUNTERS = ("seq", "tasks", "pending", "claimed", "running", "completed", "resolving", "executors",
            "draining", "sessions", "outcomes")
STATES = ("pending", "claimed", "running", "completed", "resolving")


def _both_ways(board):
    """Restarts it after a stop, then after a kill."""
    board.terminate()
    board.start()
    yield "after a stop"
    board.kill()
    board.start()
    yield "after a kill"


def _picture(c):
    """All that a client can see, but for times that run."""
    hello = c.call("hello")
    stats = c.stats()
    executors = c.executors()
    for executor in executors.values():
        for name in ("expires_in_ms", "stacks", "slots", "free"):  # of this run: as last heard
            executor.pop(name, None)
    return {
        "broker_id": hello["broker_id"],
        "log": hello["log"],
        "tasks": {task["guid"]: task for task in c.listing(limit=1000)},
        "executors": executors,
        "stats": {name: stats[name] for name in COUNTERS},
        "events": whole_history.read(c),
    }


def _furnish(board):
    """A board with everything on it; the sessions, each with its requests and their outcomes."""
    c = board.client()
    for executor in ("e1", "e2", "e3"):
        c.beat(executor, incarnation=f"{executor}-1")
    c.beat("e3", incarnation="e3-2")
    c.call("drain", executor_id="e2")
    for at, state in enumerate(STATES * 20):
        c.bring(f"{state}-{at}", state, f"e{at % 3 + 1}", annotation="a", stack="s", priority=at)
    c.desire("rejected", domain="other")
    c.claim("rejected")
    c.reject("rejected", delay_ms=600000)
    c.desire("gone")
    c.call("cancel", guid="gone")
    c.resolving("gone")
    c.resolve("gone")
    c.acked = c.id
    c.desire("last")  # carries the ack


def everything_that_can_be_seen_is_there_again(board):
    board.start()
    _furnish(board)
    before = _picture(board.client())
    for when in _both_ways(board):
        after = _picture(board.client())
        for name, value in before.items():
            same(after[name], value, f"restart: {name} is kept, {when}")


def outcomes_are_remembered_and_acked_ids_expired(board):
    board.start()
    c = board.client()
    c.beat("e1")
    asked = [
        ("desire", {"task": {"guid": "g"}}),
        ("claim", {"guid": "g", "executor_id": "e1"}),
        ("reject", {"guid": "g", "executor_id": "e1", "delay_ms": 0}),
        ("acquire", {"executor_id": "e1"}),
        ("start", {"guid": "g", "executor_id": "e1"}),
        ("complete", {"guid": "g"}),
        ("resolving", {"guid": "g"}),
        ("resolve", {"guid": "g"}),
        ("drain", {"executor_id": "e1"}),
        ("depart", {"executor_id": "e1"}),
    ]
    first = {}
    for verb, args in asked:
        reply = c.ask(verb, args)
        same(reply.status, "ok", f"§4 {verb}: accepted")
        first[reply.id] = (verb, args, reply.body)
    acked = c.id
    c.acked = acked - 5
    c.desire("carries-the-ack")
    for when in _both_ways(board):
        c.connect()
        for number, (verb, args, body) in first.items():
            reply = c.ask(verb, args, number)
            if number <= acked - 5:
                same(reply.status, "request_expired", f"§2: never a second execution, {when}")
                continue
            same(reply.status, "ok", f"§2: a retry of {verb} gets the first outcome, {when}")
            for name in ("seq", "epoch", "state"):
                same(reply.body.get(name), body.get(name), f"§2: the first {name}, {when}")


def presence_and_draining_last_and_incarnations_stay_dead(board):
    board.start()
    c = board.client()
    c.beat("e1", incarnation="first")
    c.beat("e1", incarnation="second")
    c.call("drain", executor_id="e1")
    seq = c.stats()["seq"]
    for when in _both_ways(board):
        c.connect()
        c.refused("not_owner", "heartbeat", f"§5: it never comes back, {when}",
                  {"executor_id": "e1", "incarnation": "first", "ttl_ms": 600000})
        body = c.beat("e1", incarnation="second")
        same(body.get("draining"), True, f"§4 drain: lasts until it leaves, {when}")
        same(c.stats()["seq"], seq, f"§5: it is still present: no new joined, {when}")


def a_row_of_kicks_goes_on(board):
    """After four kicks in a row the next comes 16 intervals later; a row that began anew: after one."""
    interval = 60_000_000  # ns
    board.start({"converge.kick_interval": "60ms", "converge.kick_interval_max": "1h"})
    c = board.client()
    c.desire("g")
    for _ in range(4):
        _kick(c)
    before = c.get("g")
    board.kill()
    board.start()
    c.connect()
    serving_since = before["updated_at"]  # at the latest: the clock of events never goes back
    _kick(c)
    after = c.get("g")
    holds(
        after["updated_at"] - serving_since >= 16 * interval,
        "§5: kicks in a row: a restart does not end the row",
        (after["updated_at"] - serving_since) / interval,
    )


def _kick(c):
    while c.converge()["kicked"] == 0:
        pass


def events_are_published_and_replayed_over_the_restart(board):
    board.start()
    watch = board.subscriber()
    c = board.client()
    numbers = [c.desire(f"g{at}")["seq"] for at in range(50)]
    for _ in _both_ways(board):
        c.connect()
        numbers += [c.desire(f"g{at}")["seq"] for at in range(len(numbers), len(numbers) + 50)]
    journaled = {body["seq"]: body for body in c.history(streams=["pending"])}
    same(sorted(journaled), numbers, "§4 replay: events before the restarts are there")
    watch.events(numbers[-1])  # a tick of the new run: it is subscribed again
    seq = c.desire("last")["seq"]
    watch.wait_for(lambda event: event["seq"] == seq)
    journaled.update((body["seq"], body) for body in c.history(after=seq - 1))
    for _, _, body in watch.raw:
        same(body, journaled[body["seq"]], "§7: replayed as published")
    same(watch.tick["log"], c.call("hello")["log"], "§7: log names the history")
