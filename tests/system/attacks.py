"""What a hostile peer does to a broker. Each attack goes on until `stop` is set; whatever becomes of
its connections, it is not told: being hung up on is what it deserves.

They reach a board on a tcp endpoint of loopback: as bytes, in the clear, or by libzmq with the
board's own keys, if it has any. hostile.py tries each by itself, day.py some of them beside a load.
"""
import itertools
import os
import socket
import struct
import threading
import time

import zmq

from client import secure
from packing import pack
from raw_peer import GREETING, LONG, connected, frame, greeted, pour, push, ready

# One that takes longer to look at than to send.
SLOW = frame(b"\xdd\x00\x0f\x00\x00" + b"\xc0" * 0xf0000)


def _start_pouring(target, stop, connections, message):
    """That message without end, by each of so many connections; the threads, to be joined."""
    pouring = [threading.Thread(target=pour, args=(target, stop, itertools.repeat(message)))
               for _ in range(connections)]
    for one in pouring:
        one.start()
    return pouring


def _greeted_many(endpoint, count, kind=b"DEALER"):
    """Those of so many connections that were let in."""
    wires = [greeted(endpoint, kind) for _ in range(count)]
    return [wire for wire in wires if wire is not None]


def _dealer(target, **options):
    made = target.context.socket(zmq.DEALER)
    made.setsockopt(zmq.LINGER, 0)
    for name, value in options.items():
        made.setsockopt(getattr(zmq, name), value)
    secure(made, target.curve)
    made.connect(target.requests)
    return made


def _flood(target, stop, messages, dealer=None):
    """Sends message after message and reads what comes back."""
    dealer = dealer or _dealer(target)
    for message in messages:
        if stop.is_set():
            break
        while not stop.is_set():
            try:
                dealer.send(message, zmq.DONTWAIT)
                break
            except zmq.Again:
                dealer.poll(20)
                _drain(dealer)
        _drain(dealer)
    dealer.close(0)


def _drain(dealer):
    while dealer.poll(0):
        dealer.recv_multipart()


def _message(session, requests, acked=0):
    return pack([1, session, acked, requests])


# ---- the attacks -----------------------------------------------------------------------------

def endless_multipart(target, stop):
    """One message of frames without end."""
    chunk = frame(b"x", more=True) * 20_000
    pour(target, stop, itertools.repeat(chunk))


def nested_and_huge_bodies(target, stop):
    """Arrays in arrays, maps in maps, payloads beyond every limit."""
    deep = b"\x91" * 1_000_000
    maps = b"\x81\xa1k" * 300_000
    wide = b"\xdd\x00\x10\x00\x00" + b"\xc0" * (1 << 20)
    big = _message(os.urandom(16), [[1, "desire", {"task": {
        "guid": "huge", "payload": b"p" * (3 << 20)}}]])
    over = b"\xc6\x00\x80\x00\x00" + b"o" * (8 << 20)
    pour(target, stop, itertools.cycle([frame(one) for one in (deep, maps, wide, big, over)]))


def connections_that_bring_and_go(target, stop):
    """Each brings messages that take long, and is gone."""
    while not stop.is_set():
        pour(target, stop, itertools.repeat(SLOW, 12))


def bringing_beside_a_crowd(target, stop):
    """The loop has always something to look at, and many say nothing."""
    crowd = _greeted_many(target.requests, 300)
    pouring = _start_pouring(target, stop, 2, SLOW)
    connections_that_bring_and_go(target, stop)
    for one in pouring:
        one.join()
    for wire in crowd:
        wire.close()


def lists_of_who_is_gone(target, stop):
    """Each asks for all there is, in few bytes, and is gone."""
    message = frame(_message(os.urandom(16), [[at, "list", {"view": "full", "limit": 1000}]
                                              for at in range(1, 21)]))
    while not stop.is_set():
        pour(target, stop, [message])


