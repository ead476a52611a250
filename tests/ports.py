"""Ports for the daemons of tests that run beside each other."""
import random
import socket

# Below those that Linux gives by itself: until the daemon binds it, no connection that somebody opens
# meanwhile, and no test that asks the system for a port, comes by the same one.
PORTS = range(10000, 32768)
given = set()


def free_port():
    """Another one each time."""
    while True:
        port = random.choice(PORTS)
        if port in given:
            continue
        given.add(port)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def refusing_port():
    """(port, what holds it): nobody listens there, and nobody else can while the second one lives."""
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    return holder.getsockname()[1], holder
