"""Options of [limits]: what each one bounds. Set by turns on the command line, in the environment and
in a configuration file.

Each limit that refuses says so with its name, so that an operator knows what to change.
"""
import itertools
import socket

from expect import holds, same
from system_board import eventually

_sources = itertools.cycle(("line", "environment", "file"))


def _start(board, **limits):
    """Starts the board with these limits, from the source whose turn it is."""
    options = {}
    source = next(_sources)
    if source == "line":
        options = {f"limits.{name}": value for name, value in limits.items()}
    elif source == "environment":
        board.environment.update(
            {f"TASKBBS_LIMITS_{name.upper()}": str(value) for name, value in limits.items()}
        )
    else:
        path = board.home / "limits.conf"
        path.write_text("[limits]\n" + "".join(f"{name} = {to}\n" for name, to in limits.items()))
        options = {"config": path}
    if "batch_bytes" in limits:
        options = {"limits.batch_bytes": None, **options}
    board.start(options)
    return board.client()


def _busy(c, option, verb, args):
    body = c.refused("busy", verb, f"§6 busy: {option} is reached", args)
    holds(option in body["message"], "the limit is named", body)


def _told(c, name):
    return c.call("hello")["limits"][name]


def limits_payload_bytes_bounds_a_payload(board):
    c = _start(board, payload_bytes=1000)
    same(_told(c, "payload_bytes"), 1000, "§4 hello: limits")
    c.desire("fits", payload=b"p" * 1000)
    task = {"guid": "g", "payload": b"p" * 1001}
    c.refused("too_large", "desire", "§6 too_large", {"task": task}, "payload")


def limits_result_bytes_bounds_a_result(board):
    c = _start(board, result_bytes=1000)
    same(_told(c, "result_bytes"), 1000, "§4 hello: limits")
    c.bring("g", "running")
    c.refused("too_large", "complete", "§6 too_large", {"guid": "g", "result": b"r" * 1001}, "result")
    c.complete("g", result=b"r" * 1000)


def limits_message_bytes_bounds_a_message(board):
    c = _start(board, message_bytes=50_000)
    same(_told(c, "message_bytes"), 50_000, "§4 hello: limits")
    c.desire("fits", payload=b"p" * 49_000)
    number = c.next_id()
    c.send([[number, "desire", {"task": {"guid": "g", "payload": b"p" * 51_000}}]])
    holds(c.unanswered(number, 0.5), "§1: answered malformed, or its connection is closed")
    c.connect()
    holds(c.gone("g"), "§1: a longer message changes nothing")


def limits_reply_bytes_ends_a_page(board):
    c = _start(board, reply_bytes=5000)
    same(_told(c, "reply_bytes"), 5000, "§4 hello: limits")
    c.desire_many([f"g{at}" for at in range(50)], payload=b"p" * 900)
    pages = [len(page) for page in c.pages("list", "tasks", limit=1000, view="full")]
    same(sum(pages), 50, "§4 list: everything is shown")
    holds(max(pages) <= 6, "§4: pages end early at reply_bytes", pages)


def limits_batch_bytes_closes_a_batch(board):
    """Much at once: no batch takes more than its bound and the message that went over it."""
    c = _start(board, batch_bytes=20_000)
    before = c.stats()["batches"]
    numbers = []
    for _ in range(100):
        part = [
            [c.next_id(), "desire", {"task": {"guid": f"g{c.id}", "payload": b"p" * 1000}}]
            for _ in range(10)
        ]
        numbers += [request[0] for request in part]
        c.send(part)
    for number in numbers:
        c.reply(number, 60)
    batches = c.stats()["batches"] - before
    holds(batches >= 1000 * 1000 / 40_000, "a batch is closed after batch_bytes", batches)


def limits_tasks_bounds_the_tasks_on_the_board(board):
    c = _start(board, tasks=3)
    c.desire_many(["a", "b", "c"])
    _busy(c, "limits.tasks", "desire", {"task": {"guid": "d"}})
    c.call("cancel", guid="a")
    c.resolving("a")
    c.resolve("a")
    c.desire("d")


def limits_task_bytes_bounds_what_they_bring_and_leave(board):
    c = _start(board, task_bytes=10_000)
    c.desire("a", payload=b"p" * 6000)
    _busy(c, "limits.task_bytes", "desire", {"task": {"guid": "b", "payload": b"p" * 6000}})
    c.desire("b", payload=b"p" * 3000)


def limits_sessions_bounds_the_sessions_that_are_remembered(board):
    c = _start(board, sessions=2)
    other, third = board.client(), board.client()
    c.desire("a")
    other.desire("b")
    _busy(third, "limits.sessions", "desire", {"task": {"guid": "c"}})
    c.desire("c")  # a live session is never forgotten for a new one
    third.call("stats")


