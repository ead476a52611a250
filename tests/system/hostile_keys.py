"""Hostile peers of a broker with keys: strangers who have none, or none that is authorized, and clients
that are let in and go bad. Good clients are served all the while, as in hostile.py.
"""
import os

import zmq

import attacks
from client import secure
from expect import holds
from good_clients import GoodReader, GoodWaiter, Newcomer, withstands
from key_table import secured
from raw_peer import COMMAND, connected

CURVE_GREETING = b"\xff" + b"\0" * 8 + b"\x7f\x03\x00CURVE" + b"\0" * 15 + b"\0" * 32


def _withstands(board, attack, **how):
    return withstands(board, attack, options=secured(board), **how)


def _hellos_of_noise(target, stop):
    """Each costs the broker an attempt to open a box."""
    while not stop.is_set():
        hello = b"\x05HELLO\x01\x00" + b"\0" * 72 + os.urandom(120)
        try:
            wire = connected(target.requests)
            wire.sendall(CURVE_GREETING + bytes((COMMAND, len(hello))) + hello)
            wire.recv(1000)
            wire.close()
        except OSError:
            pass


def _strangers_who_knock(target, stop):
    """Their handshake is right but for the key, which nobody knows."""
    while not stop.is_set():
        knocking = []
        for endpoint, kind in ((target.requests, zmq.DEALER), (target.events, zmq.SUB)) * 10:
            wire = target.context.socket(kind)
            wire.setsockopt(zmq.LINGER, 0)
            secure(wire, (*zmq.curve_keypair(), target.curve[2]))
            wire.connect(endpoint)
            knocking.append(wire)
        stop.wait(0.1)
        for wire in knocking:
            wire.close(0)


def _subscribers_who_come_and_go(target, stop):
    """Each with as many subscriptions as may be, beside others that stay."""
    def subscriber():
        wire = target.context.socket(zmq.SUB)
        wire.setsockopt(zmq.LINGER, 0)
        wire.setsockopt(zmq.SNDHWM, 0)
        secure(wire, target.curve)
        for _ in range(1000):
            wire.setsockopt(zmq.SUBSCRIBE, os.urandom(180))
        wire.connect(target.events)
        return wire
    stay = [subscriber() for _ in range(10)]
    while not stop.is_set():
        wire = subscriber()
        stop.wait(0.2)
        wire.close(0)
    for wire in stay:
        wire.close(0)


def strangers_who_speak_in_the_clear(board):
    _withstands(board, attacks.endless_multipart, others=(Newcomer,))


def half_open_and_mute_connections(board):
    _withstands(board, attacks.half_open_and_mute_connections, attackers=1)


def hellos_that_are_noise(board):
    _withstands(board, _hellos_of_noise, others=(Newcomer,))
    board.says("handshake_failed")


def strangers_with_keys_that_nobody_knows(board):
    late = _withstands(board, _strangers_who_knock, others=(Newcomer,))
    board.says("client_refused")
    holds(late.stats()["keys_refused"] > 20, "they are counted", late.stats())


def clients_gone_bad_that_flood_replays(board):
    _withstands(board, attacks.replay_floods, others=(GoodReader,))


def clients_gone_bad_that_wait_by_the_thousand(board):
    late = _withstands(board, attacks.waiting_acquires_by_the_thousand, others=(GoodWaiter,))
    holds(late.stats()["waiting_acquires"] <= 2000, "limits.waiting holds", late.stats())


def clients_gone_bad_that_mutate_without_end(board):
    late = _withstands(board, attacks.id_floods)
    holds(late.stats()["outcomes"] <= 20_000, "limits.outcomes holds", late.stats())


def clients_gone_bad_that_subscribe_to_much_and_go(board):
    _withstands(board, _subscribers_who_come_and_go, attackers=1, others=(GoodReader,))
    board.subscriber("tick").close()  # who has heard a tick
