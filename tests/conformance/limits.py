"""Section 6, busy: each bound that an option sets, and how one gets below it again."""
from client import Client
from expect import holds, same

NOTHING = "§6: busy: a bound of the broker is reached; nothing changed; back off"


def _busy(c, verb, args, what):
    c.refused("busy", verb, f"{NOTHING} ({what})", args)


def the_bound_of_tasks(board):
    board.start({"limits.tasks": 3})
    c = board.client()
    c.desire_many(["a", "b", "d"])
    number = c.next_id()
    for _ in range(2):
        c.refused("busy", "desire", f"{NOTHING} (tasks)", {"task": {"guid": "e"}}, number=number)
    holds(c.gone("e"), NOTHING)
    for verb in ("cancel", "resolving", "resolve"):
        c.call(verb, guid="a")
    same(
        c.ask("desire", {"task": {"guid": "e"}}, number).status,
        "ok",
        "§6: a busy request left no trace: the same id is judged afresh",
    )
    _busy(c, "desire", {"task": {"guid": "f"}}, "tasks")
    same(c.claim("b")["task"]["state"], "claimed", "§6: busy concerns what would pass the bound")


def the_bound_of_their_bytes(board):
    board.start({"limits.task_bytes": "100KiB"})
    c = board.client()
    c.desire("a", payload=b"x" * 50000, annotation="x" * 10000)
    _busy(c, "desire", {"task": {"guid": "b", "payload": b"x" * 50000}}, "their bytes")
    c.desire("b", payload=b"x" * 20000)
    for verb in ("cancel", "resolving", "resolve"):
        c.call(verb, guid="a")
    c.desire("d", payload=b"x" * 60000)


def the_bound_of_applied_ids_above_acked(board):
    board.start({"limits.unacked": 5})
    c = board.client()
    same(c.call("hello")["limits"]["unacked"], 5, "§4 hello: limits.unacked")
    c.refused("not_found", "cancel", "§6: not_found", {"guid": "nope"})
    first = [c.ask("desire", {"task": {"guid": f"g{at}"}}) for at in range(5)]
    same(
        {one.status for one in first},
        {"ok"},
        "§2: a refused request left no trace and is not counted",
    )
    rule = "§2: with limits.unacked applied ids above acked a further mutation gets busy"
    _busy(c, "desire", {"task": {"guid": "x"}}, rule)
    _busy(c, "claim", {"guid": "g0", "executor_id": "e"}, rule)
    again = c.ask("desire", {"task": {"guid": "g0"}}, first[0].id)
    same(
        (again.status, again.body.get("seq")),
        ("ok", first[0].body["seq"]),
        "§4: a remembered outcome comes before busy",
    )
    same(
        (c.get("g0")["state"], c.ask("heartbeat", {"executor_id": "e"}).status),
        ("pending", "ok"),
        "§2: heartbeat and reads are not remembered",
    )
    board.client().desire("other")
    c.acked = first[1].id
    c.desire("x")
    c.desire("y")
    _busy(c, "desire", {"task": {"guid": "z"}}, rule)
    c.acked = c.id
    c.desire("z")


def an_acquire_is_one_id_however_many_tasks(board):
    board.start({"limits.unacked": 3})
    c, other = board.client(), board.client()
    for at in range(9):
        other.desire(f"g{at}")
        other.acked = other.id
    same(len(c.acquire(max=9)), 9, "§2: limits.unacked counts applied ids")
    c.start("g0")
    c.start("g1")
    _busy(c, "start", {"guid": "g2", "executor_id": "e1"}, "§2: limits.unacked")


def the_bound_of_sessions_forgets_no_live_one(board):
    board.start({"limits.sessions": 6})
    first = [
        (c, c.ask("desire", {"task": {"guid": f"g{at}"}}))
        for at, c in enumerate(board.client() for _ in range(4))
    ]
    same({reply.status for _, reply in first}, {"ok"}, "§6: below the bound of sessions")
    seen = []
    for at in range(8):
        guest = Client(board.context, board.requests)
        seen.append(guest.ask("desire", {"task": {"guid": f"x{at}"}}).status)
        guest.close()
    holds(
        set(seen) <= {"ok", "busy"} and seen[-1] == "busy" and seen.count("busy") >= 6,
        f"{NOTHING} (sessions)",
        seen,
    )
    for at, (c, reply) in enumerate(first):
        again = c.ask("desire", {"task": {"guid": f"g{at}"}}, reply.id)
        same(
            (again.status, again.body.get("seq")),
            ("ok", reply.body["seq"]),
            "§6: a live session is never forgotten for a new one",
        )
        c.desire(f"more{at}")


def the_bound_of_remembered_ids(board):
    board.start({"limits.outcomes": 10})
    a, b = board.client(), board.client()
    for at in range(5):
        a.desire(f"a{at}")
        b.desire(f"b{at}")
    _busy(a, "desire", {"task": {"guid": "x"}}, "remembered ids")
    _busy(b, "claim", {"guid": "a0", "executor_id": "e"}, "remembered ids")
    a.acked = a.id
    a.desire("x")
    b.desire("y")


def the_bound_of_executors(board):
    board.start({"limits.executors": 2})
    c = board.client()
    c.beat("e1")
    c.beat("e2")
    _busy(c, "heartbeat", {"executor_id": "e3"}, "executors")
    c.beat("e1")
    c.beat("e2", incarnation="i2")
    same(sorted(c.executors()), ["e1", "e2"], NOTHING)
    c.call("depart", executor_id="e1")
    c.beat("e3")


def hello_tells_the_limits(board):
    board.start(
        {
            "limits.message_bytes": "2MiB",
            "limits.reply_bytes": "128KiB",
            "limits.unacked": 77,
            "limits.payload_bytes": "64KiB",
            "limits.result_bytes": "32KiB",
        }
    )
    limits = board.client().call("hello")["limits"]
    wanted = {
        "message_bytes": 2 << 20,
        "reply_bytes": 128 << 10,
        "unacked": 77,
        "payload_bytes": 64 << 10,
        "result_bytes": 32 << 10,
        "requests": 1024,
    }
    same({name: limits.get(name) for name in wanted}, wanted, "§4 hello: limits")


def the_default_limits_are_those_of_the_contract(board):
    limits = board.client().call("hello")["limits"]
    wanted = {"unacked": 4096, "payload_bytes": 1 << 20, "result_bytes": 1 << 20, "requests": 1024}
    same(
        {name: limits.get(name) for name in wanted},
        wanted,
        "§2, §3: limits.unacked (4096), payload and result 1 MiB, 1..1024 requests",
    )


def the_default_bound_of_unacked_is_4096(board):
    c = board.client()
    seen = []
    for part in range(9):
        numbers = [c.next_id() for _ in range(500)]
        c.send([[number, "desire", {"task": {"guid": f"g{number}"}}] for number in numbers])
        seen += [c.reply(number).status for number in numbers]
    same(
        (seen.count("ok"), seen.count("busy")),
        (4096, 404),
        "§2: with limits.unacked (4096) applied ids above acked a further mutation gets busy",
    )
