"""Section 2, durability under load: kill -9 in the middle, again and again, then every retry."""
import time

from expect import holds, same
from schema import whole

SYNC = {"journal.sync": "always"}


def _life(guid):
    """The four requests that lead a task from desire to complete."""
    owned = {"guid": guid, "executor_id": "e1"}
    return (
        ("desire", {"task": {"guid": guid, "payload": b"x" * 100}}),
        ("claim", owned),
        ("start", {**owned, "container_handle": "h"}),
        ("complete", {"guid": guid}),
    )


class _Worker:
    """One session that leads tasks through their lives, many messages in flight, never acking."""

    def __init__(self, board, name):
        self.c, self.name = board.client(), name
        self.sent, self.done, self.tasks = {}, {}, 0

    def push(self, count):
        """One message that leads so many new tasks through their lives."""
        requests = []
        for _ in range(count):
            for verb, args in _life(f"{self.name}-{self.tasks}"):
                requests.append([self.c.next_id(), verb, args])
            self.tasks += 1
        self.sent.update((request[0], request) for request in requests)
        self.c.send(requests)

    def read(self, seconds):
        """Takes in what arrives."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.c.pump(end - time.monotonic())
        for number in list(self.c.inbox):
            while self.c.inbox[number]:
                self._note(self.c.inbox[number].popleft())

    def _note(self, reply):
        seen = (reply.status, reply.body.get("seq"))
        same(
            seen,
            self.done.setdefault(reply.id, seen),
            "§2: a retry gets the first outcome, across kill -9",
        )

    def retry(self):
        """Everything that was ever sent, acknowledged or not, on a new connection."""
        self.c.connect()
        numbers = sorted(self.sent)
        for at in range(0, len(numbers), 400):
            self.c.send([self.sent[number] for number in numbers[at : at + 400]])
        for number in numbers:
            reply = self.c.reply(number)
            same(
                reply.status,
                "ok",
                "§2: a lost request is retried and accepted, an applied one answered",
            )
            self._note(reply)


def nothing_that_was_acknowledged_is_lost_by_a_kill_under_load(board):
    board.start(SYNC)
    workers = [_Worker(board, f"w{at}") for at in range(3)]
    published = {}
    for turn in range(3):
        watch = board.subscriber()
        for worker in workers * 4:
            worker.push(10)
        for worker in workers:
            worker.read(0.02 * (turn + 1))
        board.kill()
        for worker in workers:
            worker.read(0.05)
        while watch.receive(0.05) is not None:
            pass
        published.update((body["seq"], body) for _, _, body in watch.raw)
        watch.close()
        board.start()
        _kept(board, workers, published)
        for worker in workers:
            worker.retry()
    _all_done_once(board, workers)


def _kept(board, workers, published):
    kept = {one["seq"]: one for one in board.client().history()}
    same(sorted(kept), list(range(1, len(kept) + 1)), "§7: seq is dense, after a kill too")
    for seq, body in published.items():
        same(kept.get(seq), body, "§2: no event leaves before it is durable")
    for worker in workers:
        for number, (_, seq) in worker.done.items():
            holds(seq in kept, "§2: no reply leaves before its event is durable", (number, seq))


def _all_done_once(board, workers):
    reader = board.client()
    tasks = reader.listing(limit=1000, view="header")
    same(
        len(tasks),
        sum(worker.tasks for worker in workers),
        "§2: each request was applied, and once",
    )
    same({task["state"] for task in tasks}, {"completed"}, "§2: each request was applied, and once")
    outcomes = [seq for worker in workers for _, seq in worker.done.values()]
    same(
        sorted(outcomes),
        list(range(1, 4 * len(tasks) + 1)),
        "§7: one request, one event, one number",
    )


def _hold_many(c, guids, **fields):
    """The executor e1 claims them all."""
    c.desire_many(guids, **fields)
    held = 0
    while held < len(guids):
        page = c.call("acquire", executor_id="e1", max=1024).get("tasks") or []
        holds(page, "§4 acquire: up to max pending tasks")
        held += len([whole(task) for task in page])
        c.acked = c.id


def a_departure_that_was_cut_short_is_finished_after_the_restart(board):
    board.start(SYNC)
    c = board.client()
    for pause, lost, state in (
        (0.0, "fail", "completed"),
        (0.004, "requeue", "pending"),
        (0.02, "fail", "completed"),
    ):
        guids = [f"g{pause}-{at}".replace(".", "_") for at in range(1500)]
        c.beat("e1")
        _hold_many(c, guids, on_executor_lost=lost)
        number = c.next_id()
        c.send([[number, "depart", {"executor_id": "e1"}]])
        time.sleep(pause)
        board.kill()
        board.start()
        c.connect()
        same(
            c.ask("depart", {"executor_id": "e1"}, number).status,
            "ok",
            "§2: a retry of depart is answered, applied before or not",
        )
        states = {task["guid"]: task["state"] for task in c.listing(limit=1000, view="header")}
        same(
            {states[guid] for guid in guids},
            {state},
            "§5: a restart in between finishes the rest; the reply comes after the last",
        )
        same(c.executors(), {}, "§4 depart: leaves")
        c.acked = c.id
        if state == "pending":
            c.many([("cancel", {"guid": guid}) for guid in guids])


def the_rest_is_finished_without_anybody_asking(board):
    board.start(SYNC)
    c = board.client()
    c.beat("e1")
    _hold_many(c, [f"g{at}" for at in range(3000)])
    c.send([[c.next_id(), "depart", {"executor_id": "e1"}]])
    time.sleep(0.005)
    board.kill()
    board.start()
    c.connect()
    if not any(one["kind"] == "departed" for one in c.history(streams=["executor"])):
        return  # the kill came first
    end = time.monotonic() + 20
    while c.stats().get("claimed", 0) and time.monotonic() < end:
        time.sleep(0.05)
    same(
        c.stats().get("claimed", 0),
        0,
        "§5: when an executor departs its tasks end; a restart in between finishes the rest",
    )
    same(c.stats()["completed"], 3000, "§5: each of its tasks is completed, failed")


def a_daemon_that_is_killed_again_and_again_starts_again(board):
    for at in range(6):
        board.start(SYNC)
        same(board.client().desire(f"g{at}")["seq"], at + 1, "§7: dense, over restarts")
        board.kill()
    board.start()
    same(
        sorted(task["guid"] for task in board.client().listing()),
        [f"g{at}" for at in range(6)],
        "§2 Durability: acknowledged is durable",
    )


def a_kill_while_the_daemon_starts_does_no_harm(board):
    board.start(SYNC)
    c = board.client()
    c.desire_many([f"g{at}" for at in range(3000)])
    for pause in (0.0, 0.002, 0.01, 0.03):
        board.kill()
        board.launch()
        time.sleep(pause)
    board.kill()
    board.start()
    c.connect()
    same(len(c.listing(limit=1000, view="header")), 3000, "§2 Durability: acknowledged is durable")


def a_read_tells_nothing_that_a_crash_could_undo(board):
    board.start(SYNC)
    writer, reader = board.client(), board.client()
    numbers = [writer.next_id() for _ in range(600)]
    for at in range(0, 600, 20):
        writer.send(
            [
                [number, "desire", {"task": {"guid": f"g{number}"}}]
                for number in numbers[at : at + 20]
            ]
        )
    for number in numbers[::-10]:
        reader.send([[number, "get", {"guid": f"g{number}"}]])
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        reader.pump(0.02)
    board.kill()
    while reader.pump(0.05):
        pass
    told = [
        number for number, replies in reader.inbox.items() if replies and replies[0].status == "ok"
    ]
    board.start()
    reader.connect()
    for number in told:
        reader.inbox[number].clear()
        holds(
            not reader.gone(f"g{number}"),
            "§2 Durability: reads too: nobody is told what a crash could undo",
            number,
        )
