#!/usr/bin/python3
"""A campaign of kills: kill -9 of the real daemon under load, N times, and nothing acknowledged is lost.

    kills.py --build DIR [--kills N] [--seed S] [--dir D]

The daemon is killed at random moments of its work, of its recovery, and while a snapshot is taken
(and that one's process too). Programs of the SDK retry and write each outcome to a ledger; raw
clients do not retry. After each restart the history is read on from where it was and held against
all that was acknowledged. Ends with 1 on a find; the directory is kept then, and named.
"""
import argparse
import contextlib
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "conformance"), str(HERE.parent)]

from careless_client import CarelessClient  # noqa: E402  (the path comes first)
from client import Client, Silent  # noqa: E402
from expect import holds, same  # noqa: E402
from snapshots import _child as snapshot_process  # noqa: E402
from system_board import PATIENCE, SystemBoard, eventually  # noqa: E402
from told_and_seen import Made, ToldAndSeen  # noqa: E402

OPTIONS = {
    "journal.segment_bytes": "256KiB",
    "limits.batch_bytes": "128KiB",
    "journal.reserve_bytes": "256KiB",
    "journal.snapshot_bytes": "512KiB",
    "journal.retain_bytes": "48MiB",
}
LIVES = 12  # of the SDK's program at once
CARELESS = ("raw0", "raw1")
LONGEST = 0.5  # seconds between a start and the next kill
WITHIN_RECOVERY = 0.15  # the share of kills that are followed by one in the midst of the restart
OF_THE_CHILD = 0.2  # the share of lives of a daemon in which its snapshot is killed
PAGE = 2000
EVERY_LONG_LIFE = 25  # one in so many is long enough for old segments to go: looked for once a second
LONG_LIFE = 2.5


