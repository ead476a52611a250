"""Section 7: what is published, to whom, in which order, and what never is."""
import time

from client import unpack
from expect import holds, same, within
from schema import STREAMS, event


def _whole_life(c):
    """Every kind of event, each at least once."""
    c.beat("e1", incarnation="i1")
    c.bring("done", "resolving", domain="d1")
    c.resolve("done")
    c.bring("back", "running")
    c.reject("back", delay_ms=0)
    c.desire("last", max_rejections=0)
    c.claim("last")
    c.reject("last")
    c.bring("off", "claimed")
    c.call("cancel", guid="off")
    c.bring("stale", "claimed")
    c.bring("undecided", "resolving")
    c.converge(aged=True)
    c.bring("again", "running", on_executor_lost="requeue")
    c.bring("failed", "running")
    c.call("drain", executor_id="e1")
    c.call("drain", executor_id="e1", on=False)
    c.beat("e1", incarnation="i2")
    c.call("depart", executor_id="e1")


def every_event_has_the_next_number_over_all_streams_and_within_its_own(board):
    c = board.client()
    watch = board.subscriber()
    _whole_life(c)
    events = watch.events(c.call("stats")["seq"])
    same(
        [one["seq"] for one in events],
        list(range(1, len(events) + 1)),
        "§7: seq is dense over all streams; a new journal starts at 1",
    )
    for stream in STREAMS:
        ordinals = [one["ordinal"] for one in events if one["stream"] == stream]
        same(
            ordinals,
            list(range(1, len(ordinals) + 1)),
            f"§7: ordinal is dense within its stream ({stream}), from 1",
        )
        holds(ordinals, f"§7: stream {stream} has events")
    times = [one["at"] for one in events]
    same(times, sorted(times), "§5 The clock: event times never decrease")
    within(
        times[0],
        time.time_ns() - 120 * 10**9,
        time.time_ns() + 10**9,
        "§7: at is the time, ns since 1970 UTC",
    )
    kinds = {(one["stream"], one["kind"]) for one in events}
    wanted = {
        ("pending", "desired"),
        ("claimed", "claimed"),
        ("running", "started"),
        ("completed", "completed"),
        ("resolving", "resolving"),
        ("resolved", "resolved"),
        ("pending", "rejected"),
        ("completed", "rejected"),
        ("completed", "cancelled"),
        ("pending", "demoted"),
        ("completed", "demoted"),
        ("pending", "kicked"),
        ("completed", "kicked"),
        ("pending", "requeued"),
        ("executor", "joined"),
        ("executor", "lost"),
        ("executor", "draining"),
        ("executor", "undrained"),
        ("executor", "departed"),
    }
    same(wanted - kinds, set(), "§7: the kinds and their streams")


def replay_tells_the_events_as_published(board):
    c = board.client()
    watch = board.subscriber()
    _whole_life(c)
    published = watch.events(c.call("stats")["seq"])
    raw = [body for _, _, body in watch.raw]
    same(len(raw), len(published), "§7: published as two frames: topic, body")
    replayed = c.history()
    same(len(replayed), len(raw), "§4 replay: events (as published): all of them")
    for seen, wanted in zip(replayed, raw):
        same(seen, wanted, "§4 replay: events (as published)")


