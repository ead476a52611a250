"""Section 4, hello and stats: what the broker says about itself."""
import time

from expect import holds, same, within
from ports import free_port


def hello_says_who_it_is_and_what_it_can(board):
    body = board.client().call("hello")
    same(
        (body.get("protocol"), body.get("role")),
        (1, "operator"),
        "§4 hello: protocol (1), role; §6: without CURVE everybody is operator",
    )
    for name in ("server", "broker_id", "log", "events"):
        holds(isinstance(body.get(name), str) and body[name], f"§4 hello: {name} (str)", body)
    holds(
        isinstance(body.get("features", []), list)
        and all(isinstance(one, str) for one in body.get("features", [])),
        "§4 hello: features (list)",
        body,
    )
    names = ("message_bytes", "reply_bytes", "requests", "unacked", "payload_bytes", "result_bytes")
    holds(
        all(type(body["limits"].get(name)) is int and body["limits"][name] > 0 for name in names),
        "§4 hello: limits (map)",
        body,
    )
    same(body["events"], board.events, "§4 hello: events (endpoint to connect to)")


def two_brokers_are_two(board):
    first = board.client().call("hello")
    board.kill()
    board.forget()
    board.start()
    second = board.client().call("hello")
    holds(first["broker_id"] != second["broker_id"], "§4 hello: broker_id names the broker", first)
    holds(first["log"] != second["log"], "§7: log names the history", first)


def a_wildcard_bind_is_told_as_the_host_that_one_reached(board):
    for host in ("*", "0.0.0.0"):
        port = free_port()
        board.start({"events.endpoint": f"tcp://{host}:{port}", "security.allow_plaintext": "true"})
        same(
            board.client().call("hello")["events"],
            f"tcp://*:{port}",
            "§4 hello: a wildcard bind needs events.advertise, else the host is *",
        )
        board.terminate()


def an_advertised_endpoint_is_told(board):
    board.start(
        {
            "events.endpoint": f"tcp://*:{free_port()}",
            "events.advertise": "tcp://board.example:7412",
            "security.allow_plaintext": "true",
        }
    )
    same(
        board.client().call("hello")["events"],
        "tcp://board.example:7412",
        "§4 hello: events: events.advertise",
    )


def stats_counts_what_there_is(board):
    c = board.client()
    c.beat("e1")
    c.beat("e2")
    c.call("drain", executor_id="e2")
    wanted = {"pending": 5, "claimed": 4, "running": 3, "completed": 2, "resolving": 1}
    for state, count in wanted.items():
        for at in range(count):
            c.bring(f"{state}{at}", state)
    c.bring("gone", "resolving")
    c.resolve("gone")
    seen = c.stats()
    same(
        {name: seen.get(name, 0) for name in wanted},
        wanted,
        "§4 stats: pending, claimed, running, completed, resolving",
    )
    same(
        (seen.get("tasks"), seen.get("executors"), seen.get("draining")),
        (15, 2, 1),
        "§4 stats: tasks, executors, draining",
    )
    same(seen["seq"], c.history()[-1]["seq"], "§4 stats: seq")
    same(
        (seen.get("brake", False), seen.get("read_only", False)),
        (False, False),
        "§4 stats: brake (bool), read_only (bool)",
    )
    holds(
        seen.get("sessions", 0) >= 1
        and seen.get("journal_bytes", 0) > 0
        and seen.get("batches", 0) > 0,
        "§4 stats: sessions, journal_bytes, batches",
        seen,
    )
    holds("sync" in seen, "§4 stats: sync", seen)


def stats_counts_what_is_asked(board):
    c = board.client()
    before = c.stats()
    for at in range(10):
        c.desire(f"g{at}")
        c.refused("not_found", "get", "§6: not_found", {"guid": "nope"})
    after = c.stats()
    holds(
        after["requests"] - before.get("requests", 0) >= 20, "§4 stats: requests", (before, after)
    )
    holds(after["refused"] - before.get("refused", 0) >= 10, "§4 stats: refused", (before, after))
    holds(
        after["journal_bytes"] > before.get("journal_bytes", 0),
        "§4 stats: journal_bytes",
        (before, after),
    )


def stats_counts_waiting_acquires_and_time(board):
    c = board.client()
    c.send([[c.next_id(), "acquire", {"executor_id": "e1", "wait_ms": 60000}]])
    first = c.stats()
    same(first.get("waiting_acquires"), 1, "§4 stats: waiting_acquires")
    time.sleep(0.3)
    within(c.stats()["uptime_ms"] - first.get("uptime_ms", 0), 250, 60000, "§4 stats: uptime_ms")


def stats_counts_syncs_when_it_syncs(board):
    board.start({"journal.sync": "always"})
    c = board.client()
    c.desire("g")
    seen = c.stats()
    holds(seen.get("syncs", 0) >= 1, "§2: durable: written and synced; §4 stats: syncs", seen)


def reads_of_an_empty_board_are_empty(board):
    c = board.client()
    same((c.listing(), c.executors(), c.history()), ([], {}, []), "§4: reads of an empty board")
    seen = c.stats()
    same(
        [seen.get(name, 0) for name in ("tasks", "executors", "seq", "pending")],
        [0, 0, 0, 0],
        "§7: a new journal starts at 1",
    )
    c.refused("not_found", "get", "§4 get: not_found", {"guid": "g"})


def many_sessions_and_connections_are_served(board):
    clients = [board.client() for _ in range(60)]
    for at, c in enumerate(clients):
        c.send([[1, "desire", {"task": {"guid": f"g{at}"}}]])
    same({c.reply(1).status for c in clients}, {"ok"}, "§2: every peer is answered")
    same(len(clients[0].listing()), 60, "§2: every peer is answered")