def limits_unacked_bounds_the_outcomes_of_a_session(board):
    c = _start(board, unacked=3)
    same(_told(c, "unacked"), 3, "§4 hello: limits")
    for guid in "abc":
        c.desire(guid)
    _busy(c, "limits.unacked", "desire", {"task": {"guid": "d"}})
    board.client().desire("d")
    c.acked = c.id
    c.desire("e")


def limits_outcomes_bounds_the_outcomes_of_all(board):
    c = _start(board, outcomes=4)
    other = board.client()
    for guid in "ab":
        c.desire(guid)
    for guid in "cd":
        other.desire(guid)
    third = board.client()
    _busy(third, "limits.outcomes", "desire", {"task": {"guid": "e"}})
    _busy(other, "limits.outcomes", "desire", {"task": {"guid": "e"}})


def limits_executors_bounds_those_present(board):
    c = _start(board, executors=2)
    c.beat("e1")
    c.beat("e2")
    _busy(c, "limits.executors", "heartbeat", {"executor_id": "e3"})
    c.call("depart", executor_id="e1")
    c.beat("e3")


def limits_waiting_bounds_the_acquires_that_wait(board):
    c = _start(board, waiting=2)
    for at in range(2):
        args = {"executor_id": f"e{at}", "wait_ms": 60000}
        c.send([[c.next_id(), "acquire", args]])
    same(c.stats()["waiting_acquires"], 2, "§4 acquire: waits")
    _busy(c, "limits.waiting", "acquire", {"executor_id": "e3", "wait_ms": 60000})
    same(c.acquire("e3"), [], "one that does not wait is answered")


def limits_connections_bounds_the_clients_connected(board):
    c = _start(board, connections=10)
    eventually(lambda: c.stats()["connections"] == 1, "the board's own probe has come and gone")
    guests = [board.client() for _ in range(9)]
    for guest in guests:
        guest.call("hello")
    same(c.stats()["connections"], 10, "ten are connected")
    late = board.client()
    late.send([[late.next_id(), "hello", {}]])
    holds(late.unanswered(late.id, 1), "limits.connections: new ones wait outside")
    for guest in [c, *guests]:
        guest.call("hello")  # those inside are served, on the connections that they had
    for guest in guests[:4]:
        guest.close()
    eventually(
        lambda: late.send([[late.next_id(), "hello", {}]]) or not late.unanswered(late.id, 0.5),
        "and come in when others leave",
    )
    eventually(lambda: c.stats()["connections"] == 7, "who left is not counted")


def _is_closed(guest):
    """Reads what a listener says first, and whether it has hung up."""
    try:
        while guest.recv(4096):
            pass
        return True
    except TimeoutError:
        return False
    except OSError:
        return True


def limits_connections_counts_those_of_the_events_socket_too(board):
    c = _start(board, connections=8)
    c.call("hello")  # it is inside
    host, port = board.events.removeprefix("tcp://").split(":")
    guests = [socket.create_connection((host, int(port))) for _ in range(20)]
    for guest in guests:
        guest.settimeout(0.01)
    eventually(lambda: sum(map(_is_closed, guests)) >= 13, "those beyond are hung up on")
    eventually(lambda: c.stats()["connections"] <= 8, "limits.connections bounds both sockets")
    c.desire("g")  # and clients are served
    for guest in guests:
        guest.close()
    eventually(lambda: c.stats()["connections"] == 1, "who left is not counted")


def limits_connections_gives_way_to_the_limit_of_open_files(board):
    board.prefix = ["prlimit", "--nofile=300"]
    board.start({"journal.segment_bytes": "512KiB", "limits.batch_bytes": "128KiB"})
    board.says("few_files")
    c = board.client()
    host, port = board.events.removeprefix("tcp://").split(":")
    guests = [socket.create_connection((host, int(port))) for _ in range(400)]
    for at in range(40):  # over several segments
        c.desire(f"g{at}", payload=b"p" * 50_000)
    holds(c.stats()["connections"] < 300, "files are left for the journal")
    for guest in guests:
        guest.close()


def limits_peer_reply_bytes_bounds_the_replies_that_wait_for_one(board):
    c = _start(board, peer_reply_bytes=20_000)
    c.desire("g", payload=b"p" * 5000)
    for _ in range(50):  # on a slow machine some replies leave before the last request is handled
        numbers = [c.next_id() for _ in range(20)]
        c.send([[number, "get", {"guid": "g"}] for number in numbers])
        statuses = [c.reply(number).status for number in numbers]
        if statuses.count("ok") <= 6:
            break
    holds(2 <= statuses.count("ok") <= 6, "requests beyond are not served", statuses)
    same(statuses.count("busy"), 20 - statuses.count("ok"), "but refused as busy")
