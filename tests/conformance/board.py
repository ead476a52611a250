"""One broker process of a scenario's own: a directory, two free ports, and how to end it.

The daemon starts with the first client. `kill` is SIGKILL, `terminate` SIGTERM; `start` after
either comes back on the same directory and ports. Closing the board proves that the daemon was
still there and that it ends with exit code 0 when it is asked to.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import zmq

from client import Client
from expect import Broken, same
from ports import free_port
from subscriber import Subscriber

DEFAULTS = {"converge.every": "1h", "journal.sync": "never"}


class Board:
    """A broker and everybody who talks to it."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="taskbbs-"))
        self.journal = self.home / "journal"
        self.journal.mkdir()
        self.context = zmq.Context()
        self.options, self.process, self.guests = {}, None, []
        self.curve = None  # (public, secret, the server's public) keys of who asks for the board
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("TASKBBS_")
        }
        self.requests = f"tcp://127.0.0.1:{free_port()}"
        self.events = f"tcp://127.0.0.1:{free_port()}"

    def arguments(self, options):
        """The daemon's argument list; an option that is None is left out."""
        merged = {
            "journal.dir": self.journal,
            "requests.endpoint": self.requests,
            "events.endpoint": self.events,
            **DEFAULTS,
            **options,
        }
        out = [self.daemon]
        for name, value in merged.items():
            if value is not None:
                out += [f"--{name}", str(value)]
        return out

    def start(self, options=None):
        """Starts the daemon, with the former options unless others are given, and waits for it."""
        self.options = self.options if options is None else options
        if self._spawn():
            return self
        raise Broken(
            f"the daemon does not start, exit code {self.process.poll()}: {self.log()}"
            f"{self._threads()}"
        )

    def _threads(self):
        """Where each thread of the daemon waits: what a daemon that hangs can still tell."""
        lines = []
        for thread in sorted(pathlib.Path(f"/proc/{self.process.pid}/task").glob("*")):
            words = [(thread / name).read_text().strip() for name in ("comm", "wchan", "syscall")]
            lines.append(" ".join(words))
        return "\n".join(lines)

    def launch(self):
        """Starts the daemon and does not wait for it."""
        with open(self.home / "log", "ab") as log:
            self.process = subprocess.Popen(
                self.arguments(self.options),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=self.environment,
            )

    def _spawn(self):
        self.launch()
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            if self._answers(5):
                return True
        return False

    def _answers(self, seconds):
        """Whether a hello by a connection of its own is answered within so long."""
        probe = Client(self.context, self.requests, curve=self.curve)
        probe.send([[1, "hello", {}]])
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end and self.process.poll() is None:
                if probe.pump(0.05):
                    return True
            return False
        finally:
            probe.close()

    def client(self, session=None):
        """A client, of a new session unless one is given."""
        self._ensure()
        guest = Client(self.context, self.requests, session, self.curve)
        self.guests.append(guest)
        return guest

    def subscriber(self, *prefixes):
        """A subscriber of these prefixes (none: of everything) who has seen a tick."""
        self._ensure()
        guest = Subscriber(self.context, self.events, prefixes or ("",), self.curve)
        self.guests.append(guest)
        return guest

    def _ensure(self):
        if self.process is None:
            self.start()

    def end(self, sign):
        """Sends the signal; the exit code (negative: the signal that ended it)."""
        self.process.send_signal(sign)
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired as error:
            raise Broken(f"daemon: {sign.name} ends it; it still runs after 20 s") from error
        self.process = None
        return code

    def kill(self):
        self.end(signal.SIGKILL)

    def terminate(self):
        same(self.end(signal.SIGTERM), 0, "daemon: exit code 0 when stopped as asked")

    def forget(self):
        """Empties the journal of a daemon that has ended."""
        shutil.rmtree(self.journal)
        self.journal.mkdir()

    def log(self):
        """The last words of the daemon."""
        path = self.home / "log"
        return path.read_text(errors="replace")[-1500:] if path.exists() else ""

    def close(self):
        """Ends everything; says whether the daemon had stayed alive."""
        for guest in self.guests:
            guest.close()
        try:
            if self.process is not None:
                code = self.process.poll()
                if code is not None:
                    raise Broken(f"the daemon ended by itself, exit code {code}: {self.log()}")
                self.terminate()
        finally:
            if self.process is not None and self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.context.destroy(0)
            shutil.rmtree(self.home, ignore_errors=True)
