"""The broker as its unit confines it: it serves, and the process that takes its snapshots sets itself
apart from it as it should."""
import contextlib
import fcntl
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess

from expect import Broken, holds, same
from snapshots import SMALL, _taken as taken
from system_board import Skipped, eventually

SOURCE = pathlib.Path(__file__).resolve().parents[2]
LAUNCHER = pathlib.Path(__file__).resolve().parent / "under_unit.py"
AS_UNIT = ["/usr/bin/python3", "-B", str(LAUNCHER), str(SOURCE / "systemd" / "taskbbsd.service")]
PIPE_BYTES = 4096
CAP_SYS_RESOURCE = 24


def _can_be_confined():
    if not shutil.which("systemd-analyze") or not importlib.util.find_spec("seccomp"):
        raise Skipped("needs systemd-analyze and python3-seccomp")


def the_broker_serves_and_takes_snapshots_under_its_units_limits(board):
    _can_be_confined()
    board.prefix = AS_UNIT
    board.start(SMALL)
    c = board.client()
    taken(c, 2)
    same(c.stats()["snapshot_failures"], 0, "none failed")
    holds("not permitted" not in board.words(), "nothing was refused", board.words())
    board.kill()
    board.start()
    holds(int(board.says(r"recovered snapshot=(\d+)").group(1)) > 0, "a restart begins with one")


def _may_raise_limits():
    status = pathlib.Path("/proc/self/status").read_text(encoding="ascii")
    capabilities = int(re.search(r"^CapEff:\s+(\w+)$", status, re.MULTILINE)[1], 16)
    return bool(capabilities >> CAP_SYS_RESOURCE & 1)


class _Snapshot:
    """With-statement: the process that takes a snapshot for a broker, held where it would say what came
    of it: its standard output is full."""

    def __init__(self, board, priority):
        self.command = [*AS_UNIT, board.daemon, "journal", "snapshot", "--journal.dir", str(board.journal)]
        self.command += ["--for-broker", priority]

    def __enter__(self):
        self.read_end, write_end = os.pipe()
        size = fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        os.write(write_end, b"." * size)
        self.process = subprocess.Popen(self.command, stdout=write_end, stderr=subprocess.DEVNULL)
        os.close(write_end)
        return self

    def __exit__(self, *_):
        with open(self.read_end, "rb") as rest:
            rest.read()
        self.process.wait()


    def is_set_apart(self, wanted):
        with contextlib.suppress(Broken):
            eventually(lambda: self._seen() == wanted, "it sets itself apart when it begins")
        same(self._seen(), wanted, "how it is set apart")

    def _seen(self):
        pid = self.process.pid
        class_of_disk = subprocess.run(["ionice", "-p", str(pid)], capture_output=True, text=True, check=True)
        return {
            "oom_score_adj": int(pathlib.Path(f"/proc/{pid}/oom_score_adj").read_text(encoding="ascii")),
            "nice": os.getpriority(os.PRIO_PROCESS, pid),
            "policy": os.sched_getscheduler(pid),
            "disk": class_of_disk.stdout.split(":")[0].strip(),
        }


def _ended(board):
    _can_be_confined()
    board.start(SMALL)
    board.client().desire("g")
    board.terminate()


def a_snapshot_gets_what_nobody_else_wants_and_goes_first_out_of_memory(board):
    _ended(board)
    with _Snapshot(board, "low") as snapshot:
        snapshot.is_set_apart({"oom_score_adj": 500, "nice": 19, "policy": os.SCHED_IDLE, "disk": "idle"})


def a_snapshot_that_is_urgent_goes_before_the_broker_and_first_out_of_memory(board):
    if not _may_raise_limits():
        raise Skipped("LimitNICE= takes CAP_SYS_RESOURCE to give")
    _ended(board)
    with _Snapshot(board, "urgent") as snapshot:
        snapshot.is_set_apart({"oom_score_adj": 500, "nice": -10, "policy": os.SCHED_OTHER, "disk": "none"})
