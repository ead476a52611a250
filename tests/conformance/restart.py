"""Section 2 and 5 over kill -9 and restart: all that was acknowledged is still so."""
import time

from expect import holds, same, within
from retries import mutations, outcome, prepare
from schema import STATES, whole

SYNC = {"journal.sync": "always"}
LASTS = "§2 Durability: what was acknowledged is durable"


def _begin(board, **options):
    board.start({**SYNC, **options})
    return board.client()


def _again(board, *clients, end="kill"):
    getattr(board, end)()
    board.start()
    for c in clients:
        c.connect()


def every_task_is_the_same_after_a_kill(board):
    c = _begin(board)
    c.beat()
    for state in STATES:
        c.bring(
            state,
            state,
            payload=b"\0\xff" * 50,
            annotation="note é",
            domain="d1",
            stack="s",
            type="T y",
            priority=-7,
            memory_mb=1,
            disk_mb=2,
            cpu_percent=3,
            max_rejections=9,
            on_executor_lost="requeue",
            run_timeout_ms=90000,
            time_to_claim_ms=80000,
            created_at=1234,
        )
    c.bring("rejected", "claimed")
    c.reject("rejected", reason="no room", delay_ms=500000)
    c.bring("cancelled", "running")
    c.call("cancel", guid="cancelled", reason="why not")
    c.bring("resolved", "resolving")
    c.resolve("resolved")
    before, seq = {task["guid"]: task for task in c.listing()}, c.call("stats")["seq"]
    for end in ("kill", "terminate", "kill"):
        _again(board, c, end=end)
        same({task["guid"]: task for task in c.listing()}, before, f"{LASTS} ({end})")
        same(c.call("stats")["seq"], seq, "§7: seq is dense: a restart is no event")
        for guid, task in before.items():
            same(c.get(guid), task, LASTS)
        holds(c.gone("resolved"), LASTS)


def a_restarted_broker_goes_on_with_the_next_numbers(board):
    c = _begin(board)
    hello = c.call("hello")
    c.bring("a", "completed")
    before = c.history()
    _again(board, c)
    watch = board.subscriber()
    now = c.call("hello")
    same(
        (now["broker_id"], now["log"]),
        (hello["broker_id"], hello["log"]),
        "§4 hello: broker_id, stable over restarts; §7: log names the history",
    )
    c.resolving("a")
    c.desire("b")
    events = watch.events(c.seq)
    same(
        [(one["seq"], one["stream"], one["ordinal"]) for one in events],
        [(5, "resolving", 1), (6, "pending", 2)],
        "§7: seq and ordinal are dense",
    )
    holds(events[0]["at"] >= before[-1]["at"], "§5: event times never decrease")
    after = c.history()
    same(after[:4], before, "§4 replay: events (as published), whatever restarts")
    same([one["seq"] for one in after], [1, 2, 3, 4, 5, 6], "§7: seq is dense")
    same(watch.tick["ordinals"].get("pending"), 2, "§7: tick: ordinals")


def every_mutation_retried_after_a_kill_gets_its_first_outcome(board):
    for verb, state, args in mutations():
        c = _begin(board)
        prepare(c, state)
        first = c.ask(verb, args)
        same(first.status, "ok", f"§4 {verb}")
        for end in ("kill", "terminate"):
            _again(board, c, end=end)
            again = c.ask(verb, args, first.id)
            same(
                outcome(again),
                outcome(first),
                f"§2: applied once per (session, id), across broker restarts (`{verb}`, {end})",
            )
            if "task" in first.body:
                same(
                    whole(again.body["task"]),
                    whole(first.body["task"]),
                    f"§2: the task as it is now (`{verb}`)",
                )
            if verb == "acquire":
                same(
                    [whole(task) for task in again.body["tasks"]],
                    [whole(task) for task in first.body["tasks"]],
                    "§2: those that it still holds",
                )
            if verb != "cancel":
                c.refused(
                    "invalid_request",
                    "cancel",
                    "§2: another verb under a remembered id, after a restart too",
                    {"guid": "g"},
                    "id",
                    first.id,
                )
        same(c.call("stats")["seq"], first.seq, "§2: never a second execution")
        board.kill()
        board.forget()


