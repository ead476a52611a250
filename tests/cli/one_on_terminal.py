"""A command run on a terminal of its own."""

import fcntl
import os
import pty
import struct
import subprocess
import termios


def run_on_terminal(program, *args, width=80, environment=None):
    """What it shows on a terminal of that width, its lines ended by \\n."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    shown = b""
    with subprocess.Popen([program, *args], stdin=subprocess.DEVNULL, stdout=follower,
                          env=environment) as process:
        os.close(follower)
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            shown += part
        process.wait(timeout=60)
    os.close(leader)
    return shown.decode().replace("\r\n", "\n")
