"""The service manager is told what happens, through a socket of the test's own (sd_notify)."""
import re
import signal
import socket
import time

from disk_tap import DiskTap
from expect import holds, same

PATIENCE = 30


class _Manager:
    """Hears what the daemon says to its service manager."""

    def __init__(self, board, watchdog_usec=None):
        path = board.home / "notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        board.environment["NOTIFY_SOCKET"] = str(path)
        if watchdog_usec is not None:
            board.environment["WATCHDOG_USEC"] = str(watchdog_usec)

    def hears(self, wanted):
        """Waits for a message with this line; all messages up to it."""
        heard, end = [], time.monotonic() + PATIENCE
        while True:
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            try:
                heard.append(self.socket.recv(4096).decode())
            except TimeoutError:
                holds(False, f"the service manager hears {wanted}", heard)
            if wanted in heard[-1].splitlines():
                return heard

    def pending(self):
        """What was said and not heard yet."""
        self.socket.settimeout(0.2)
        heard = []
        try:
            while True:
                heard.append(self.socket.recv(4096).decode())
        except TimeoutError:
            return heard


def ready_is_said_once_clients_are_served_and_stopping_at_the_end(board):
    manager = _Manager(board)
    board.start()
    said = manager.hears("READY=1")
    same(len(said), 1, "nothing is said before READY=1")
    board.client().call("hello")
    same(manager.pending(), [], "no beats without a watchdog")
    board.terminate()
    manager.hears("STOPPING=1")


def a_recovery_that_takes_long_says_how_far_it_is_and_asks_for_more_time(board):
    """Two syncs of a slow disk come before the reading: so that begins ten seconds late."""
    board.start({"journal.segment_bytes": "8MiB"})
    c = board.client()
    for at in range(30):
        c.desire_many([f"g{at}-{k}" for k in range(100)], payload=b"p" * 1000)
    board.terminate()
    tap = DiskTap(board, sync_ms=5100)
    manager = _Manager(board)
    board.launch()
    said = manager.hears("EXTEND_TIMEOUT_USEC=120000000")[-1]
    holds(re.search(r"STATUS=recovering: \d+ % of the journal, \d+ events", said), "and a status", said)
    board.says(r"recovering percent=\d+ events=\d+ ms=\d+")
    manager.hears("READY=1")
    board.kill()
    tap.remove()
    board.start()
    same(len(board.client().listing(view="header", limit=1000)), 3000, "nothing is lost")


def a_start_that_fails_is_never_ready(board):
    manager = _Manager(board)
    board.start()
    manager.hears("READY=1")
    board.refuses_to_start(1)
    same(manager.pending(), [], "one that can't start says nothing")


def the_watchdog_is_fed_while_idle_and_under_load(board):
    manager = _Manager(board, watchdog_usec=300_000)
    board.start()
    manager.hears("READY=1")
    for _ in range(3):
        manager.hears("WATCHDOG=1")
    c = board.client()
    for at in range(20):
        c.desire_many([f"g{at}-{k}" for k in range(100)])
        manager.hears("WATCHDOG=1")


def a_broker_that_does_not_move_is_not_said_to_be_alive(board):
    manager = _Manager(board, watchdog_usec=300_000)
    board.start()
    manager.hears("WATCHDOG=1")
    board.process.send_signal(signal.SIGSTOP)
    manager.pending()
    same(manager.pending(), [], "a stopped broker does not beat")
    board.process.send_signal(signal.SIGCONT)
    manager.hears("WATCHDOG=1")
    board.client().call("hello")


def a_watchdog_meant_for_another_process_is_left_alone(board):
    board.environment["WATCHDOG_PID"] = "1"
    manager = _Manager(board, watchdog_usec=300_000)
    board.start()
    manager.hears("READY=1")
    time.sleep(0.3)
    same(manager.pending(), [], "no beats for another process")


def a_manager_that_is_gone_harms_nobody(board):
    manager = _Manager(board, watchdog_usec=100_000)
    board.start()
    manager.hears("READY=1")
    manager.socket.close()
    board.client().desire("g")
    holds(re.search("ready", board.words()), "it serves", board.words())
    board.terminate()
