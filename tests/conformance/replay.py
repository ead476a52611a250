"""Section 4, replay: filters, pages, its end, and what is truncated."""
import time

from expect import holds, same, within


def _seqs(events):
    return [one["seq"] for one in events]


def _some_life(c):
    c.beat("e1")
    for guid, domain in (("a", "d1"), ("b", "d2"), ("aa", "d1"), ("d", "default")):
        c.bring(guid, "resolving", domain=domain)
        c.resolve(guid)
    c.call("depart", executor_id="e1")


def replay_goes_on_after_the_given_seq(board):
    c = board.client()
    _some_life(c)
    end = c.call("stats")["seq"]
    body = c.call("replay")
    same(
        (_seqs(body["events"]), body["next"], body["seq"]),
        (list(range(1, end + 1)), end, end),
        "§4 replay: after (absent = 0); at the end next = seq",
    )
    for after in (1, 5, end - 1):
        body = c.call("replay", after=after)
        same(
            (_seqs(body["events"]), body["next"]),
            (list(range(after + 1, end + 1)), end),
            "§4 replay: after",
        )


def replay_after_the_newest_is_empty_and_beyond_it_truncated(board):
    c = board.client()
    body = c.call("replay")
    same(
        (body.get("events") or [], body.get("next", 0), body.get("seq", 0)),
        ([], 0, 0),
        "§4 replay: empty only at the end, next = seq",
    )
    _some_life(c)
    end = c.call("stats")["seq"]
    body = c.call("replay", after=end)
    same(
        (body.get("events") or [], body["next"], body["seq"]),
        ([], end, end),
        "§4 replay: empty only at the end, next = seq",
    )
    for after in (end + 1, 2**63 - 1):
        body = c.refused(
            "truncated", "replay", "§4 replay: truncated if after > seq", {"after": after}
        )
        same(body.get("oldest"), 1, "§4 replay: truncated (body: oldest)")


def replay_pages_end_at_limit(board):
    c = board.client()
    _some_life(c)
    end = c.call("stats")["seq"]
    for limit in (1, 2, 7):
        body = c.call("replay", limit=limit)
        within(len(body["events"]), 1, limit, "§4 replay: limit")
        same(body["next"], body["events"][-1]["seq"], "§4 replay: next (pass as after)")
        same(
            _seqs(c.history(limit=limit)),
            list(range(1, end + 1)),
            "§4 replay: next (pass as after)",
        )


def replay_ends_its_page_early_at_reply_bytes(board):
    board.start({"limits.reply_bytes": "64KiB"})
    c = board.client()
    c.desire_many([f"g{at}" for at in range(1000)], type="x" * 60, stack="y" * 60)
    c.sizes.clear()
    same(
        _seqs(c.history(limit=10000)),
        list(range(1, 1001)),
        "§4 replay: ends a page early at limits.reply_bytes",
    )
    within(max(c.sizes), 1, 64 * 1024 + 2048, "§4 replay: ends a page early at limits.reply_bytes")


def replay_filters_by_stream_domain_and_guid(board):
    c = board.client()
    _some_life(c)
    everything = c.history()

    def wanted(test):
        return _seqs(one for one in everything if test(one))

    tasks = [one for one in everything if "task" in one]
    same(
        len(tasks),
        len(everything) - 2,
        "§7: task events have a task, executor events an executor_id",
    )

    def domain(one):
        return one["task"].get("domain") or "default" if "task" in one else None

    def guid(one):
        return one["task"]["guid"] if "task" in one else None

    rule = "§4 replay: streams, domains, guid (empty = all)"
    for limit in (None, 1, 3):
        same(
            _seqs(c.history(limit=limit, streams=["completed", "executor"])),
            wanted(lambda one: one["stream"] in ("completed", "executor")),
            rule,
        )
        same(
            _seqs(c.history(limit=limit, domains=["d1", "default"])),
            wanted(lambda one: domain(one) in ("d1", "default")),
            f"{rule}; with domains given, executor events do not match",
        )
        same(
            _seqs(c.history(limit=limit, guid="a")),
            wanted(lambda one: guid(one) == "a"),
            f"{rule}; with guid given, executor events do not match",
        )
        same(
            _seqs(
                c.history(limit=limit, guid="a", streams=["executor", "running"], domains=["d1"])
            ),
            wanted(lambda one: guid(one) == "a" and one["stream"] == "running"),
            f"{rule}: all of them together",
        )
        same(c.history(limit=limit, guid="a", domains=["d2"]), [], rule)
        same(
            c.history(limit=limit, streams=["executor"], domains=["d1"]),
            [],
            "§4 replay: with domains given, executor events do not match",
        )
    same(
        _seqs(c.history(streams=[], domains=[], guid="")),
        _seqs(everything),
        "§4 replay: empty = all",
    )


