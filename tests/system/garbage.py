"""Garbage at the sockets, while a good client is served."""
import random
import socket
import struct

from expect import holds, same
from packing import pack
from system_board import eventually

GREETING = b"\xff" + b"\0" * 8 + b"\x7f\x03\x00NULL" + b"\0" * 48
ROUNDS = 30


class _Good:
    """The client that must not notice anything."""

    def __init__(self, board):
        self.c, self.count = board.client(), 0

    def is_served(self):
        self.c.desire(f"good-{self.count}")
        self.count += 1
        same(self.c.stats()["pending"], self.count, "§2: it never harms another client")


def _address(endpoint):
    host, port = endpoint.removeprefix("tcp://").split(":")
    return host, int(port)


def _raw(endpoint, *pieces):
    """A TCP connection that says these bytes; what becomes of it is not our concern."""
    wire = socket.create_connection(_address(endpoint), 10)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        for piece in pieces:
            wire.sendall(piece)
    except OSError:
        pass  # closed by the broker: as it should be
    return wire


def random_frames_are_answered_malformed_and_harm_nobody(board):
    board.start()
    good, chance = _Good(board), random.Random(1)
    request = pack([1, b"s" * 16, 0, [[1, "desire", {"task": {"guid": "never", "domain": ""}}]]])
    before = good.c.stats()
    for _ in range(ROUNDS):
        hostile = board.client()
        for _ in range(100):
            hostile.frames(chance.randbytes(chance.choice((0, 1, 5, 50, 500, 5000))))
            broken = bytearray(request)
            broken[chance.randrange(3, len(broken))] = chance.randrange(256)
            hostile.frames(bytes(broken[: chance.randrange(len(broken))]))
        good.is_served()
        _has_replies(hostile, 200)
        hostile.close()
    after = good.c.stats()
    # One in some hundreds is well formed by chance, and refused for what it asks.
    holds(after["malformed"] - before["malformed"] >= 190 * ROUNDS, "§2: counted", after)
    same(after["seq"] - before["seq"], ROUNDS, "§2: changes nothing")


def _leave_no_connection(good):
    """Who is gone is not counted: the bound on connections is for those who are there."""
    eventually(lambda: good.c.stats()["connections"] == 1, "connections that ended are not counted")


def _has_replies(c, count):
    while len(c.order) < count:
        holds(c.pump(60), "§2: each is answered", len(c.order))
    refused = [reply.status != "ok" for replies in c.inbox.values() for reply in replies]
    same((len(refused), all(refused)), (count, True), "§2: each is refused, once")


def bytes_that_are_no_zmtp_harm_nobody(board):
    board.start()
    good, chance, wires = _Good(board), random.Random(2), []
    for _ in range(ROUNDS):
        for endpoint in (board.requests, board.events):
            wires += [
                _raw(endpoint, b"GET / HTTP/1.1\r\nHost: board\r\n\r\n"),
                _raw(endpoint, chance.randbytes(chance.randrange(1, 3000))),
                _raw(endpoint, GREETING, chance.randbytes(chance.randrange(1, 300))),
                _raw(endpoint, GREETING, b"\x06" + struct.pack(">Q", 2**63 - 1)),
                _raw(endpoint, GREETING, b"\x04\xff" + b"\x05READY" + b"\xff" * 200),
            ]
        good.is_served()
    for wire in wires:
        wire.close()
    good.is_served()
    _leave_no_connection(good)


def half_handshakes_harm_nobody(board):
    board.start()
    good, wires = _Good(board), []
    for length in (0, 1, 9, 10, 11, 12, 32, 63, 64):
        for endpoint in (board.requests, board.events):
            for _ in range(10):
                wires.append(_raw(endpoint, GREETING[:length]))
            good.is_served()
    for wire in wires[::2]:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.close()  # with a reset
    good.is_served()
    newcomer = board.client()
    newcomer.call("hello")
    for wire in wires[1::2]:
        wire.close()
    newcomer.close()
    _leave_no_connection(good)


def messages_of_thousands_of_frames_are_malformed_and_cost_little(board):
    board.start()
    good = _Good(board)
    good.is_served()
    before = _resident(board)
    hostile = board.client()
    for count in (2, 3, 1000, 50_000):
        hostile.malformed("§1: a request message is ONE frame", *[b"x" * 100] * count)
        good.is_served()
    hostile.frames(*[b""] * 5000)
    same(hostile.reply(0).status, "malformed", "§1: a request message is ONE frame")
    holds(_resident(board) - before < 64 << 20, "what is drained is not kept", _resident(board))


def a_client_that_never_reads_harms_nobody(board):
    """Its replies pile up to a bound; beyond, its requests are refused, which costs little."""
    board.start({"limits.peer_reply_bytes": "64KiB"})
    good, hostile = _Good(board), board.client()
    hostile.call("desire", task={"guid": "big", "domain": "d", "payload": b"p" * 60_000})
    resident = _resident(board)
    for _ in range(200):
        hostile.send([[hostile.next_id(), "get", {"guid": "big"}] for _ in range(50)])
    before = good.c.stats()["pending"]
    for at in range(ROUNDS):
        good.c.desire(f"n{at}")
    same(good.c.stats()["pending"], before + ROUNDS, "§2: it never harms another client")
    grown = _resident(board) - resident  # 600 MB of replies were asked for
    holds(grown < 128 << 20, "what waits for one client is bounded", grown)


def messages_beyond_the_limit_are_refused_or_their_connection_closed(board):
    board.start({"limits.message_bytes": "64KiB"})
    good = _Good(board)
    for size in (65_537, 1 << 20, 16 << 20):
        hostile = board.client()
        hostile.frames(b"\0" * size)
        good.is_served()
        hostile.close()


def _resident(board):
    """Bytes of memory that the daemon has."""
    with open(f"/proc/{board.process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096