def acquires_of_very_many_names(target, stop):
    """A million queues looked for by each, of which few are there."""
    names = [f"n{at}" for at in range(1024)]
    bringer = _dealer(target)
    bringer.send(_message(os.urandom(16), [[at + 1, "desire", {"task": {
        "guid": f"named-{at}", "domain": name, "stack": name, "memory_mb": 1000,
        "time_to_claim_ms": 4294967295}}] for at, name in enumerate(names)]))
    bringer.poll(5000)
    message = frame(_message(os.urandom(16), [[at, "acquire", {
        "executor_id": "many", "domains": names, "stacks": names,
        "free": {"memory_mb": 1}}] for at in range(1, 200)]))
    for one in _start_pouring(target, stop, 10, message):
        one.join()
    bringer.close()


def subscribers_beside_many_subscriptions(target, stop):
    """Some subscribe to very much; others come, subscribe and go."""
    stay = _greeted_many(target.events, 20, b"SUB")
    for wire in stay:
        push(wire, b"".join(frame(b"\x01" + os.urandom(180)) for _ in range(5000)), stop)
    subscribers_that_come_and_go(target, stop)
    for wire in stay:
        wire.close()


def subscribers_that_come_and_go(target, stop):
    """As fast as they can."""
    while not stop.is_set():
        pour(target, stop, [frame(b"\x01tick")], endpoint=target.events, kind=b"SUB")


def much_that_is_heard(target):
    """One that brought much, which was handled, is gone, right after its last words."""
    wire = greeted(target.requests)
    push(wire, frame(b"x" * (1 << 20)) * 80, threading.Event())
    time.sleep(0.5)
    push(wire, frame(b"x"), threading.Event())
    wire.close()


def lengths_that_lie(target, stop):
    """Counts and lengths far beyond what follows, in MessagePack and in ZMTP."""
    lies = [frame(body) for body in (
        b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff",
        b"\x94\x01\xc4\x10" + b"s" * 16 + b"\x00\xdd\xff\xff\xff\xff",
        b"\x94\x01\xc6\xff\xff\xff\xf0" + b"s" * 64)]
    zmtp = [bytes((LONG,)) + struct.pack(">Q", size) + b"x" * 100
            for size in (1 << 62, (1 << 64) - 1, 1 << 32)]
    pour(target, stop, itertools.cycle([*(one * 500 for one in lies), *zmtp]))


def session_floods(target, stop):
    """Each message a session of its own, and a mutation in it so that it must be remembered."""
    def messages():
        for at in itertools.count():
            yield _message(os.urandom(16), [[1, "desire", {"task": {
                "guid": f"session-{os.getpid()}-{id(stop)}-{at}"}}]])
    _flood(target, stop, messages())


def id_floods(target, stop):
    """One session, ids with gaps, nothing acked: outcomes without end."""
    session = os.urandom(16)

    def messages():
        for at in itertools.count(1):
            yield _message(session, [[at * 1000 + one, "cancel", {"guid": "nobody"}]
                                     if one % 2 else
                                     [at * 1000 + one, "desire", {"task": {
                                         "guid": f"id-{id(stop)}-{at}-{one}"}}]
                                     for one in range(100)])
    _flood(target, stop, messages())


def never_reading_replies(target, stop):
    """Asks for as much as can be answered, and reads nothing of it."""
    asks = frame(_message(os.urandom(16), [[at, "list", {"view": "full", "limit": 1000}]
                                           for at in range(1, 101)]))
    wires = _greeted_many(target.requests, 8)
    while wires and not stop.is_set():
        for wire in list(wires):
            wire.settimeout(0.05)
            try:
                wire.send(asks)
            except TimeoutError:
                pass
            except OSError:
                wires.remove(wire)
    for wire in wires:
        wire.close()


