"""Ports for the daemons of tests that run beside each other."""
import socket

held = []


def free_port():
    """Nobody's until this process ends, but of a daemon that binds it as daemons do, with SO_REUSEADDR:
    bound here, it is given to no connection and to no other test. Until somebody listens there, it
    refuses."""
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))  # without SO_REUSEADDR: fails where any other socket has it
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.append(holder)
    return holder.getsockname()[1]
