"""Section 2, "Retries are safe": each mutation is applied once per (session, id).

`_mutations` is every mutation verb with the state it wants; each scenario retries all of them, in
its own way, and wants the first outcome each time.
"""
from expect import holds, same
from schema import whole

ONCE = "§2: a mutation is applied once per (session, id): its retry gets the first outcome"


def mutations():
    """(verb, the state that the task g is in before, args) of every mutation verb."""
    owned = {"guid": "g", "executor_id": "e1"}
    return (
        ("desire", None, {"task": {"guid": "g"}}),
        ("claim", "pending", owned),
        ("acquire", "pending", {"executor_id": "e1"}),
        ("start", "claimed", {**owned, "container_handle": "h"}),
        ("complete", "running", {"guid": "g"}),
        ("reject", "running", {**owned, "delay_ms": 0}),
        ("cancel", "running", {"guid": "g"}),
        ("resolving", "completed", {"guid": "g"}),
        ("resolve", "resolving", {"guid": "g"}),
        ("drain", None, {"executor_id": "e1"}),
        ("depart", None, {"executor_id": "e1"}),
    )


def outcome(reply):
    """What a retry must repeat."""
    return reply.status, reply.body.get("seq"), reply.body.get("epoch"), reply.body.get("state")


def prepare(c, state):
    """Makes the task g and the executor e1 ready for a mutation."""
    c.beat("e1")
    if state is not None:
        c.bring("g", state)


def _retried(c, verb, args, number, first, how):
    again = c.ask(verb, args, number)
    same(outcome(again), outcome(first), f"{ONCE} (`{verb}` {how})")
    return again


def _each(board, retry):
    for verb, state, args in mutations():
        board.start()
        c = board.client()
        prepare(c, state)
        first = c.ask(verb, args)
        same(first.status, "ok", f"§4 {verb}: accepted from {state}")
        before = c.call("stats")["seq"]
        retry(c, verb, args, first)
        same(c.call("stats")["seq"], before, f"§2: a retry of `{verb}` is never a second execution")
        board.kill()
        board.forget()


def the_same_id_again_gets_the_first_outcome(board):
    def retry(c, verb, args, first):
        for _ in range(3):
            _retried(c, verb, args, first.id, first, "again")

    _each(board, retry)


def the_same_session_over_a_new_connection_gets_the_first_outcome(board):
    def retry(c, verb, args, first):
        c.connect()
        _retried(c, verb, args, first.id, first, "over a new connection")
        other = board.client(c.session)
        _retried(other, verb, args, first.id, first, "over a second connection")

    _each(board, retry)


def the_same_id_twice_in_one_message_gets_the_outcome_twice(board):
    c = board.client()
    c.send([[1, "desire", {"task": {"guid": "g"}}]] * 2)
    first, second = c.reply(1), c.reply(1)
    same(outcome(first), outcome(second), ONCE)
    same(first.status, "ok", ONCE)


def another_verb_under_a_remembered_id_is_refused(board):
    c = board.client()
    for verb, state, args in mutations():
        if verb in ("depart", "acquire"):
            continue
        c.beat("e1")
        if state is not None:
            c.bring("g", state)
        first = c.ask(verb, args)
        same(first.status, "ok", f"§4 {verb}: accepted from {state}")
        other = "cancel" if verb != "cancel" else "resolving"
        c.refused(
            "invalid_request",
            other,
            f"§2: a retry repeats id, verb and args (another verb than {verb})",
            {"guid": "g"},
            "id",
            number=first.id,
        )
        _clear(c)


def _clear(c):
    for verb in ("cancel", "resolving", "resolve"):
        c.ask(verb, {"guid": "g"})


def a_mutation_at_or_below_acked_is_request_expired(board):
    c = board.client()
    c.desire("g0")
    c.id = c.acked = 10
    for verb, _, args in mutations():
        for number in (1, 5, 10):
            c.refused(
                "request_expired",
                verb,
                "§2: a mutation whose id is <= acked gets request_expired",
                args,
                number=number,
            )
    holds(c.gone("g"), "§2: request_expired: never a second execution")
    same(
        c.ask("desire", {"task": {"guid": "g"}}, number=11).status,
        "ok",
        "§2: an id above acked is judged",
    )


def acked_holds_for_the_requests_of_its_own_message(board):
    c = board.client()
    c.send(
        [[5, "desire", {"task": {"guid": "a"}}], [6, "desire", {"task": {"guid": "b"}}]], acked=5
    )
    same(
        (c.reply(5).status, c.reply(6).status),
        ("request_expired", "ok"),
        "§2: acked holds for the whole session as soon as the message is received",
    )


