"""Under systemd the log is made of fields: a real journal takes them, one of the test's own (root only, else skipped).

It runs in a mount namespace where /run is a directory of the board's, and so does the daemon.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess

from expect import holds, same
from system_board import Skipped, eventually

JOURNALD = "/lib/systemd/systemd-journald"
# Ends with the shell that waits for it, and that with the test.
SCRIPT = """
mount --bind "$1" /run || exit 77
mkdir -p /run/systemd/journal /run/log/journal
exec setpriv --pdeathsig KILL "$2"
"""
# Connected to the journal, which is said as the service manager says it.
CONNECTED = 'JOURNAL_STREAM=$(stat --dereference --format %d:%i /proc/self/fd/2) exec "$@"'


class _Journal:
    """systemd-journald on a /run of its own; `board` writes to it from its next start on."""

    def __init__(self, board):
        if os.geteuid() != 0:
            raise Skipped("mounts a file system: needs root")
        for needed in (JOURNALD, "/etc/machine-id"):
            if not pathlib.Path(needed).exists():
                raise Skipped(f"no {needed}")
        if shutil.which("unshare") is None or shutil.which("nsenter") is None:
            raise Skipped("no unshare or nsenter")
        self.run = board.home / "run"
        self.run.mkdir()
        self.process = None
        self.start()
        inside = ["nsenter", f"--mount=/proc/{self.process.pid}/ns/mnt"]
        board.prefix = [*inside, "systemd-cat", "sh", "-c", CONNECTED, "sh"]

    def start(self):
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh", self.run, JOURNALD],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        socket = self.run / "systemd" / "journal" / "socket"
        eventually(lambda: socket.exists() or self.process.poll() is not None, "the journal begins")
        if self.process.poll() == 77:
            raise Skipped("can't mount")
        same(self.process.poll(), None, "the journal runs")

    def entries(self, *matches):
        """Its entries with these fields; none as long as there is no file."""
        done = subprocess.run(
            ["journalctl", "--directory", self.run / "log" / "journal", "--output", "json", *matches],
            capture_output=True,
            text=True,
            check=False,
        )
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def has(self, *matches):
        return eventually(lambda: self.entries(*matches), f"the journal has {matches}")

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def each_line_is_an_entry_with_its_event_its_fields_and_its_level(board):
    journal = _Journal(board)
    try:
        board.start()
        (ready,) = journal.has("TASKBBS_EVENT=ready")
        same(ready["TASKBBS_REQUESTS"], board.requests, "a field of its own for each field")
        same((ready["PRIORITY"], ready["SYSLOG_IDENTIFIER"]), ("6", "taskbbsd"), "level and program")
        same(ready["MESSAGE"].split()[0], "ready", "the line as text")
        same(ready["_TRANSPORT"], "journal", "by the journal's own protocol")
        (found,) = journal.entries(f"MESSAGE_ID={ready['MESSAGE_ID']}")
        same(found["TASKBBS_EVENT"], "ready", "a message id stands for its event")
        board.client().frames(b"\xc1")
        (malformed,) = journal.has("TASKBBS_EVENT=malformed", "PRIORITY=4")
        same(malformed["TASKBBS_FROM"], "127.0.0.1", "what a peer did is found by its fields")
        board.terminate()
        journal.has("TASKBBS_EVENT=stopped")
    finally:
        journal.close()


def a_format_that_is_asked_for_stays_a_line_under_systemd_too(board):
    journal = _Journal(board)
    try:
        board.start({"log.format": "json"})
        entries = eventually(
            lambda: [
                entry
                for entry in journal.entries("_TRANSPORT=stdout")
                if '"event":"ready"' in str(entry["MESSAGE"])
            ],
            "the line is there",
        )
        holds("TASKBBS_EVENT" not in entries[0], "as text", entries)
        board.terminate()
    finally:
        journal.close()
