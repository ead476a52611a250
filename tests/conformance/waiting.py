"""Section 4, acquire that waits: its place, what serves it, and all that ends it."""
import time

from expect import holds, same, within

ENDS = "§4 acquire: it ends, ok and empty,"
MINUTE = 60000


def _wait(c, executor="e1", number=None, **more):
    """Sends an acquire that waits, and makes sure that the broker has it; its id."""
    number = number or c.next_id()
    c.send([[number, "acquire", {"executor_id": executor, "wait_ms": MINUTE, **more}]])
    c.call("hello")
    return number


def _empty(c, number, rule):
    reply = c.reply(number)
    same((reply.status, reply.body.get("tasks") or []), ("ok", []), rule)


def _got(c, number, rule, *guids):
    reply = c.reply(number)
    same(
        (reply.status, [task["guid"] for task in reply.body.get("tasks") or []]),
        ("ok", list(guids)),
        rule,
    )


def a_waiting_acquire_gets_the_first_task_that_comes(board):
    c, other = board.client(), board.client()
    number = _wait(c, max=5)
    holds(c.unanswered(number, 0.2), "§4 acquire: one that finds nothing waits")
    other.desire("g", payload=b"run me")
    reply = c.reply(number)
    same(
        [(task["guid"], task["state"], task["payload"]) for task in reply.body["tasks"]],
        [("g", "claimed", b"run me")],
        "§4 acquire: waits for its first task",
    )
    other.desire("h")
    same(
        other.get("h")["state"],
        "pending",
        "§2: a request is answered at most once per time it was received",
    )


def its_session_goes_on_meanwhile(board):
    c = board.client()
    number = _wait(c)
    c.desire("x", not_before=time.time_ns() + 10**12)
    same(c.get("x")["state"], "pending", "§4 acquire: its session goes on meanwhile")
    c.desire("g")
    _got(c, number, "§4 acquire: waits for its first task", "g")


def it_ends_when_its_time_is_over(board):
    c = board.client()
    began = time.monotonic()
    _empty(c, _wait(c, wait_ms=400), f"{ENDS} when its time is over")
    within(time.monotonic() - began, 0.35, 20, f"{ENDS} when its time is over")
    c.desire("g")
    same(c.get("g")["state"], "pending", "§4 acquire: what has ended takes nothing")


def waiters_are_served_in_the_order_in_which_they_came(board):
    waiters = [(c, _wait(c, f"e{at}")) for at, c in enumerate(board.client() for _ in range(5))]
    other = board.client()
    for at, (c, number) in enumerate(waiters):
        other.desire(f"g{at}")
        _got(c, number, "§4 acquire: waiters are served in the order in which they came", f"g{at}")


def a_waiter_gets_only_what_matches(board):
    a, b, d, other = (board.client() for _ in range(4))
    first = _wait(a, "e1", stacks=["win"])
    second = _wait(b, "e2", domains=["d2"])
    third = _wait(d, "e3", free={"memory_mb": 10, "disk_mb": 10, "cpu_percent": 10})
    other.desire("huge", memory_mb=500)
    for c, number in ((a, first), (b, second), (d, third)):
        holds(c.unanswered(number, 0.1), "§4 acquire: pending tasks that match and fit `free`")
    other.desire("g3", memory_mb=10)
    _got(d, third, "§4 acquire: waiters get what matches", "g3")
    other.desire("g2", domain="d2")
    _got(b, second, "§4 acquire: waiters get what matches", "g2")
    other.desire("g1", stack="win")
    _got(a, first, "§4 acquire: waiters get what matches", "g1")


def a_rejected_task_serves_a_waiter(board):
    c, other = board.client(), board.client()
    other.bring("g", "claimed", "e9")
    number = _wait(c)
    other.reject("g", "e9", delay_ms=0)
    _got(c, number, "§4 acquire: waits for its first task, a rejected one too", "g")


def a_rejected_task_serves_a_waiter_when_its_delay_is_over(board):
    c, other = board.client(), board.client()
    other.bring("g", "claimed", "e9")
    number = _wait(c)
    other.reject("g", "e9", delay_ms=500)
    holds(c.unanswered(number, 0.3), "§3: until not_before acquire passes it by")
    _got(c, number, "§4 acquire: a waiter gets a task when its not_before comes", "g")


def a_task_serves_a_waiter_at_its_not_before(board):
    c, other = board.client(), board.client()
    number = _wait(c)
    due = time.time_ns() + 400_000_000
    other.desire("g", not_before=due)
    _got(c, number, "§4 acquire: a waiter gets a task when its not_before comes", "g")
    holds(time.time_ns() > due - 100_000_000, "§3: until not_before acquire passes it by")


def a_demoted_and_a_requeued_task_serve_waiters(board):
    c, other = board.client(), board.client()
    other.beat("e9")
    other.bring("a", "claimed", "e9")
    number = _wait(c)
    other.converge(aged=True)
    _got(c, number, "§4 acquire: a demoted task serves a waiter", "a")
    other.bring("b", "claimed", "e9", on_executor_lost="requeue")
    number = _wait(c)
    other.call("depart", executor_id="e9")
    _got(c, number, "§4 acquire: a requeued task serves a waiter", "b")


def it_ends_when_its_executor_departs(board):
    c, other = board.client(), board.client()
    other.beat("e1")
    number = _wait(c)
    other.call("depart", executor_id="e1")
    _empty(c, number, f"{ENDS} when the executor departs")