def acked_holds_on_every_connection_and_never_goes_back(board):
    a = board.client()
    b = board.client(a.session)
    b.desire("g0")
    a.ask("hello", number=9, acked=5)
    for c in (a, b):
        c.acked = 0
        c.refused(
            "request_expired",
            "desire",
            "§2: acked holds for the whole session",
            {"task": {"guid": "x"}},
            number=3,
        )
    a.ask("hello", number=9, acked=2)
    b.refused(
        "request_expired",
        "desire",
        "§2: acked: every id <= acked, for good",
        {"task": {"guid": "x"}},
        number=4,
    )


def an_ack_is_its_own_sessions_alone(board):
    a, b = board.client(), board.client()
    a.ask("hello", number=9, acked=8)
    same(
        b.ask("desire", {"task": {"guid": "g"}}, number=3).status,
        "ok",
        "§2: acked is the session's own",
    )


def reads_heartbeat_and_converge_go_with_any_id(board):
    c = board.client()
    c.desire("g")
    c.beat("e1")
    c.acked = 100
    for verb, args in (
        ("get", {"guid": "g"}),
        ("list", {}),
        ("hello", {}),
        ("stats", {}),
        ("executors", {}),
        ("replay", {}),
        ("heartbeat", {"executor_id": "e1", "incarnation": "i1"}),
        ("converge", {}),
    ):
        for number in (7, 50, 100):
            same(
                c.ask(verb, args, number).status,
                "ok",
                f"§2: {verb} is not remembered: safe to repeat, with any id",
            )


def a_read_under_a_remembered_id_is_answered_as_itself_or_refused(board):
    c = board.client()
    first = c.ask("desire", {"task": {"guid": "g"}})
    seen = c.ask("get", {"guid": "g"}, first.id)
    holds(
        seen.status == "ok"
        and seen.body["task"]["guid"] == "g"
        or (seen.status, seen.body.get("field")) == ("invalid_request", "id"),
        "§2: reads are safe to repeat with any id; a retry repeats its verb",
        seen,
    )


def a_refused_request_is_judged_afresh(board):
    c = board.client()
    c.bring("g", "completed")
    number = c.next_id()
    for _ in range(2):
        c.refused(
            "already_exists",
            "desire",
            "§4 desire: already_exists",
            {"task": {"guid": "g"}},
            number=number,
        )
    c.resolving("g")
    c.resolve("g")
    same(
        c.ask("desire", {"task": {"guid": "g"}}, number).status,
        "ok",
        "§2: a refused request left no trace and is judged afresh",
    )
    number = c.next_id()
    c.refused("not_found", "cancel", "§6: not_found", {"guid": "later"}, number=number)
    same(
        c.ask("desire", {"task": {"guid": "later"}}, number).status,
        "ok",
        "§2: a refused request left no trace, its verb neither",
    )


def an_acquire_that_claimed_nothing_is_judged_afresh(board):
    c = board.client()
    first = c.ask("acquire", {"executor_id": "e1"})
    same((first.status, first.body.get("tasks") or []), ("ok", []), "§4 acquire: ok and empty")
    c.desire("g")
    again = c.ask("acquire", {"executor_id": "e1"}, first.id)
    same(
        [task["guid"] for task in again.body.get("tasks") or []],
        ["g"],
        "§2: an acquire that claimed nothing left no trace",
    )


def ids_may_have_gaps_and_come_late(board):
    c = board.client()
    for number in (10, 1000, 2**40, 5, 1):
        same(
            c.ask("desire", {"task": {"guid": f"g{number}"}}, number).status,
            "ok",
            "§2: an id above acked that was not applied is judged",
        )


def the_same_id_in_another_session_is_another_request(board):
    a, b = board.client(), board.client()
    same(a.ask("desire", {"task": {"guid": "a"}}, 1).status, "ok", "§4 desire")
    same(b.ask("desire", {"task": {"guid": "b"}}, 1).status, "ok", "§2: once per (session, id)")