def slow_reading_of_big_lists(target, stop):
    """Asks for big pages again and again and takes a few bytes at a time."""
    asks = frame(_message(os.urandom(16), [[1, "list", {"view": "full", "limit": 1000}]]))
    wires = _greeted_many(target.requests, 20)
    while not stop.is_set():
        for wire in wires:
            wire.settimeout(0.01)
            try:
                wire.send(asks)
                wire.recv(256)
            except OSError:
                pass
        time.sleep(0.02)
    for wire in wires:
        wire.close()


def half_open_and_mute_connections(target, stop, count=1500):
    """Connections that say nothing, half a greeting, or nothing after it."""
    beginnings = (b"", GREETING[:11], GREETING, GREETING + ready(b"DEALER"))
    wires = []
    for at in range(count):
        if stop.is_set():
            break
        try:
            wire = connected(target.events if at % 5 == 0 else target.requests)
            wire.sendall(beginnings[at % len(beginnings)])
            wires.append(wire)
        except OSError:
            time.sleep(0.01)
    stop.wait()
    for wire in wires:
        wire.close()


def ipc_connections_that_stay(target, stop):
    """Connections over ipc that are held without a word, many more than files may be open."""
    held = []
    while not stop.is_set():
        wire = socket.socket(socket.AF_UNIX)
        wire.setblocking(False)
        try:
            wire.connect(target.requests.removeprefix("ipc://"))
            held.append(wire)
        except OSError:
            wire.close()
        if len(held) > 800:
            for one in held:
                one.close()
            held = []
    for wire in held:
        wire.close()


def endless_multipart_in_a_crowd(target, stop):
    """One that sends without end among many that say nothing."""
    crowd = threading.Thread(target=half_open_and_mute_connections, args=(target, stop), daemon=True)
    crowd.start()
    endless_multipart(target, stop)
    crowd.join()


def connections_that_come_and_go(target, stop):
    """As fast as they can be made."""
    while not stop.is_set():
        wire = greeted(target.requests)
        if wire is not None:
            wire.close()


def subscription_floods(target, stop):
    """Ever new prefixes: the publisher must remember each."""
    def chunks():
        for at in itertools.count():
            yield b"".join(frame(b"\x01" + f"pending.{at}-{one}-{'x' * 200}".encode())
                           for one in range(500))
    pour(target, stop, chunks(), target.events, b"SUB")


def huge_topics(target, stop):
    """Prefixes of megabytes."""
    pour(target, stop, itertools.repeat(frame(b"\x01" + b"t" * (2 << 20))), target.events, b"SUB")


def replay_floods(target, stop):
    """The whole history, again and again, many times at once."""
    def messages():
        for _ in itertools.count():
            yield _message(os.urandom(16), [[at, "replay", {"after": 0, "limit": 10_000}]
                                            for at in range(1, 201)])
    _flood(target, stop, messages())


def waiting_acquires_by_the_thousand(target, stop):
    """Executors without number, each waiting for a task that does not come."""
    def messages():
        for at in itertools.count():
            yield _message(os.urandom(16), [
                [one, "acquire", {"executor_id": f"waits-{at}-{one}", "wait_ms": 60_000,
                                  "stacks": ["never"], "domains": [f"d{one}", f"e{at % 50}"]}]
                for one in range(1, 101)])
    _flood(target, stop, messages())


def waiting_acquires_of_who_is_gone(target, stop):
    """Each waits for a minute, and goes at once."""
    for at in itertools.count():
        if stop.is_set():
            break
        pour(target, stop, [frame(_message(os.urandom(16), [
            [one, "acquire", {"executor_id": f"gone-{id(stop)}-{at}-{one}", "stacks": ["never"],
                              "wait_ms": 60_000}]
            for one in range(1, 21)]))])


def heartbeats_of_ever_new_executors(target, stop):
    """Each a new name, so that each is an event."""
    def messages():
        for at in itertools.count():
            yield _message(os.urandom(16), [
                [one, "heartbeat", {"executor_id": f"new-{id(stop)}-{at}-{one}", "ttl_ms": 1000}]
                for one in range(1, 101)])
    _flood(target, stop, messages())