class Campaign:
    """One board, its load, and what was told and seen of it."""

    def __init__(self, daemon, seed):
        self.began = time.monotonic()
        self.board = SystemBoard(daemon)
        self.board.options = OPTIONS
        self.draw = random.Random(seed)
        self.ledger = self.board.home / "ledger"
        self.read_of_ledger = 0
        self.books = ToldAndSeen()
        self.lives = self.kills = self.of_the_child = self.in_recovery = 0
        self.log = None
        self.load, self.careless, self.reader = None, [], None

    def begin(self):
        self.board.start()
        self.reader = Client(self.board.context, self.board.requests)
        for name in CARELESS:
            self._ask("heartbeat", executor_id=name, ttl_ms=600000, incarnation="i1")
        self.log = self._ask("hello")["log"]
        program = pathlib.Path(self.board.daemon).parent / "taskbbs_kill_load"
        self.load = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", program, self.board.requests, self.ledger, str(LIVES)]
        )
        self.careless = [CarelessClient(self.board, name) for name in CARELESS]
        for one in self.careless:
            one.start()

    def kill_once(self):
        """One life of the daemon comes to its end; another one, or two, begin."""
        self.lives += 1
        is_long = self.lives % EVERY_LONG_LIFE == 0
        end = time.monotonic() + (LONG_LIFE if is_long else self.draw.uniform(0, LONGEST))
        if self.draw.random() < OF_THE_CHILD:
            self._kill_the_child(end)
        time.sleep(max(0, end - time.monotonic()))
        self.board.kill()
        self.kills += 1
        if self.draw.random() < WITHIN_RECOVERY:
            self.board.launch()
            time.sleep(self.draw.uniform(0, 0.06))
            self.board.kill()
            self.kills += 1
            self.in_recovery += 1
        self._restart()

    def _kill_the_child(self, end):
        while time.monotonic() < end:
            child = snapshot_process(self.board)
            if child:
                with contextlib.suppress(ProcessLookupError):  # it has ended just now
                    os.kill(child, signal.SIGKILL)
                    self.of_the_child += 1
                return

    def _restart(self):
        self.board.launch()

        def ready():
            code = self.board.process.poll()
            holds(code is None, "it starts again after a kill", (code, self.board.words()))
            return " ready " in self.board.words()

        eventually(ready, "it starts again after a kill")

    def check(self):
        """All that was told before is in the history that the present daemon shows."""
        self._take_what_was_told()
        told = self.books.told_up_to
        while True:
            body = self._ask("replay", after=self.books.seq, limit=PAGE)
            for event in body.get("events") or []:
                self.books.see(event)
            if body["next"] == body["seq"]:
                break
        holds(told <= body["seq"], "§2: what was acknowledged is there", (told, body["seq"]))
        self._take_what_was_told()

    def _take_what_was_told(self):
        for one in self.careless:
            if one.failure:
                raise one.failure
            while not one.told.empty():
                self.books.tell(*one.told.get())
        code = self.load.poll()
        holds(code in (None, 0), "every call of the SDK is answered in the end", code)
        if not self.ledger.exists():
            return
        with open(self.ledger, "rb") as file:
            file.seek(self.read_of_ledger)
            lines = file.read()
        whole = lines[: lines.rfind(b"\n") + 1]
        self.read_of_ledger += len(whole)
        for line in whole.decode().splitlines():
            seq, kind, guid, executor, epoch = line.split()
            self.books.tell(int(seq), Made(kind, guid, executor, int(epoch)))

    def _ask(self, verb, **args):
        """A request that is repeated until a daemon answers it."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                reply = self.reader.ask(verb, args, timeout=2)
            except Silent:
                holds(time.monotonic() < end, "the daemon answers", verb)
                self.reader.connect()
                continue
            if reply.status == "busy" and time.monotonic() < end:
                time.sleep(0.05)  # a bound of the broker is reached, by others
                continue
            same(reply.status, "ok", f"{verb}: {reply.body}")
            return reply.body

    def finish(self):
        """The load comes to its end; then everything must fit."""
        self.load.send_signal(signal.SIGTERM)
        for one in self.careless:
            one.enough.set()
        for one in self.careless:
            one.join(PATIENCE)
            holds(not one.is_alive(), "the raw clients come to their end", one.lives)
        same(self.load.wait(3 * PATIENCE), 0, "every life of the SDK's program comes to its end")
        self.check()
        self.board.kill()
        self._restart()
        self.reader.connect()
        self.check()
        self.books.nothing_is_lost()
        extra = [one for one in self.books.unclaimed("sdk-") if not one[1].subject.startswith("sdk-e")]
        holds(not extra, "§2: each call of the SDK made one event", (len(extra), extra[:5]))
        same(self._ask("hello")["log"], self.log, "§7: the history is the same one")
        self._the_board_is_what_the_events_say()
        eventually(lambda: self._snapshots() <= 2, "no more than the two newest snapshots are kept")
        self.board.terminate()
        done = subprocess.run(
            [self.board.daemon, "journal", "verify", "--journal.dir", str(self.board.journal)],
            capture_output=True, text=True, check=False, env={},
        )
        same(done.returncode, 0, f"the journal holds: {done.stderr}")

    def _the_board_is_what_the_events_say(self):
        shown = {
            task["guid"]: (task["state"], task["executor_id"], task["epoch"], task["seq"])
            for task in self.reader.listing(view="header", limit=1000)
        }
        holds(shown == self.books.live, "the state is the fold of the events", shown)

    def _snapshots(self):
        return len(list(self.board.journal.glob("snap-" + "[0-9]" * 20)))

    def close(self):
        """Ends what was started. The directory stays."""
        for one in self.careless:
            one.enough.set()
        for process in (self.load, self.board.process):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        self.board.process = None

    def bytes_on_disk(self):
        total = 0
        for path in self.board.journal.iterdir():
            with contextlib.suppress(FileNotFoundError):  # it went just now
                total += path.stat().st_blocks * 512
        return total

    def summary(self):
        return f"{time.monotonic() - self.began:5.0f} s: {self.figures()}"

    def figures(self):
        lost_chances = sum(one.abandoned for one in self.careless)
        return (
            f"{self.kills} kills ({self.in_recovery} within a recovery, {self.of_the_child} of "
            f"snapshots besides), {self.books.seq} events, {self.books.paired} acknowledged and "
            f"there, {lost_chances} requests given up, {len(self.books.live)} tasks, "
            f"{self.bytes_on_disk() >> 20} MiB"
        )


def run(campaign, kills):
    said = 0
    campaign.begin()
    while campaign.kills < kills:
        campaign.kill_once()
        campaign.check()
        if campaign.kills - said >= 50:
            said = campaign.kills
            print(campaign.summary(), flush=True)
    campaign.finish()


def conduct(parser, campaign_of, run, success):
    """What every campaign's program does: `campaign_of(daemon, seed, given)` and `run(campaign, given)` are
    its own; `success` is said where nothing was found. The exit code."""
    parser.add_argument("--build", required=True)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--dir", help="where the state directory is made; the system's if absent")
    given = parser.parse_args()
    if given.dir:
        pathlib.Path(given.dir).mkdir(parents=True, exist_ok=True)
        tempfile.tempdir = str(pathlib.Path(given.dir).resolve())
    seed = random.randrange(1 << 32) if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)
    campaign = campaign_of(str(pathlib.Path(given.build).resolve() / "taskbbsd"), seed, given)
    try:
        run(campaign, given)
    except (Exception, KeyboardInterrupt) as error:
        campaign.close()
        print(campaign.summary())
        print(f"FOUND after {campaign.kills} kills, seed {seed}: {type(error).__name__}: {error}")
        print(f"kept: {campaign.board.home} (journal, log, ledger)")
        return 1
    campaign.close()
    print(campaign.summary())
    print(success)
    campaign.board.close()
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    return conduct(parser, lambda daemon, seed, _: Campaign(daemon, seed),
                   lambda campaign, given: run(campaign, given.kills),
                   "0 lost, 0 doubled, one owner an epoch, seq and ordinals dense")


if __name__ == "__main__":
    sys.exit(main())