def acked_that_came_with_a_mutation_is_known_after_a_kill(board):
    c = _begin(board)
    c.desire("a")
    c.desire("b")
    c.acked = 2
    c.desire("d")
    _again(board, c)
    c.acked = 0
    for number in (1, 2):
        c.refused(
            "request_expired",
            "desire",
            "§2: a restart keeps the newest acked that came with an applied mutation",
            {"task": {"guid": "x"}},
            number=number,
        )
    same(
        c.ask("desire", {"task": {"guid": "d"}}, 3).status,
        "ok",
        "§2: every applied id above acked is remembered",
    )
    holds(c.gone("x"), "§2: request_expired: never a second execution")


def an_ack_that_came_with_a_read_alone_is_harmless_after_a_kill(board):
    c = _begin(board)
    first = c.ask("desire", {"task": {"guid": "a"}})
    c.ask("hello", acked=first.id)
    _again(board, c)
    again = c.ask("desire", {"task": {"guid": "a"}}, first.id)
    holds(
        again.status == "request_expired" or outcome(again) == outcome(first),
        "§2: never a second execution",
        again,
    )


def the_bound_of_unacked_ids_is_the_same_after_a_kill(board):
    c = _begin(board, **{"limits.unacked": 4})
    for at in range(4):
        c.desire(f"g{at}")
    _again(board, c)
    c.refused(
        "busy",
        "desire",
        "§2: what is forgotten follows from the journal alone",
        {"task": {"guid": "x"}},
    )
    c.acked = 4
    c.desire("x")


def executors_keep_presence_and_draining_over_a_kill(board):
    c = _begin(board)
    c.beat("e1", ttl_ms=30000, incarnation="i1")
    c.beat("e2", ttl_ms=30000, incarnation="i1")
    c.call("drain", executor_id="e2")
    c.bring("g", "running", "e1")
    joined = c.executors()["e1"]["joined_at"]
    _again(board, c)
    seen = c.executors()
    same(
        {
            name: (one["incarnation"], one["ttl_ms"], one.get("draining", False))
            for name, one in seen.items()
        },
        {"e1": ("i1", 30000, False), "e2": ("i1", 30000, True)},
        "§5: joining, loss, departure and draining are events",
    )
    same(
        (seen["e1"]["joined_at"], seen["e1"]["running"]),
        (joined, 1),
        "§4 executors: joined_at, running",
    )
    within(
        seen["e1"]["expires_in_ms"],
        20000,
        30000,
        "§5: after a restart presence is kept for its whole ttl",
    )
    same(
        c.beat("e2", ttl_ms=30000, incarnation="i1").get("draining", False),
        True,
        "§4 drain: lasts until it leaves",
    )
    same(
        c.acquire("e2", wait_ms=60000),
        [],
        "§4 drain: acquire is answered empty at once, after a restart too",
    )
    same(c.converge()["failed"], 0, "§5: present before: keeps its presence")
    same(
        [one["kind"] for one in c.history(streams=["executor"])],
        ["joined", "joined", "draining"],
        "§5: a heartbeat after a restart is no joining",
    )


def presence_counts_its_whole_ttl_from_when_the_broker_serves_again(board):
    c = _begin(board)
    c.beat("e1", ttl_ms=2000)
    c.bring("g", "running", "e1")
    board.kill()
    time.sleep(3.0)
    spawned = time.monotonic()
    board.start()
    c.connect()
    state = c.get("g")["state"]
    if time.monotonic() - spawned < 1.9:
        same(state, "running", "§5: after a restart each keeps its presence for its whole ttl")
    watch = board.subscriber()
    if c.get("g")["state"] == "running":
        watch.wait_for(lambda one: one["kind"] == "completed")
        within(
            time.monotonic() - spawned,
            2.6,
            60,
            "§5: its whole ttl, counted from when the broker serves again, and a third of it",
        )
    same(c.get("g")["failure_reason"], "executor disappeared before completion", "§5: lost")


