"""Section 4, acquire: what it hands out, in which order, and what it passes by.

How an acquire waits is in waiting.py.
"""
import time

from expect import holds, same, within
from schema import whole

ORDER = "§4 acquire: by priority, then longest pending"


def _guids(tasks):
    return [task["guid"] for task in tasks]


def an_acquire_claims_and_hands_over_whole_tasks(board):
    c = board.client()
    c.desire("g", payload=b"run me", annotation="note", memory_mb=5)
    reply = c.call("acquire", executor_id="e1")
    same(len(reply["tasks"]), 1, "§4 acquire: max, default 1")
    task = whole(reply["tasks"][0])
    same(task, c.get("g"), "§4 acquire: tasks (whole)")
    same(
        (task["state"], task["executor_id"], task["epoch"], task["payload"]),
        ("claimed", "e1", task["seq"], b"run me"),
        "§4 acquire: claims",
    )
    same(reply["seq"], task["seq"], "§4: seq, its event's number")


def an_acquire_of_several_says_the_last_seq(board):
    c = board.client()
    c.desire_many([f"g{at}" for at in range(5)])
    reply = c.call("acquire", executor_id="e1", max=10)
    same(
        [task["epoch"] for task in reply["tasks"]],
        list(range(reply["seq"] - 4, reply["seq"] + 1)),
        "§4: seq of several: the last; each accepted transition is exactly one event",
    )


def an_acquire_takes_one_by_default_and_max_at_most(board):
    c = board.client()
    c.desire_many([f"g{at}" for at in range(10)])
    same(_guids(c.acquire()), ["g0"], "§4 acquire: max, default 1")
    same(_guids(c.acquire(max=3)), ["g1", "g2", "g3"], "§4 acquire: up to max")
    same(len(c.acquire(max=1024)), 6, "§4 acquire: up to max")
    same(c.acquire(max=1024), [], "§4 acquire: nothing pending: ok and empty")


def an_acquire_hands_out_higher_priority_first_then_longest_pending(board):
    c = board.client()
    for guid, priority in (
        ("a", 0),
        ("b", 5),
        ("low", -(2**31)),
        ("d", 5),
        ("e", 0),
        ("f", -1),
        ("top", 2**31 - 1),
    ):
        c.desire(guid, priority=priority)
    same(_guids(c.acquire(max=100)), ["top", "b", "d", "a", "e", "f", "low"], ORDER)


def priorities_go_across_stacks_and_domains(board):
    c = board.client()
    for at, priority in enumerate((3, 9, 1, 7, 5, 9)):
        c.desire(f"g{at}", stack=f"s{at % 3}", domain=f"d{at % 2}", priority=priority)
    same(_guids(c.acquire(max=4)), ["g1", "g5", "g3", "g4"], ORDER)
    same(_guids(c.acquire(max=4)), ["g0", "g2"], ORDER)


def a_rejected_task_queues_behind_those_that_pend_longer(board):
    c = board.client()
    c.desire_many(["a", "b", "d"])
    c.claim("a")
    c.reject("a", delay_ms=0)
    same(_guids(c.acquire(max=3)), ["b", "d", "a"], f"{ORDER}; reject sets pending_since")


def a_demoted_task_keeps_its_place(board):
    c = board.client()
    c.beat("e1")
    c.desire_many(["a", "b", "d"])
    c.claim("a")
    same(c.converge(aged=True)["demoted"], 1, "§5: claimed: demoted at >= claim_timeout")
    same(_guids(c.acquire(max=3)), ["a", "b", "d"], f"{ORDER}; demotions do not set pending_since")


def stacks_and_domains_match_exactly(board):
    c = board.client()
    for guid, stack, domain in (
        ("a", "linux", "d1"),
        ("b", "linux64", "d1"),
        ("d", "", "d2"),
        ("e", "Linux", "d2"),
        ("f", "win", "d3"),
    ):
        c.desire(guid, stack=stack, domain=domain)
    rule = "§4 acquire: stacks and domains match exactly"
    same(_guids(c.acquire(max=9, stacks=["lin", "nothing"])), [], rule)
    same(_guids(c.acquire(max=9, stacks=["linux"], domains=["d2"])), [], f"{rule}, both")
    same(_guids(c.acquire(max=9, stacks=["linux"])), ["a"], rule)
    same(_guids(c.acquire(max=9, stacks=[""])), ["d"], '§4 acquire: "" may be listed')
    same(_guids(c.acquire(max=9, domains=["d3", "d2"], stacks=["win", "Linux"])), ["e", "f"], rule)
    same(_guids(c.acquire(max=9, domains=[], stacks=[])), ["b"], "§4 acquire: empty = any")


def a_name_listed_twice_hands_out_nothing_twice(board):
    c = board.client()
    for at in range(4):
        c.desire(f"g{at}", stack="s")
    same(
        _guids(c.acquire(max=9, stacks=["s", "s", "s"], domains=["default", "default"])),
        ["g0", "g1", "g2", "g3"],
        ORDER,
    )


def tasks_together_fit_what_is_free(board):
    c = board.client()
    free = {"memory_mb": 100, "disk_mb": 100, "cpu_percent": 100}
    for guid, needs in (
        ("a", {"memory_mb": 60}),
        ("b", {"memory_mb": 60}),
        ("d", {"memory_mb": 40, "disk_mb": 100}),
        ("e", {}),
    ):
        c.desire(guid, **needs)
    got = c.acquire(max=9, free=free)
    within(sum(task["memory_mb"] for task in got), 60, 100, "§4 acquire: together fit `free`")
    same(
        _guids(got),
        ["a", "d", "e"],
        "§4 acquire: tasks that match and together fit `free`; 0 = not stated",
    )
    same(
        _guids(c.acquire(max=9, free={**free, "memory_mb": 59})),
        [],
        "§4 acquire: fits exactly or not",
    )
    same(
        _guids(c.acquire(max=9, free={**free, "memory_mb": 60})), ["b"], "§4 acquire: fits exactly"
    )