def next_goes_on_past_events_that_do_not_match(board):
    c = board.client()
    c.desire("needle")
    c.desire_many([f"g{at}" for at in range(3000)])
    body = c.call("replay", guid="needle", after=1)
    holds(body["next"] > 1, "§4 replay: next goes on past events that do not match", body)
    same(c.history(after=1, guid="needle"), [], "§4 replay: guid")
    c.claim("needle")
    same(
        [one["kind"] for one in c.history(guid="needle")], ["desired", "claimed"], "§4 replay: guid"
    )


def replay_sees_what_was_just_acknowledged(board):
    c = board.client()
    for at in range(100):
        seq = c.desire(f"g{at}")["seq"]
        same(
            [one["task"]["guid"] for one in c.call("replay", after=seq - 1)["events"]],
            [f"g{at}"],
            "§4 replay: up to seq, the newest durable event",
        )


def replay_crosses_segments(board):
    board.start(
        {
            "limits.batch_bytes": "1MiB",
            "journal.segment_bytes": "2MiB",
            "limits.payload_bytes": "100KiB",
            "limits.result_bytes": "100KiB",
            "limits.message_bytes": "512KiB",
        }
    )
    c = board.client()
    for at in range(120):
        c.desire(f"g{at}", payload=b"x" * 100000)
    same(_seqs(c.history()), list(range(1, 121)), "§4 replay: whatever is kept, in order")
    same(
        _seqs(c.history(after=55, limit=9)),
        list(range(56, 121)),
        "§4 replay: after, over all that is kept",
    )


def many_replays_at_once_are_all_answered(board):
    clients = [board.client() for _ in range(4)]
    clients[0].desire_many([f"g{at}" for at in range(2000)])
    for c in clients:
        c.send([[number, "replay", {"after": number, "limit": 500}] for number in range(1, 41)])
    for c in clients:
        for number in range(1, 41):
            body = c.reply(number).body
            same(body["events"][0]["seq"], number + 1, "§4 replay: after")


def other_requests_go_on_while_a_replay_is_made(board):
    c = board.client()
    c.desire_many([f"g{at}" for at in range(5000)])
    replay = c.next_id()
    c.send([[replay, "replay", {"limit": 10000}], [replay + 1, "get", {"guid": "g1"}]])
    same(c.reply(replay + 1).status, "ok", "§2: only replay ... are answered when they are ready")
    same(c.reply(replay).status, "ok", "§4 replay")


def a_replay_during_writes_is_dense(board):
    c, other = board.client(), board.client()
    seen, after = [], 0
    for at in range(30):
        numbers = [other.next_id() for _ in range(50)]
        other.send([[number, "desire", {"task": {"guid": f"g{number}"}}] for number in numbers])
        body = c.call("replay", after=after)
        seen += _seqs(body.get("events") or [])
        after = body.get("next", 0)
    for number in range(1, other.id + 1):
        same(other.reply(number).status, "ok", "§4 desire")
    seen += _seqs(c.history(after=after))
    same(seen, list(range(1, other.id + 1)), "§4 replay: every event once, following next")


def events_that_are_no_longer_kept_are_truncated(board):
    board.start(
        {
            "limits.batch_bytes": "1MiB",
            "journal.segment_bytes": "2MiB",
            "journal.retain_bytes": "6MiB",
            "limits.payload_bytes": "100KiB",
            "limits.result_bytes": "100KiB",
            "limits.message_bytes": "512KiB",
        }
    )
    c = board.client()
    oldest, at, end = None, 0, time.monotonic() + 60
    while oldest is None and time.monotonic() < end:
        task = {"guid": f"g{at}", "payload": b"x" * 100000}
        verbs = [("desire", {"task": task})]
        verbs += [(verb, {"guid": f"g{at}"}) for verb in ("cancel", "resolving", "resolve")]
        c.many(verbs)
        at += 1
        if at % 20 == 0:
            oldest = c.ask("replay", {"limit": 1}).body.get("oldest")
    holds(oldest is not None, "§7: as many as journal.retain_bytes holds; older: truncated", at)
    oldest = c.refused("truncated", "replay", "§7: older: truncated", {}).get("oldest")
    holds(oldest > 1, "§4 replay: truncated (body: oldest)", oldest)
    body = c.refused("truncated", "replay", "§7: older: truncated", {"after": oldest - 2})
    for _ in range(3):
        reply = c.ask("replay", {"after": body["oldest"] - 1, "limit": 5})
        if reply.status == "ok":
            break
        body = reply.body  # more was dropped meanwhile
    same(_seqs(reply.body["events"])[0], body["oldest"], "§4 replay: oldest is the oldest kept")
    c.desire("last")
    before = c.call("stats")["seq"]
    board.kill()
    board.start()
    c.connect()
    same(c.call("stats")["seq"], before, "§7: seq is dense, whatever is kept")
    same([task["guid"] for task in c.listing()], ["last"], "§2 Durability")