def replaced_incarnations_stay_away_after_a_kill(board):
    c = _begin(board)
    for at in range(9):
        c.beat("e1", incarnation=f"i{at}")
    c.beat("e2", incarnation="a")
    c.call("depart", executor_id="e2")
    c.beat("e2", incarnation="b")
    c.call("depart", executor_id="e2")
    _again(board, c)
    rule = (
        "§5: an incarnation after which another one joined never comes back (at least the last 8)"
    )
    for at in range(8):
        c.refused("not_owner", "heartbeat", rule, {"executor_id": "e1", "incarnation": f"i{at}"})
    c.refused(
        "not_owner",
        "heartbeat",
        f"{rule}, whether present or not",
        {"executor_id": "e2", "incarnation": "a"},
    )
    c.beat("e2", incarnation="b")


def queues_keep_their_order_over_a_kill(board):
    c = _begin(board)
    for guid, priority in (("a", 0), ("b", 5), ("d", 5), ("e", 0)):
        c.desire(guid, priority=priority)
    c.claim("a")
    c.reject("a", delay_ms=0)
    c.desire("late", not_before=time.time_ns() + 10**12)
    c.desire("due", not_before=time.time_ns() + 10**8)
    time.sleep(0.15)
    _again(board, c)
    same(
        [task["guid"] for task in c.acquire(max=9)],
        ["b", "d", "e", "a", "due"],
        "§4 acquire: by priority, then longest pending",
    )


def a_waiting_acquire_is_retried_after_a_kill(board):
    c = _begin(board)
    other = board.client()
    number = c.next_id()
    request = [[number, "acquire", {"executor_id": "e1", "wait_ms": 60000}]]
    c.send(request)
    c.call("hello")
    _again(board, c, other)
    c.send(request)
    c.call("hello")
    other.desire("g")
    same(
        [task["guid"] for task in c.reply(number).body["tasks"]],
        ["g"],
        "§2: an acquire that claimed nothing left no trace and is judged afresh",
    )


def ages_count_from_when_the_broker_serves_again(board):
    c = _begin(board)
    c.beat("e1")
    c.bring("p", "pending")
    c.bring("k", "claimed")
    c.bring("r", "running", run_timeout_ms=1500)
    c.bring("u", "resolving")
    time.sleep(1.6)
    board.kill()
    spawned = time.monotonic()
    board.start()
    c.connect()
    seen = c.converge(time_to_claim_ms=1500, convergence_interval_ms=1500)
    if time.monotonic() - spawned < 1.4:
        same(
            [seen[name] for name in ("kicked", "demoted", "failed")],
            [0, 0, 0],
            "§5: ages count from the later of the stamp and the start of serving",
        )
    elif any(seen[name] for name in ("kicked", "demoted", "failed")):
        return
    time.sleep(1.6)
    seen = c.converge(time_to_claim_ms=60000, convergence_interval_ms=1500)
    same(
        [seen[name] for name in ("kicked", "demoted", "failed")],
        [1, 2, 1],
        "§5: and are due when they have passed in this run",
    )


def a_row_of_kicks_goes_on_after_a_kill(board):
    c = _begin(
        board,
        **{
            "converge.every": "50ms",
            "converge.kick_interval": "300ms",
            "converge.kick_interval_max": "1h",
        },
    )
    watch = board.subscriber("pending.")
    c.desire("g")
    for _ in range(2):
        watch.wait_for(lambda one: one["kind"] == "kicked")
    board.kill()
    spawned = time.time_ns()
    board.start()
    fresh = board.subscriber("pending.")
    event = fresh.wait_for(lambda one: one["kind"] == "kicked")[-1]
    within(
        (event["at"] - spawned) // 10**6,
        1150,
        20000,
        "§5: kicks in a row: a restart does not end the row (300, 600, then 1200 ms)",
    )


def a_request_sent_while_the_broker_is_away_is_answered_when_it_is_back(board):
    c = _begin(board)
    c.desire("g")
    board.kill()
    c.connect()
    number = c.next_id()
    c.send([[number, "get", {"guid": "g"}]])
    board.start()
    same(c.reply(number).status, "ok", "§2: session is kept over reconnects")