def each_stream_shows_the_task_as_it_is_after_the_event(board):
    c = board.client()
    watch = board.subscriber()
    c.desire(
        "g",
        stack="waffles",
        type="T",
        priority=4,
        payload=b"12345",
        annotation="abc",
        domain="d1",
        memory_mb=3,
    )
    claim = c.claim("g")
    c.start("g", handle="box")
    c.complete("g", failed=True, failure_reason="why", result=b"1234567")
    resolving = c.resolving("g")
    c.resolve("g")
    events = {one["stream"]: one for one in watch.events(c.seq)}
    task = events["pending"]["task"]
    same(
        [
            task[name]
            for name in (
                "guid",
                "domain",
                "stack",
                "type",
                "priority",
                "memory_mb",
                "payload_size",
                "annotation_size",
                "result_size",
                "state",
                "epoch",
            )
        ],
        ["g", "d1", "waffles", "T", 4, 3, 5, 3, 0, "pending", 0],
        "§7: streams pending and completed: the header",
    )
    task = events["completed"]["task"]
    same(
        [
            task[name]
            for name in (
                "stack",
                "failed",
                "failure_reason",
                "payload_size",
                "annotation_size",
                "result_size",
                "executor_id",
                "container_handle",
                "epoch",
            )
        ],
        ["waffles", True, "why", 5, 3, 7, "e1", "box", 0],
        "§7: streams pending and completed: the header",
    )
    for stream, handle, epoch in (
        ("claimed", "", claim["epoch"]),
        ("running", "box", claim["epoch"]),
        ("resolving", "box", resolving["epoch"]),
        ("resolved", "box", 0),
    ):
        task = events[stream]["task"]
        same(
            [
                task[name]
                for name in (
                    "guid",
                    "domain",
                    "state",
                    "executor_id",
                    "container_handle",
                    "epoch",
                    "seq",
                )
            ],
            ["g", "d1", stream, "e1", handle, epoch, events[stream]["seq"]],
            f"§3: the slim task, in stream {stream}",
        )
    same({one["cause"] for one in events.values()}, {"request"}, "§7: cause: request")


def payloads_results_and_annotations_are_never_published(board):
    c = board.client()
    watch = board.subscriber()
    c.beat("e1")
    for guid in ("a", "b"):
        c.desire(guid, payload=b"SECRET-PAYLOAD", annotation="SECRET-ANNOTATION", max_rejections=0)
        c.claim(guid)
        c.start(guid)
    c.complete("a", result=b"SECRET-RESULT")
    c.reject("b")
    c.converge(aged=True)
    c.resolving("a")
    c.resolve("a")
    watch.events(c.seq)
    for topic, raw, _ in watch.raw:
        holds(
            b"SECRET" not in raw + topic,
            "§7: payloads, results and annotations are never published",
            raw,
        )
    holds(len(watch.raw) > 8, "§7: every event is published", len(watch.raw))


def topics_are_made_for_prefix_subscriptions(board):
    c = board.client()
    watches = {
        prefix: board.subscriber(prefix)
        for prefix in (
            "pending.",
            "completed.",
            "resolved.",
            "pending.d1.",
            "claimed.d2.g2",
            "executor.",
            "executor.e1",
            "running.default.g3",
            "nothing.",
        )
    }
    c.beat("e1")
    c.beat("e10")
    c.beat("e2")
    for guid, domain in (("g1", "d1"), ("g2", "d2"), ("g3", "default"), ("g22", "d2")):
        c.bring(guid, "resolving", domain=domain)
        c.resolve(guid)
    wanted = {
        "pending.": 4,
        "completed.": 4,
        "resolved.": 4,
        "pending.d1.": 1,
        "claimed.d2.g2": 2,
        "executor.": 3,
        "executor.e1": 2,
        "running.default.g3": 1,
        "nothing.": 0,
    }
    for prefix, watch in watches.items():
        events = watch.events(c.seq)
        same(len(events), wanted[prefix], f"§7: a subscription of the prefix `{prefix}`")


