"""SIGTERM and SIGINT under load or before there is any: an end in order, and a start that says so."""
import os
import signal
import threading

import whole_history
from disk_tap import DiskTap
from expect import holds, same
from good_clients import resident
from raw_peer import frame, greeted, push
from steady_client import Crowd
from system_board import eventually


def stops_in_the_middle_of_work_lose_and_double_nothing(board):
    board.start()
    crowd = Crowd(board, ("w0", "w1", "w2"))
    for sign in (signal.SIGTERM, signal.SIGINT) * 3:
        crowd.wait_for_answers(800)
        same(board.end(sign), 0, "the daemon ends with 0 when it is asked to stop")
        holds(" info stopped\n" in board.words(), "it says that it stopped", board.words())
        board.start()
        board.says("recovered .*clean_stop=true")
    crowd.finish()
    reader = board.client()
    bodies = whole_history.read(reader)
    whole_history.is_told_by(bodies, crowd.made)
    whole_history.gives_the_tasks(bodies, reader)


def what_was_answered_before_a_stop_is_answered_alike_on_retry(board):
    board.start()
    c = board.client()
    c.call("hello")
    requests = {}
    for _ in range(40):
        part = [[c.next_id(), "desire", {"task": {"guid": f"g{c.id}"}}] for _ in range(100)]
        requests.update((request[0], request) for request in part)
        c.send(part)
    c.reply(min(requests))
    board.terminate()
    while c.pump(0.2):
        pass
    told = {number: c.inbox[number][0].body["seq"] for number in requests if c.inbox[number]}
    board.start()
    c.connect()
    c.inbox.clear()
    for at in range(0, len(requests), 1000):
        c.send(list(requests.values())[at : at + 1000])
    for number in requests:
        reply = c.reply(number)
        same(reply.status, "ok", "§2: a retry is accepted, or gets its first outcome")
        same(told.get(number, reply.body["seq"]), reply.body["seq"], "§2: the first outcome")
    bodies = whole_history.read(c)
    same(len(bodies), len(requests), "§2: each request was applied once")


def a_kill_is_not_taken_for_a_stop(board):
    board.start()
    board.client().desire("g")
    board.kill()
    board.start()
    board.says("recovered .*clean_stop=false")
    board.terminate()
    board.start()
    board.says("recovered .*clean_stop=true")


def a_stop_at_once_after_the_start_is_clean(board):
    board.start()
    for _ in range(3):
        board.terminate()
        board.launch()
        board.says("ready")
    board.terminate()
    board.start()
    board.says("recovered .*clean_stop=true")


def a_stop_does_not_wait_for_those_who_wait(board):
    board.start()
    c = board.client()
    c.send([[c.next_id(), "acquire", {"executor_id": "e1", "wait_ms": 60000}]])
    c.call("hello")
    same(c.stats()["waiting_acquires"], 1, "§4 acquire: waits")
    board.terminate()
    board.start()


def _files(board):
    return {path.name: path.read_bytes() for path in board.journal.iterdir()}


def a_stop_amid_the_recovery_ends_it_at_once_and_changes_nothing(board):
    """Syncs of a slow disk come before the reading: so the signal is there when that begins."""
    board.start({"metrics.endpoint": "127.0.0.1:0"})
    c = board.client()
    for at in range(30):
        c.desire_many([f"g{at}-{k}" for k in range(100)], payload=b"p" * 1000)
    board.kill()
    before = _files(board)
    tap = DiskTap(board, sync_ms=1000)
    for sign in (signal.SIGTERM, signal.SIGINT):
        board.launch()
        board.says("metrics endpoint=")
        same(board.end(sign), 0, "the daemon ends with 0 when it is asked to stop")
        holds(" info stopped_recovering\n" in board.words(), "it says so", board.words())
        holds("ready" not in board.words(), "and serves nobody", board.words())
        same(_files(board), before, "nothing was changed")
    tap.remove()
    board.start()
    same(len(board.client().listing(view="header", limit=1000)), 3000, "nothing is lost")


def a_hangup_before_it_serves_is_a_reload_once_it_does(board):
    """A pipe for a configuration: whoever reads it is in main(), and waits."""
    path, text = board.home / "taskbbsd.conf", "[limits]\ntasks = 5\n"
    os.mkfifo(path)
    board.options = {"config": path}
    board.launch()
    pipe = eventually(lambda: _writer_of(path), "somebody reads the configuration")
    board.process.send_signal(signal.SIGHUP)
    regular = board.home / "regular.conf"
    regular.write_text(text.replace("5", "6"))
    regular.rename(path)  # for the reload
    os.write(pipe, text.encode())
    os.close(pipe)
    board.says("ready")
    board.says("reload_changed option=limits.tasks from=5 to=6")
    board.client().call("hello")


def _writer_of(path):
    try:
        return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


def subscribers_that_take_long_to_let_go_of_do_not_hold_up_a_stop(board):
    """For each that is there libzmq looks at all subscriptions: a minute here."""
    board.start()
    wires = [greeted(board.events, b"SUB") for _ in range(415)]
    for wire in wires[400:]:
        push(wire, b"".join(frame(b"\x01" + os.urandom(180)) for _ in range(1300)), threading.Event())
    eventually(lambda: board.client().stats()["connections"] >= 415, "they are there")
    eventually(lambda: resident(board) > 100 << 20, "the subscriptions are taken in")
    board.client().desire_many(["a"])
    same(board.end(signal.SIGTERM), 0, "the daemon ends when it is asked to")
    board.start()
    board.says("recovered .*clean_stop=true")
    same(board.client().stats()["tasks"], 1, "what was answered is there")
    for wire in wires:
        wire.close()