def each_resource_is_counted_by_itself(board):
    c = board.client()
    for guid, needs in (
        ("m", {"memory_mb": 11}),
        ("d", {"disk_mb": 11}),
        ("p", {"cpu_percent": 11}),
        ("ok", {"memory_mb": 10, "disk_mb": 10, "cpu_percent": 10}),
    ):
        c.desire(guid, **needs)
    same(
        _guids(c.acquire(max=9, free={"memory_mb": 10, "disk_mb": 10, "cpu_percent": 10})),
        ["ok"],
        "§4 acquire: together fit `free`",
    )
    same(_guids(c.acquire(max=9)), ["m", "d", "p"], "§4 acquire: free absent = any")


def huge_needs_do_not_overflow(board):
    c = board.client()
    for at in range(3):
        c.desire(f"g{at}", memory_mb=2**63 - 1)
    free = {"memory_mb": 2**63 - 1, "disk_mb": 1, "cpu_percent": 1}
    same(len(c.acquire(max=3, free=free)), 1, "§4 acquire: together fit `free` (sums do not wrap)")


def an_acquire_looks_past_what_does_not_fit(board):
    c = board.client()
    for at in range(20):
        c.desire(f"big{at}", memory_mb=500)
    c.desire("small", memory_mb=5)
    same(
        _guids(c.acquire(max=5, free={"memory_mb": 10, "disk_mb": 10, "cpu_percent": 10})),
        ["small"],
        "§4 acquire: tasks that match and fit; it looks past up to 64 that do not",
    )


def an_acquire_with_many_that_do_not_fit_ends_soon(board):
    c = board.client()
    c.desire_many([f"g{at}" for at in range(3000)], memory_mb=500)
    began = time.monotonic()
    for _ in range(200):
        same(
            c.acquire(max=1024, free={"memory_mb": 10, "disk_mb": 1, "cpu_percent": 1}),
            [],
            "§4 acquire: fit `free`",
        )
    holds(
        time.monotonic() - began < 10,
        "§4 acquire: it looks past at most 64 tasks of a queue that do not fit",
    )


def an_acquire_passes_by_what_is_not_due(board):
    c = board.client()
    c.desire("later", priority=9, not_before=time.time_ns() + 10**12)
    c.desire("now")
    same(_guids(c.acquire(max=5)), ["now"], "§3: until not_before acquire passes it by")


def a_task_that_has_become_due_pends_since_then(board):
    c = board.client()
    due = time.time_ns() + 300_000_000
    c.desire("first", not_before=due)
    c.desire("second")
    time.sleep(0.4)
    same(
        _guids(c.acquire(max=5)),
        ["second", "first"],
        f"{ORDER}; pending_since is never before not_before",
    )


def an_acquire_of_a_thousand_hands_out_each_once(board):
    c = board.client()
    c.desire_many([f"g{at}" for at in range(1500)])
    seen = []
    while len(seen) < 1500:
        got = _guids(c.acquire(executor=f"e{len(seen)}", max=1024))
        holds(got, "§4 acquire: up to max pending tasks")
        seen += got
    same(seen, [f"g{at}" for at in range(1500)], ORDER)


def an_acquire_ends_its_page_early_at_reply_bytes(board):
    board.start({"limits.reply_bytes": "64KiB"})
    c = board.client()
    c.desire_many([f"g{at}" for at in range(30)], payload=b"x" * 10000)
    c.desire("huge", payload=b"x" * 200000, priority=5)
    rule = "§4: acquire ends a page early at limits.reply_bytes, with at least one item"
    same(_guids(c.acquire(max=100)), ["huge"], rule)
    seen = []
    while len(seen) < 30:
        got = c.acquire(max=100)
        within(len(got), 1, 8, rule)
        seen += _guids(got)
    same(seen, [f"g{at}" for at in range(30)], ORDER)


def two_executors_never_get_the_same_task(board):
    clients = [board.client() for _ in range(4)]
    clients[0].desire_many([f"g{at}" for at in range(400)])
    sent = [
        (
            c,
            [
                [number, "acquire", {"executor_id": f"e{at}", "max": 3}]
                for number in range(10000, 10050)
            ],
        )
        for at, c in enumerate(clients)
    ]
    for c, requests in sent:
        c.send(requests)
    seen = [
        task["guid"]
        for c, requests in sent
        for request in requests
        for task in c.reply(request[0]).body.get("tasks") or []
    ]
    same(len(seen), 400, "§4 acquire: all are handed out")
    same(len(set(seen)), 400, "§3: one owner at a time")


def a_draining_executor_is_answered_empty_at_once(board):
    c = board.client()
    c.beat("e1")
    c.desire("g")
    c.call("drain", executor_id="e1")
    began = time.monotonic()
    same(c.acquire("e1", wait_ms=60000), [], "§4 drain: acquire is answered empty at once")
    holds(time.monotonic() - began < 5, "§4 drain: acquire is answered empty at once")
    c.call("drain", executor_id="e1", on=False)
    same(_guids(c.acquire("e1")), ["g"], "§4 drain: on=false ends it")


def an_executor_that_is_not_present_may_acquire(board):
    c = board.client()
    c.desire("g")
    same(_guids(c.acquire("nobody")), ["g"], "§5: claiming does not need presence")
