"""Connections as bytes: what a peer can do that has no library to keep it from it."""
import socket
import struct
import time

GREETING = b"\xff" + b"\0" * 8 + b"\x7f\x03\x00NULL" + b"\0" * 48
MORE, LONG, COMMAND = 1, 2, 4
PATIENCE = 5.0


def connected(endpoint):
    if endpoint.startswith("ipc://"):
        wire = socket.socket(socket.AF_UNIX)
        wire.settimeout(PATIENCE)
        wire.connect(endpoint.removeprefix("ipc://"))
        return wire
    host, port = endpoint.removeprefix("tcp://").split(":")
    return socket.create_connection((host, int(port)), PATIENCE)


def frame(body, more=False):
    flags = MORE if more else 0
    if len(body) < 256:
        return bytes((flags, len(body))) + body
    return bytes((flags | LONG,)) + struct.pack(">Q", len(body)) + body


def ready(kind):
    name = b"\x0bSocket-Type" + struct.pack(">I", len(kind)) + kind
    body = b"\x05READY" + name
    return bytes((COMMAND, len(body))) + body


def _read(wire, size):
    while size > 0:
        read = wire.recv(size)
        if not read:
            raise ConnectionError("it was hung up on")
        size -= len(read)
    return read


def greeted(endpoint, kind=b"DEALER"):
    """A connection that has shaken hands, as bytes; None: it was hung up on."""
    try:
        wire = connected(endpoint)
        wire.sendall(GREETING + ready(kind))
        _read(wire, len(GREETING))
        _read(wire, _read(wire, 2)[-1])
    except OSError:
        return None
    return wire


def push(wire, data, stop):
    """Sends all of it, or as much as is taken until the end; False: the connection is gone."""
    view = memoryview(data)
    wire.settimeout(0.2)
    while view and not stop.is_set():
        try:
            view = view[wire.send(view):]
        except TimeoutError:
            continue
        except OSError:
            return False
    return True


def pour(target, stop, chunks, endpoint=None, kind=b"DEALER"):
    """Sends chunk after chunk by raw bytes; a new connection whenever one is closed."""
    wire = None
    for chunk in chunks:
        if stop.is_set():
            break
        while wire is None and not stop.is_set():
            wire = greeted(endpoint or target.requests, kind)
            if wire is None:
                time.sleep(0.05)
        if wire is not None and not push(wire, chunk, stop):
            wire.close()
            wire = None
    if wire is not None:
        wire.close()
