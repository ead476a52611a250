"""An acquire that waits: served at once, over reconnects and restarts, and when it ends."""
from expect import holds, same

WAIT = {"executor_id": "e1", "wait_ms": 60000}


def _waits(c, **args):
    """An acquire that has been received and waits; its id."""
    before = c.stats()["waiting_acquires"]
    number = c.next_id()
    c.send([[number, "acquire", {**WAIT, **args}]])
    same(c.stats()["waiting_acquires"], before + 1, "§4 acquire: waits up to wait_ms")
    return number


def _handed(c, number):
    body = c.reply(number).body
    return [task["guid"] for task in body.get("tasks") or []]


def it_is_handed_its_task_as_soon_as_there_is_one(board):
    waiter, requester = board.client(), board.client()
    number = _waits(waiter)
    requester.desire("g")
    same(_handed(waiter, number), ["g"], "§4 acquire: waits for its first task")
    same(requester.get("g")["executor_id"], "e1", "§4 acquire: claims it")


def a_task_that_comes_back_is_handed_to_who_waits(board):
    waiter, other = board.client(), board.client()
    for guid, bring_back in (
        ("rejected", lambda: other.reject("rejected", "e2", delay_ms=0)),
        ("demoted", lambda: other.converge(aged=True)),
        ("lost", lambda: other.call("depart", executor_id="e2")),
    ):
        other.beat("e2")
        other.beat("e1")
        other.desire(guid, on_executor_lost="requeue")
        other.claim(guid, "e2")
        number = _waits(waiter)
        bring_back()
        same(_handed(waiter, number), [guid], f"§4 acquire: a task that was {guid} is handed over")
        other.start(guid)


def it_survives_a_reconnect_and_is_answered_once(board):
    waiter, requester = board.client(), board.client()
    number = _waits(waiter)
    for _ in range(3):
        waiter.connect()
        waiter.send([[number, "acquire", WAIT]])
        same(waiter.stats()["waiting_acquires"], 1, "§4: a retry takes over its place")
    requester.desire("g")
    requester.desire("h")
    same(_handed(waiter, number), ["g"], "§4: only the newest receipt is answered")
    holds(waiter.unanswered(number, 0.3), "§4: only the newest receipt is answered")
    same(requester.get("h")["state"], "pending", "§4: applied once")


def a_reply_that_was_lost_is_had_by_a_retry(board):
    waiter, requester = board.client(), board.client()
    number = _waits(waiter)
    waiter.close()  # gone before the task comes
    requester.desire("g")
    same(requester.get("g")["state"], "claimed", "§4 acquire: it waited, and got it")
    waiter.connect()
    reply = waiter.ask("acquire", WAIT, number)
    same([task["guid"] for task in reply.body["tasks"]], ["g"], "§2: hands over what it still holds")


def it_survives_a_restart_when_it_is_retried(board):
    board.start()
    waiter, requester = board.client(), board.client()
    number = _waits(waiter)
    for end in (board.kill, board.terminate):
        end()
        board.start()
        waiter.connect()
        waiter.send([[number, "acquire", WAIT]])
        same(waiter.stats()["waiting_acquires"], 1, "§4: it waits again, under the same id")
    requester.connect()
    requester.desire("g")
    same(_handed(waiter, number), ["g"], "§4 acquire: served after the restarts")


def it_ends_empty_when_its_executor_is_drained_departs_or_restarts(board):
    waiter, other = board.client(), board.client()
    for end in (
        lambda: other.call("drain", executor_id="e1"),
        lambda: other.call("depart", executor_id="e1"),
        lambda: other.beat("e1", incarnation="i2"),
    ):
        other.call("heartbeat", executor_id="e1", incarnation=f"before-{other.id}", ttl_ms=600000)
        other.call("drain", executor_id="e1", on=False)
        number = _waits(waiter)
        end()
        same(_handed(waiter, number), [], "§4 acquire: ends, ok and empty")
        same(other.stats()["waiting_acquires"], 0, "§4 acquire: nobody waits then")


def it_ends_empty_when_its_executor_is_lost(board):
    waiter, other = board.client(), board.client()
    other.beat("e1", ttl_ms=1000)
    same(_handed(waiter, _waits(waiter)), [], "§4 acquire: ends when the executor is lost")
    kinds = [event["kind"] for event in other.history(streams=["executor"])]
    same(kinds, ["joined", "lost"], "§5: its presence ran out")


def it_ends_empty_when_its_time_is_over(board):
    waiter = board.client()
    reply = waiter.ask("acquire", {"executor_id": "e1", "wait_ms": 200})
    same((reply.status, reply.body.get("tasks") or []), ("ok", []), "§4 acquire: ok and empty")


def it_ends_when_another_replaces_it_or_it_is_acked(board):
    waiter, other = board.client(), board.client()
    first, second = _waits(waiter), waiter.next_id()
    waiter.send([[second, "acquire", WAIT]])
    same(_handed(waiter, first), [], "§4 acquire: another one of the session replaces it")
    waiter.acked = second
    waiter.call("stats")
    same(_handed(waiter, second), [], "§4 acquire: ends when its id is acked")
    other.desire("g")
    same(other.get("g")["state"], "pending", "§4 acquire: nobody waits any more")


def those_who_wait_are_served_in_the_order_in_which_they_came(board):
    waiters = [board.client() for _ in range(20)]
    numbers = [_waits(c, executor_id=f"e{at}") for at, c in enumerate(waiters)]
    requester = board.client()
    requester.desire_many([f"g{at}" for at in range(20)])
    for at, (c, number) in enumerate(zip(waiters, numbers)):
        same(_handed(c, number), [f"g{at}"], "§4 acquire: in the order in which they came")
