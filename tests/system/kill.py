"""kill -9 under load, again and again, while clients retry until they know."""
import threading

import whole_history
from expect import holds, same
from steady_client import Crowd

KILLS = 8
ANSWERS = 2000  # between two kills
NAMES = ("w0", "w1", "w2", "w3")


class _Listener(threading.Thread):
    """Collects what is published, over the broker's restarts: seq -> body."""

    def __init__(self, board):
        super().__init__(daemon=True)
        self.watch = board.subscriber()
        board.guests.remove(self.watch)  # this thread's alone from now on
        self.enough = threading.Event()
        self.failure = None

    def run(self):
        try:
            while not self.enough.is_set():
                self.watch.receive(0.1)
        except Exception as error:
            self.failure = error
        finally:
            self.watch.close()

    def bodies(self):
        self.enough.set()
        self.join()
        if self.failure is not None:
            raise self.failure
        return {body["seq"]: body for _, _, body in self.watch.raw}


def every_acknowledged_transition_is_there_exactly_once(board):
    board.start()
    crowd, listener = Crowd(board, NAMES), _Listener(board)
    listener.start()
    for _ in range(KILLS):
        crowd.wait_for_answers(ANSWERS)
        board.kill()
        board.start()
    crowd.wait_for_answers(ANSWERS)
    crowd.finish()

    reader = board.client()
    bodies = whole_history.read(reader)
    whole_history.is_told_by(bodies, crowd.made)
    whole_history.gives_the_tasks(bodies, reader)
    published = listener.bodies()
    holds(len(published) > 0, "§7: events are published")
    for seq, body in published.items():
        same(body, bodies[seq - 1], "§2: no event leaves before it is durable")
    holds(sum(one.repeated for one in crowd.members) > 0, "retries of answered requests were sent")

    board.kill()
    board.start()
    again = board.client()
    holds(whole_history.read(again) == bodies, "§2: a restart changes no event")
    whole_history.gives_the_tasks(bodies, again)


def a_kill_while_the_broker_recovers_does_no_harm(board):
    board.start()
    crowd = Crowd(board, NAMES[:2])
    for at in range(12):
        crowd.wait_for_answers(300)
        board.kill()
        if at % 3:  # killed again at once, in the middle of its start
            board.launch()
            board.kill()
        board.start()
    crowd.finish()
    reader = board.client()
    bodies = whole_history.read(reader)
    whole_history.is_told_by(bodies, crowd.made)
    whole_history.gives_the_tasks(bodies, reader)