def it_ends_when_its_executor_is_drained(board):
    c, other = board.client(), board.client()
    other.beat("e1")
    other.beat("e2")
    number, foreign = _wait(c, "e1"), _wait(c, "e2")
    other.call("drain", executor_id="e1")
    _empty(c, number, f"{ENDS} when the executor is drained")
    holds(c.unanswered(foreign, 0.2), "§4 drain: another executor's waits on")


def it_ends_when_its_executor_restarts(board):
    c, other = board.client(), board.client()
    other.beat("e1", incarnation="i1")
    number = _wait(c)
    other.beat("e1", incarnation="i2")
    _empty(c, number, f"{ENDS} when the executor restarts")


def it_ends_when_its_executor_is_lost(board):
    c, other = board.client(), board.client()
    other.beat("e1", ttl_ms=1000)
    _empty(c, _wait(c), f"{ENDS} when the executor is lost")


def it_ends_when_its_id_is_acked(board):
    c = board.client()
    number = _wait(c)
    c.acked = number
    c.call("hello")
    _empty(c, number, f"{ENDS} when its id is acked")
    c.desire("g")
    same(c.get("g")["state"], "pending", "§4 acquire: what has ended takes nothing")


def it_ends_when_its_id_is_acked_over_another_connection(board):
    c = board.client()
    number = _wait(c)
    other = board.client(c.session)
    other.ask("hello", number=500, acked=number)
    _empty(c, number, f"{ENDS} when its id is acked")


def it_ends_when_another_of_its_session_and_executor_replaces_it(board):
    c = board.client()
    first = _wait(c, "e1")
    foreign = _wait(c, "e2")
    second = _wait(c, "e1")
    _empty(c, first, f"{ENDS} when another of the same session and executor replaces it")
    holds(c.unanswered(foreign, 0.2), "§4 acquire: another executor's is not replaced")
    other = board.client()
    third = _wait(other, "e1")
    holds(c.unanswered(second, 0.2), "§4 acquire: another session's does not replace it")
    for guid, client, number in (("a", c, foreign), ("b", c, second), ("d", other, third)):
        other.desire(guid)
        _got(client, number, "§4 acquire: waiters are served in the order in which they came", guid)


def a_retry_takes_over_its_place_and_is_answered_once(board):
    a, b = board.client(), board.client()
    first = _wait(a, "e1")
    second = _wait(b, "e2")
    for _ in range(3):
        _wait(a, "e1", number=first)
    b.desire("g1")
    _got(a, first, "§4 acquire: a retry with the same id takes over its place", "g1")
    holds(a.unanswered(first, 0.2), "§4 acquire: only the newest receipt is answered")
    b.desire("g2")
    _got(b, second, "§4 acquire: waiters are served in the order in which they came", "g2")


def a_retry_over_a_new_connection_is_the_one_that_is_answered(board):
    old, other = board.client(), board.client()
    number = _wait(old)
    rival = _wait(other, "e2")
    new = board.client(old.session)
    new.id = number
    _wait(new, number=number)
    other.desire("g")
    _got(new, number, "§4 acquire: a retry takes over its place", "g")
    holds(old.unanswered(number, 0.2), "§4 acquire: only the newest receipt is answered")
    holds(other.unanswered(rival, 0.1), "§4 acquire: a retry keeps its place before later ones")


def a_retry_after_it_was_served_gets_the_same_tasks(board):
    c = board.client()
    number = _wait(c)
    other = board.client()
    other.desire("g")
    other.call("hello")
    c.connect()
    again = c.ask("acquire", {"executor_id": "e1", "wait_ms": MINUTE}, number)
    same(
        [task["guid"] for task in again.body.get("tasks") or []],
        ["g"],
        "§2: a retried acquire hands over those that it still holds",
    )


def a_waiter_whose_peer_is_gone_does_not_stop_the_others(board):
    ghost, c = board.client(), board.client()
    _wait(ghost, "e8")
    ghost.close()
    number = _wait(c, "e1")
    other = board.client()
    other.desire_many(["a", "b"])
    reply = c.reply(number)
    same(
        len(reply.body.get("tasks") or []),
        1,
        "§4 acquire: waiters are served in the order in which they came",
    )


def the_bound_of_waiting_acquires_is_busy(board):
    board.start({"limits.waiting": 2})
    a, b, d = (board.client() for _ in range(3))
    first, second = _wait(a, "e1"), _wait(b, "e2")
    d.refused(
        "busy", "acquire", "§6: busy: waiting acquires", {"executor_id": "e3", "wait_ms": MINUTE}
    )
    same(d.acquire("e3"), [], "§6: an acquire that does not wait is not bounded")
    same(d.stats().get("waiting_acquires", 0), 2, "§4 stats: waiting_acquires")
    _wait(a, "e1", number=first)
    d.desire("g1")
    _got(a, first, "§4 acquire: a retry takes over its place", "g1")
    third = _wait(d, "e3")
    d.desire("g2")
    _got(b, second, "§4 acquire: waiters are served in the order in which they came", "g2")
    d.desire("g3")
    _got(d, third, "§6: once below the bound it is accepted", "g3")


def many_waiters_are_served_once_each(board):
    c, other = board.client(), board.client()
    numbers = [c.next_id() for _ in range(300)]
    c.send(
        [
            [number, "acquire", {"executor_id": f"e{number}", "wait_ms": MINUTE}]
            for number in numbers
        ]
    )
    c.call("hello")
    other.desire_many([f"g{at}" for at in range(300)])
    got = [task["guid"] for number in numbers for task in c.reply(number).body.get("tasks") or []]
    same(
        got,
        [f"g{at}" for at in range(300)],
        "§4 acquire: waiters are served in the order in which they came",
    )
