"""Section 4, list and executors: filters, views, pages that stay true while the board changes."""
from expect import holds, same, within
from schema import STATES, header, whole


def _guids(tasks):
    return sorted(task["guid"] for task in tasks)


def _fill(c):
    """Seven tasks of each state, in two domains, by two executors."""
    for state in STATES:
        for at in range(7):
            c.bring(f"{state}{at}", state, f"e{at % 2}", domain=f"d{at % 3}")


def list_filters_by_state_domain_and_executor(board):
    c = board.client()
    _fill(c)
    everything = c.listing()
    same(len(everything), 35, "§4 list: absent: any")
    for state in (None, *STATES):
        for domain in (None, "d0", "d2", "nobody"):
            for executor in (None, "e0", "e1", "nobody"):
                wanted = [
                    task
                    for task in everything
                    if state in (None, task["state"])
                    and domain in (None, task["domain"])
                    and executor in (None, task["executor_id"])
                ]
                got = c.listing(state=state, domain=domain, executor_id=executor, limit=1000)
                same(
                    _guids(got),
                    _guids(wanted),
                    f"§4 list: state {state}, domain {domain}, executor_id {executor}",
                )


def list_pages_hold_each_task_once_whatever_the_limit(board):
    c = board.client()
    _fill(c)
    wanted = _guids(c.listing(limit=1000))
    for limit in (1, 2, 3, 34, 35, 36, 1000):
        for view in ("header", "full"):
            same(
                _guids(c.listing(limit=limit, view=view)),
                wanted,
                f"§4 list: each exactly once (limit {limit})",
            )
    for limit in (1, 3, 100):
        same(
            _guids(c.listing(state="running", limit=limit)),
            [f"running{at}" for at in range(7)],
            "§4 list: state",
        )


def list_shows_100_headers_by_default(board):
    c = board.client()
    c.desire_many([f"g{at}" for at in range(150)], payload=b"1234")
    body = c.call("list")
    within(len(body["tasks"]), 1, 100, "§4 list: limit, default 100")
    holds(isinstance(body.get("cursor"), str), "§4 list: a cursor, nil at the end")
    for task in body["tasks"]:
        same(header(task)["payload_size"], 4, "§4 list: view, default header")


def a_header_has_sizes_instead_of_bulk_and_a_full_task_everything(board):
    c = board.client()
    c.desire("g", payload=b"12345", annotation="é")
    c.claim("g")
    c.start("g")
    c.complete("g", result=b"123")
    seen = header(c.call("list")["tasks"][0])
    same(
        (seen["payload_size"], seen["annotation_size"], seen["result_size"]),
        (5, 2, 3),
        "§3: header: payload_size, result_size, annotation_size",
    )
    full = whole(c.call("list", view="full")["tasks"][0])
    same(full, c.get("g"), "§4 list: view full: the whole task")
    for name in seen:
        if not name.endswith("_size"):
            same(seen[name], full[name], f"§3: header: every field but the bulk (`{name}`)")


def list_of_nothing_is_empty_and_ends(board):
    c = board.client()
    body = c.call("list")
    same(
        (body.get("tasks") or [], body.get("cursor")), ([], None), "§4 list: cursor nil at the end"
    )


def list_says_the_seq_as_of_which_it_is_true(board):
    c = board.client()
    seq = c.desire("g")["seq"]
    same(c.call("list").get("seq"), seq, "§4 list: seq (as of which the page is true)")
    same(c.call("get", guid="g").get("seq"), seq, "§4 get: seq")


def untouched_tasks_appear_exactly_once_while_the_board_changes(board):
    c, other = board.client(), board.client()
    quiet = [f"quiet{at}" for at in range(120)]
    c.desire_many(
        [guid for pair in zip(quiet, (f"busy{at}" for at in range(120))) for guid in pair]
    )
    for limit in (5, 17):
        for filters in (
            {},
            {"state": "pending"},
            {"domain": "default"},
            {"state": "pending", "domain": "default"},
        ):
            _page_under_change(c, other, quiet, limit, filters)


