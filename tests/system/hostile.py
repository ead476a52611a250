"""Hostile peers, each for some seconds, while good clients are served (docs/security.md, SECURITY.md).

The broker lives; each good request is answered ok within its deadline; memory stays below what the
limits allow (docs/operations.md, "Memory"). How fast it was is the soak's to print: ./run soak day.
"""
import socket

import attacks
from client import Silent
from expect import holds, same
from good_clients import BOUNDS, DEADLINE, GoodReader, GoodWaiter, Newcomer, NewSubscriber, withstands
from raw_peer import greeted
from system_board import eventually


def endless_multipart(board):
    withstands(board, attacks.endless_multipart)


def endless_multipart_in_a_crowd(board):
    withstands(board, attacks.endless_multipart_in_a_crowd, attackers=1,
               options={"limits.connections": 10_000})


def nested_and_huge_bodies(board):
    withstands(board, attacks.nested_and_huge_bodies)


def connections_that_bring_and_go(board):
    """What those who are gone have left is bounded as well."""
    withstands(board, attacks.connections_that_bring_and_go, others=(Newcomer,))
    board.says("warn connections_held_off refused=")


def connections_that_bring_and_go_over_ipc(board):
    _over_ipc(board)
    withstands(board, attacks.connections_that_bring_and_go)
    board.says("warn connections_held_off refused=")


def connections_that_bring_and_go_in_a_crowd(board):
    """Newcomers find a way in all the same."""
    withstands(board, attacks.bringing_beside_a_crowd, attackers=1, others=(Newcomer,))


def lists_of_who_is_gone(board):
    withstands(board, attacks.lists_of_who_is_gone)


def acquires_of_very_many_names(board):
    withstands(board, attacks.acquires_of_very_many_names, attackers=1)


def subscribers_beside_many_subscriptions(board):
    withstands(board, attacks.subscribers_beside_many_subscriptions)
    board.says("subscriber_dropped")


def subscribers_that_come_and_go(board):
    """A good one that comes meanwhile hears ticks."""
    withstands(board, attacks.subscribers_that_come_and_go, others=(NewSubscriber,))


def who_went_and_was_heard_holds_nobody_off(board):
    board.start()
    for _ in range(5):
        attacks.much_that_is_heard(board)
        same(board.client().ask("hello", {}, timeout=DEADLINE).status, "ok", "a newcomer's hello")
    holds("connections_held_off" not in board.words(), "nobody is held off", board.log())


def lengths_that_lie(board):
    withstands(board, attacks.lengths_that_lie)


def session_floods(board):
    late = withstands(board, attacks.session_floods)
    holds(late.stats()["sessions"] <= 5000, "limits.sessions holds", late.stats())


def id_floods(board):
    late = withstands(board, attacks.id_floods)
    holds(late.stats()["outcomes"] <= 20_000, "limits.outcomes holds", late.stats())


def never_reading_replies(board):
    withstands(board, attacks.never_reading_replies)


def slow_reading_of_big_lists(board):
    withstands(board, attacks.slow_reading_of_big_lists)


def half_open_and_mute_connections(board):
    late = withstands(board, attacks.half_open_and_mute_connections, attackers=1,
                      options={"limits.connections": 10_000})
    eventually(lambda: late.stats()["connections"] < 20, "who never said a word is hung up on")


def more_connections_than_are_let_in(board):
    """Who is in stays in; who comes gets in once there is room."""
    withstands(board, attacks.half_open_and_mute_connections, attackers=1)


def connections_that_come_and_go(board):
    late = withstands(board, attacks.connections_that_come_and_go)
    eventually(lambda: late.stats()["connections"] < 20, "they are not counted afterwards")


def _over_ipc(board):
    board.requests = f"ipc://{board.home}/requests"
    board.events = f"ipc://{board.home}/events"


def endless_multipart_over_ipc(board):
    """Of which the system does not tell what was received."""
    _over_ipc(board)
    withstands(board, attacks.endless_multipart)
    board.says("requester_dropped")


def subscription_floods_over_ipc(board):
    _over_ipc(board)
    withstands(board, attacks.subscription_floods)
    board.says("subscriber_dropped")


def _is_served(client):
    """What it asks on a connection that is hung up on is lost."""
    try:
        return client.ask("stats", {}, timeout=1).status == "ok"
    except Silent:
        return False


def places_that_are_held_in_silence(board):
    """By more greeted connections than there may be: they give way to who comes later."""
    board.start(BOUNDS)
    held = [greeted(board.requests) for _ in range(BOUNDS["limits.connections"] + 50)]
    late = board.client()
    eventually(lambda: _is_served(late), "one that comes later is served", DEADLINE)
    for wire in held:
        if wire is not None:
            wire.close()


def places_that_are_taken_by_who_says_nothing(board):
    """Who comes meanwhile asks once, and is answered when there is a place: nothing it sent is lost."""
    board.start({**BOUNDS, "limits.connections": 100})
    host, port = board.requests.removeprefix("tcp://").split(":")
    mute = [socket.create_connection((host, int(port))) for _ in range(150)]
    late = [board.client() for _ in range(5)]
    for one in late:
        one.send([[one.next_id(), "hello", {}]])
    for one in late:
        holds(not one.unanswered(one.id, DEADLINE), "one that asked once is served")
    for wire in mute:
        wire.close()


def file_descriptors_run_out_over_ipc(board):
    """Whose listener in libzmq would end the process."""
    _over_ipc(board)
    withstands(board, attacks.ipc_connections_that_stay, prefix=("prlimit", "--nofile=400:400"))


def file_descriptors_run_out(board):
    """Far fewer files than limits.connections: the bound is then what the system allows."""
    withstands(board, attacks.half_open_and_mute_connections, attackers=1,
               prefix=("prlimit", "--nofile=400:400"))
    board.says("few_files")


def subscription_floods(board):
    withstands(board, attacks.subscription_floods)
    board.says("subscriber_dropped")


def huge_topics(board):
    withstands(board, attacks.huge_topics)


def replay_floods(board):
    """Those who ask for little get it: they are served in turn."""
    withstands(board, attacks.replay_floods, others=(GoodReader,))


def waiting_acquires_by_the_thousand(board):
    """Who has most of them gives way to who waits for little."""
    late = withstands(board, attacks.waiting_acquires_by_the_thousand, others=(GoodWaiter,))
    holds(late.stats()["waiting_acquires"] <= 2000, "limits.waiting holds", late.stats())


def waiting_acquires_of_who_is_gone(board):
    late = withstands(board, attacks.waiting_acquires_of_who_is_gone, others=(GoodWaiter,))
    holds(late.stats()["waiting_acquires"] <= 2000, "limits.waiting holds", late.stats())


def heartbeats_of_ever_new_executors(board):
    late = withstands(board, attacks.heartbeats_of_ever_new_executors)
    holds(late.stats()["executors"] <= 2000, "limits.executors holds", late.stats())
