"""Two hundred clients that want the same tasks: each task gets one owner."""
import collections

import whole_history
from expect import holds, same

CLIENTS = 200
TASKS = 40


def _crowd(board):
    """Clients that are connected, so that nobody has a head start."""
    clients = [board.client() for _ in range(CLIENTS)]
    numbers = [c.next_id() for c in clients]
    for c, number in zip(clients, numbers):
        c.send([[number, "hello", {}]])
    for c, number in zip(clients, numbers):
        c.reply(number, 60)
    return clients


def _desired(board):
    guids = [f"g{at}" for at in range(TASKS)]
    board.client().desire_many(guids)
    return guids


def _has_one_owner_each(board, owners):
    """`owners`: guid -> the executors that were told that it is theirs, with the epoch."""
    reader = board.client()
    for guid, told in owners.items():
        same(len(told), 1, f"§3: {guid} has exactly one owner")
        task = reader.get(guid)
        same(told, [(task["executor_id"], task["epoch"])], "§3: and it is the one that was told")
    same(len(owners), TASKS, "§4: every task is taken")
    kinds = collections.Counter(body["kind"] for body in whole_history.read(reader))
    same(kinds, {"desired": TASKS, "claimed": TASKS}, "§3: every transition is exactly one event")


def two_hundred_who_claim_the_same_tasks_get_one_owner_each(board):
    board.start()
    clients, guids, sent = _crowd(board), _desired(board), {}
    for at, c in enumerate(clients):
        turned = guids[at % TASKS :] + guids[: at % TASKS]
        requests = [
            [c.next_id(), "claim", {"guid": guid, "executor_id": f"e{at}"}] for guid in turned
        ]
        sent[at] = dict(zip([request[0] for request in requests], turned))
        c.send(requests)
    owners, refusals = collections.defaultdict(list), 0
    for at, c in enumerate(clients):
        for number, guid in sent[at].items():
            reply = c.reply(number, 60)
            if reply.status == "ok":
                owners[guid].append((f"e{at}", reply.body["epoch"]))
            else:
                same(reply.status, "wrong_state", "§4 claim: pending, else wrong_state")
                refusals += 1
    same(refusals, (CLIENTS - 1) * TASKS, "§4 claim: all but one are refused")
    _has_one_owner_each(board, owners)


def two_hundred_who_acquire_share_the_tasks(board):
    board.start()
    clients, _ = _crowd(board), _desired(board)
    numbers = [c.next_id() for c in clients]
    for at, (c, number) in enumerate(zip(clients, numbers)):
        c.send([[number, "acquire", {"executor_id": f"e{at}", "max": 3}]])
    owners = collections.defaultdict(list)
    for at, (c, number) in enumerate(zip(clients, numbers)):
        tasks = c.reply(number, 60).body.get("tasks") or []
        holds(len(tasks) <= 3, "§4 acquire: up to max", len(tasks))
        for task in tasks:
            owners[task["guid"]].append((f"e{at}", task["epoch"]))
    _has_one_owner_each(board, owners)


def those_who_wait_and_those_who_claim_share_them_too(board):
    board.start()
    clients = _crowd(board)
    waits = {}
    for at, c in enumerate(clients[: CLIENTS // 2]):
        waits[at] = c.next_id()
        c.send([[waits[at], "acquire", {"executor_id": f"e{at}", "wait_ms": 60000}]])
    guids, claims = [f"g{at}" for at in range(TASKS)], []
    requester = board.client()
    requester.send(
        [[requester.next_id(), "desire", {"task": {"guid": guid}}] for guid in guids]
    )
    for at, c in enumerate(clients[CLIENTS // 2 :], CLIENTS // 2):
        guid, number = guids[at % TASKS], c.next_id()
        c.send([[number, "claim", {"guid": guid, "executor_id": f"e{at}"}]])
        claims.append((c, at, number, guid))
    owners = collections.defaultdict(list)
    for c, at, number, guid in claims:
        reply = c.reply(number, 60)
        if reply.status == "ok":
            owners[guid].append((f"e{at}", reply.body["epoch"]))
    _collect_waits(board, clients, waits, owners)
    _has_one_owner_each(board, owners)


def _collect_waits(board, clients, waits, owners):
    """All tasks are taken by now: who still waits gets nothing more, and is acked away."""
    left = board.client().stats()["waiting_acquires"]
    for at, number in waits.items():
        clients[at].acked = number
        clients[at].call("hello")
        tasks = clients[at].reply(number, 60).body.get("tasks") or []
        left -= not tasks
        for task in tasks:
            owners[task["guid"]].append((f"e{at}", task["epoch"]))
    same(left, 0, "§4 acquire: answered with its task, or waits on")