def _page_under_change(c, other, quiet, limit, filters):
    seen, cursor, turn = [], None, 0
    while True:
        body = c.call(
            "list", limit=limit, **filters, **({} if cursor is None else {"cursor": cursor})
        )
        seen += [task["guid"] for task in body.get("tasks") or []]
        cursor = body.get("cursor")
        if cursor is None:
            break
        turn += 1
        changes = []
        for at in range(turn % 7, 120, 11) if turn < 30 else ():
            changes += [
                (verb, {"guid": f"busy{at}", **({"executor_id": "e"} if verb == "claim" else {})})
                for verb in ("claim", "cancel", "resolving", "resolve")
            ]
            changes.append(("desire", {"task": {"guid": f"busy{at}"}}))
            changes.append(("desire", {"task": {"guid": f"new{limit}{len(filters)}{turn}-{at}"}}))
        other.many(changes)
        holds(turn < 5000, "§4 list: paging ends", turn)
    same(
        sorted(guid for guid in seen if guid.startswith("quiet")),
        sorted(quiet),
        f"§4 list: a task that is not touched while paging appears exactly once ({filters})",
    )


def list_pages_end_early_at_reply_bytes_with_at_least_one_item(board):
    board.start({"limits.reply_bytes": "64KiB"})
    c = board.client()
    c.desire_many([f"g{at}" for at in range(40)], payload=b"x" * 10000)
    c.desire("huge", payload=b"x" * 300000)
    pages = c.pages("list", "tasks", limit=1000, view="full")
    same(sum(map(len, pages)), 41, "§4 list: each exactly once")
    for page in pages:
        holds(
            len(page) == 1 or sum(len(task["payload"]) for task in page[:-1]) <= 64 * 1024,
            "§4: list ends a page early at limits.reply_bytes",
            [len(task["payload"]) for task in page],
        )
    c.sizes.clear()
    same(len(c.listing(view="header", limit=1000)), 41, "§4 list: headers")
    within(
        max(c.sizes),
        1,
        66 * 1024,
        "§4: list ends a page early at limits.reply_bytes (sum of the packed items)",
    )


def executors_are_paged_each_once(board):
    c = board.client()
    names = [f"e{at:03}" for at in range(250)]
    c.many([("heartbeat", {"executor_id": name, "ttl_ms": 600000}) for name in names])
    for limit in (None, 7, 249, 250, 1000):
        same(sorted(c.executors(limit=limit)), names, f"§4 executors: paged (limit {limit})")
    body = c.call("executors")
    within(len(body["executors"]), 1, 100, "§4 executors: limit, default 100")
    same(body.get("seq"), 250, "§4 executors: seq")


def executors_stay_true_while_some_come_and_go(board):
    c, other = board.client(), board.client()
    quiet = [f"quiet{at}" for at in range(60)]
    c.many(
        [
            ("heartbeat", {"executor_id": name, "ttl_ms": 600000})
            for pair in zip(quiet, (f"busy{at}" for at in range(60)))
            for name in pair
        ]
    )
    seen, cursor, turn = [], None, 0
    while True:
        body = c.call("executors", limit=7, **({} if cursor is None else {"cursor": cursor}))
        seen += [one["executor_id"] for one in body.get("executors") or []]
        cursor = body.get("cursor")
        if cursor is None:
            break
        other.many(
            [
                ("depart", {"executor_id": f"busy{turn}"}),
                ("heartbeat", {"executor_id": f"new{turn}", "ttl_ms": 600000}),
            ]
        )
        turn += 1
    same(
        sorted(name for name in seen if name.startswith("quiet")),
        sorted(quiet),
        "§4 executors: who is present all along appears exactly once",
    )


def executors_end_a_page_early_at_reply_bytes(board):
    board.start({"limits.reply_bytes": "16KiB"})
    c = board.client()
    stacks = [f"stack-{at:03}" for at in range(50)]
    c.many(
        [
            ("heartbeat", {"executor_id": f"e{at:03}", "ttl_ms": 600000, "stacks": stacks})
            for at in range(100)
        ]
    )
    c.sizes.clear()
    same(len(c.executors(limit=1000)), 100, "§4: executors ends a page early at limits.reply_bytes")
    within(max(c.sizes), 1, 20 * 1024, "§4: executors ends a page early at limits.reply_bytes")
