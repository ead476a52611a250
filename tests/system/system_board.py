"""The board of a system test: the conformance suite's, with a journal that syncs.

Small files, so that a short run rolls over; and a daemon that ends with its test, however that ends.
"""
import pathlib
import re
import subprocess
import time

from board import Board
from expect import Broken, holds
from ports import free_port

SMALL = {
    "converge.every": "1h",
    "journal.sync": "always",
    "journal.segment_bytes": "2MiB",
    "journal.reserve_bytes": "1MiB",
    "limits.batch_bytes": "1MiB",
}
PATIENCE = 60.0


class Skipped(Exception):
    """This scenario can't run here."""


class SystemBoard(Board):
    """A broker of a scenario's own, on a real disk."""

    def __init__(self, daemon):
        super().__init__(daemon)
        self.source = pathlib.Path(__file__).resolve().parents[2]
        self.prefix = []  # words before the daemon's own
        self.spoken = 0  # bytes of the log that belong to former runs

    def arguments(self, options):
        return super().arguments({**SMALL, **options})

    def launch(self):
        path = self.home / "log"
        self.spoken = path.stat().st_size if path.exists() else 0
        with open(path, "ab") as log:
            # The kernel ends the daemon when this process is gone.
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *self.prefix, *self.arguments(self.options)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=self.environment,
            )

    def words(self):
        """What the present, or the last, run has logged."""
        return (self.home / "log").read_bytes()[self.spoken :].decode(errors="replace")

    def says(self, pattern):
        """Waits until the log of this run matches; the match."""
        return eventually(lambda: re.search(pattern, self.words()), f"the log says {pattern}")

    def ends_by_itself(self):
        """Waits until the daemon has ended; its exit code."""
        code = self.process.wait(PATIENCE)
        self.process = None
        return code

    def run(self, *arguments, options=None, environment=None, prefix=()):
        """A daemon that ends by itself: (exit code, what it wrote). Without options: bare."""
        command = self.arguments(options) if options is not None else [self.daemon]
        done = subprocess.run(
            [*prefix, *command, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
            env={**self.environment, **(environment or {})},
            check=False,
        )
        return done.returncode, done.stdout

    def refuses_to_start(self, code, *patterns, options=None, prefix=()):
        """A start that ends with this code and one line of error, which matches; all that it wrote."""
        other_ports = {
            "requests.endpoint": f"tcp://127.0.0.1:{free_port()}",
            "events.endpoint": f"tcp://127.0.0.1:{free_port()}",
        }
        seen, words = self.run(options={**other_ports, **(options or {})}, prefix=prefix)
        holds(seen == code, f"the daemon ends with {code}", (seen, words))
        errors = [line for line in words.splitlines() if " error " in line]
        holds(len(errors) == 1, "one line says why", words)
        for pattern in patterns:
            holds(re.search(pattern, errors[0]), f"the line matches {pattern}", errors[0])
        return words


def eventually(condition, rule, patience=PATIENCE):
    """Waits until the condition gives something true; that."""
    end = time.monotonic() + patience
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise Broken(f"{rule}: not within {patience} s")
        time.sleep(0.01)