def a_tick_comes_at_least_every_second_and_tells_the_newest_numbers(board):
    c = board.client()
    watch = board.subscriber()
    hello = c.call("hello")
    tick = watch.next_tick()
    began = time.monotonic()
    for _ in range(3):
        watch.next_tick()
    within(time.monotonic() - began, 0, 4.5, "§7: tick: at least one a second")
    same(
        (tick["broker_id"], tick["log"]),
        (hello["broker_id"], hello["log"]),
        "§7: tick: broker_id, log",
    )
    _whole_life(c)
    seq = c.call("stats")["seq"]
    events = watch.events(seq)
    tick = watch.tick
    newest = {one["stream"]: one["ordinal"] for one in events}
    same(
        (tick["seq"], {stream: tick["ordinals"].get(stream, 0) for stream in STREAMS}),
        (seq, {stream: newest.get(stream, 0) for stream in STREAMS}),
        "§7: tick: seq, ordinals (map stream -> newest ordinal; absent = 0)",
    )
    holds(tick["at"] >= events[-1]["at"], "§7: tick: at", tick)


def a_tick_follows_every_event_up_to_its_seq_under_load(board):
    c = board.client()
    watch = board.subscriber()
    count, events, end = 0, [], time.monotonic() + 2.5
    while time.monotonic() < end and count < 5000:
        guids = [f"g{at}" for at in range(count, count + 100)]
        c.desire_many(guids)
        count += 100
        events += watch.events(0)
    events += watch.events(c.call("stats")["seq"])
    rule = "§7: a tick follows every event up to its seq; seq is dense"
    same([one["seq"] for one in events], list(range(1, count + 1)), rule)


def an_event_leaves_no_later_than_a_tick_after_its_reply(board):
    c = board.client()
    watch = board.subscriber("pending.")
    c.desire("g")
    began = time.monotonic()
    watch.wait_for(lambda one: one["task"]["guid"] == "g")
    within(time.monotonic() - began, 0, 20, "§7: every event is published")


def list_then_replay_from_its_seq_misses_nothing(board):
    c, other = board.client(), board.client()
    watch = board.subscriber()
    other.desire_many([f"g{at}" for at in range(300)])
    pages, cursor, first = {}, None, None
    round_ = 0
    while True:
        body = c.call("list", limit=50, **({} if cursor is None else {"cursor": cursor}))
        first = body["seq"] if first is None else first
        pages.update(
            {task["guid"]: (task["seq"], task["state"]) for task in body.get("tasks") or []}
        )
        cursor = body.get("cursor")
        other.many(
            [("claim", {"guid": f"g{at}", "executor_id": "e"}) for at in range(round_, 300, 7)]
        )
        round_ += 1
        if cursor is None:
            break
    for one in map(event, c.history(after=first)):
        if one["stream"] != "executor" and one["seq"] > pages.get(one["task"]["guid"], (0,))[0]:
            pages[one["task"]["guid"]] = (one["seq"], one["task"]["state"])
    truth = {task["guid"]: (task["seq"], task["state"]) for task in c.listing(limit=1000)}
    same(pages, truth, "§7 Missing nothing: list, then replay from the FIRST page's seq")
    same(len(watch.events(c.seq)), len(c.history()), "§7: every event is published")


def a_late_subscriber_catches_up_by_replay(board):
    c = board.client()
    _whole_life(c)
    watch = board.subscriber()
    holds(
        watch.tick["seq"] > 0,
        "§7: a tick ahead of what it has tells a subscriber that it missed events",
        watch.tick,
    )
    missed = c.history(after=0)
    same(missed[-1]["seq"], watch.tick["seq"], "§7: replay fetches them, up to the tick's seq")


def subscriptions_of_odd_bytes_harm_nobody(board):
    watch = board.subscriber("\0", "x" * 200, "é", "pending..", "")
    c = board.client()
    c.desire("g")
    same(len(watch.events(c.seq)), 1, "§7: topics are made for prefix subscriptions")
    for topic, raw, _ in watch.raw:
        same((topic, unpack(raw)["kind"]), (b"pending.default.g", "desired"), "§7: topic, body")


def a_subscriber_of_thousands_of_topics_hears_the_next_ticks(board):
    """Though nothing is published beside them."""
    watch = board.subscriber(*(f"pending.d{at}." for at in range(3000)))
    holds(watch.tick, "§7: subscribe; wait for a tick")