def a_retried_claim_shows_the_task_as_it_is_now_while_it_is_the_owners(board):
    c = board.client()
    c.desire("g")
    first = c.ask("claim", {"guid": "g", "executor_id": "e1"})
    args = {"guid": "g", "executor_id": "e1"}
    c.start("g")
    again = _retried(c, "claim", args, first.id, first, "after start")
    same(
        whole(again.body["task"]),
        c.get("g"),
        "§2: a task in a retry is the task as it is now if the epoch is still the owner's",
    )
    c.reject("g", delay_ms=0)
    again = _retried(c, "claim", args, first.id, first, "after reject")
    same(again.body.get("task"), None, "§2: the epoch is not the owner's: the task is absent")
    c.claim("g")
    again = _retried(c, "claim", args, first.id, first, "after a new claim")
    same(again.body.get("task"), None, "§2: the epoch is not the owner's: the task is absent")
    c.call("cancel", guid="g")
    again = _retried(c, "claim", args, first.id, first, "after cancel")
    same(again.body.get("task"), None, "§2: the epoch is not the owner's: the task is absent")


def a_retried_resolving_shows_the_task_while_it_is_being_resolved(board):
    c = board.client()
    c.bring("g", "completed")
    first = c.ask("resolving", {"guid": "g"})
    again = _retried(c, "resolving", {"guid": "g"}, first.id, first, "again")
    same(whole(again.body["task"]), c.get("g"), "§2: a retried resolving hands the task over again")
    c.resolve("g")
    again = _retried(c, "resolving", {"guid": "g"}, first.id, first, "after resolve")
    same(again.body.get("task"), None, "§2: the epoch is not the owner's: the task is absent")
    c.desire("g")
    again = _retried(c, "resolving", {"guid": "g"}, first.id, first, "after a new desire")
    same(
        again.body.get("task"),
        None,
        "§2: another task of that guid is not the one that was handed over",
    )


def a_retried_acquire_hands_over_what_it_still_holds(board):
    c = board.client()
    c.desire_many(["a", "b", "d"])
    args = {"executor_id": "e1", "max": 5}
    first = c.ask("acquire", args)
    same(
        [task["guid"] for task in first.body["tasks"]],
        ["a", "b", "d"],
        "§4 acquire: longest pending first",
    )
    c.start("b")
    c.reject("a", delay_ms=0)
    c.desire("x")
    again = _retried(c, "acquire", args, first.id, first, "after some went")
    same(
        {task["guid"]: whole(task) for task in again.body.get("tasks") or []},
        {guid: c.get(guid) for guid in ("b", "d")},
        "§2: a retried acquire hands over those of its tasks that it still holds",
    )
    c.claim("a", "e1")
    again = _retried(c, "acquire", args, first.id, first, "after a new claim")
    same(
        sorted(task["guid"] for task in again.body.get("tasks") or []),
        ["b", "d"],
        "§2: those that IT still holds: the epoch decides",
    )
    for guid in ("b", "d"):
        c.call("cancel", guid=guid)
    again = _retried(c, "acquire", args, first.id, first, "after all went")
    same(again.body.get("tasks") or [], [], "§2: those of its tasks that it still holds: none")
    same(c.get("x")["state"], "pending", "§2: a retried acquire claims nothing new")


def a_retried_reject_tells_the_first_state(board):
    c = board.client()
    c.desire("g", max_rejections=0)
    c.claim("g")
    args = {"guid": "g", "executor_id": "e1", "reason": "no"}
    first = c.ask("reject", args)
    same(first.body.get("state"), "completed", "§4 reject: past max_rejections: completed")
    c.resolving("g")
    c.resolve("g")
    _retried(c, "reject", args, first.id, first, "after the task is gone")


def a_retried_desire_does_not_bring_a_resolved_task_back(board):
    c = board.client()
    first = c.ask("desire", {"task": {"guid": "g"}})
    c.claim("g")
    c.start("g")
    c.complete("g")
    c.resolving("g")
    c.resolve("g")
    _retried(c, "desire", {"task": {"guid": "g"}}, first.id, first, "after resolve")
    holds(c.gone("g"), ONCE)


def an_acked_beyond_every_id_is_an_ack_of_them_all(board):
    c = board.client()
    c.ask("hello", number=5, acked=2**63 - 1)
    for number in (1, 2**40, 2**63 - 1):
        c.refused(
            "request_expired",
            "desire",
            "§2: a mutation whose id is <= acked gets request_expired",
            {"task": {"guid": "g"}},
            number=number,
        )


def a_session_may_be_any_sixteen_bytes(board):
    for at, session in enumerate((bytes(16), b"\xff" * 16, b"\0" * 15 + b"\1")):
        c = board.client(session)
        first = c.ask("desire", {"task": {"guid": f"g{at}"}})
        _retried(c, "desire", {"task": {"guid": f"g{at}"}}, first.id, first, "again")
