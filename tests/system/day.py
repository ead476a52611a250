#!/usr/bin/python3
"""A day in the life of a broker, as long as one likes: everything at once, nothing lost, memory flat.

    day.py --build DIR --minutes M [--seed S] [--dir D]

Beside a mixed load (programs of the SDK that retry, raw clients that don't, executors that come and
go, a subscriber that sleeps) the broker's configuration is reloaded, snapshots are taken, hostile
peers attack one after another, and from time to time the broker is killed. What was acknowledged is
held against the history all the while, as in kills.py. Between two kills memory must stay flat.
Ends with 1 on a find; the directory is kept then, and named.
"""
import argparse
import pathlib
import signal
import statistics
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "conformance"), str(HERE.parent)]

import zmq  # noqa: E402  (the path comes first)

import attacks  # noqa: E402
from client import Client, Silent  # noqa: E402
from expect import holds, same  # noqa: E402
from good_clients import DEADLINE, resident  # noqa: E402
from kills import OPTIONS, Campaign, conduct  # noqa: E402

MIB = 1 << 20
# Those that leave nothing on the board; hostile.py has them all, against small bounds.
HOSTILE = (
    attacks.endless_multipart, attacks.nested_and_huge_bodies,
    attacks.connections_that_bring_and_go, attacks.lengths_that_lie,
    attacks.never_reading_replies, attacks.slow_reading_of_big_lists,
    attacks.half_open_and_mute_connections, attacks.connections_that_come_and_go,
    attacks.subscription_floods, attacks.huge_topics, attacks.replay_floods,
    attacks.subscribers_beside_many_subscriptions, attacks.waiting_acquires_by_the_thousand,
    attacks.waiting_acquires_of_who_is_gone,
)
ATTACK = 8.0  # seconds of one attack
PAUSE = 14.0  # and before the next one; the allocator gives back what is free within ten
CALM = 3.0  # at the end of a pause: then memory is looked at
ENOUGH = 200  # samples of a life to judge it by: seven minutes, so that one attack does not decide
# Attacks and a busy machine may hold the reader of the history up for long; and a restart opens each
# segment, so they are not many.
RETAIN = {"journal.retain_bytes": "4GiB", "journal.segment_bytes": "8MiB", "limits.batch_bytes": "1MiB",
          "journal.snapshot_bytes": "32MiB", "journal.reserve_bytes": "8MiB"}
LIVES = 5  # of the broker, that is, kills and one
GROWTH, SLACK = 1.10, 24 * MIB  # of a life's last third over its second


class Meter(threading.Thread):
    """A good client that asks for one thing after another and notes how long each took."""

    def __init__(self, day):
        super().__init__(daemon=True)
        self.day, self.enough, self.failure = day, threading.Event(), None
        self.calm, self.attacked = [], []  # seconds

    def run(self):
        try:
            client = Client(self.day.board.context, self.day.board.requests)
            while not self.enough.is_set():
                self._once(client)
                time.sleep(0.005)
            client.close()
        except BaseException as failure:  # told by Day
            self.failure = failure

    def _once(self, client):
        began, kills = time.monotonic(), self.day.kills
        times = self.attacked if self.day.attack else self.calm
        try:
            reply = client.ask("get", {"guid": "standing"}, timeout=DEADLINE)
        except Silent:
            holds(kills != self.day.kills or self.day.restarting,
                  f"a good request is answered within {DEADLINE:.0f} s", self.day.attack)
            client.connect()
            return
        same(reply.status, "ok", "a good request is answered ok")
        if kills == self.day.kills and not self.day.restarting:
            times.append(time.monotonic() - began)


class Day(Campaign):
    """The campaign's board and load, with more going on and fewer kills."""

    def __init__(self, daemon, seed, minutes):
        super().__init__(daemon, seed)
        self.config = self.board.home / "taskbbsd.conf"
        self.board.options = {**OPTIONS, **RETAIN, "config": self.config}
        self._configure(0)
        self.seconds = minutes * 60
        self.attack, self.restarting, self.reloads, self.attacked = "", False, 0, {}
        self.snapshots, self.growth, self.peaks, self.peak, self.too_short = 0, [], [], 0, 0
        self.meter = Meter(self)

    def _configure(self, number):
        self.config.write_text(
            f"[converge]\nkick_interval = {30 + number % 7}s\nclaim_timeout = {40 + number % 5}s\n"
            f"[limits]\ntasks = {1_000_000 + number}\n")

    def run(self):
        self.begin()
        self._ask_task()
        self.meter.start()
        sleeper = self._sleeper()
        for life in range(LIVES):
            if life > 0:
                self._die()
            self._live(self.seconds / LIVES)
        sleeper.close(0)
        self.meter.enough.set()
        self.meter.join(DEADLINE)
        if self.meter.failure:
            raise self.meter.failure
        self.finish()

    def _ask_task(self):
        self._ask("desire", task={"guid": "standing", "stack": "standing",
                                  "time_to_claim_ms": 4294967295})

    def _sleeper(self):
        """A subscriber that does not read."""
        sleeper = self.board.context.socket(zmq.SUB)
        sleeper.setsockopt(zmq.RCVHWM, 10)
        sleeper.setsockopt(zmq.SUBSCRIBE, b"")
        sleeper.connect(self.board.events)
        return sleeper

    def _die(self):
        self.restarting = True
        self.board.kill()
        self.kills += 1
        self._restart()
        self.reader.connect()
        self.check()
        self.restarting = False

    def _live(self, seconds):
        samples, end, turn = [], time.monotonic() + seconds, time.monotonic() + PAUSE
        stop = None
        while time.monotonic() < end:
            same(self.board.process.poll(), None, "the broker lives")
            if not stop and time.monotonic() > turn - CALM:
                samples.append(resident(self.board))
            self.peak = max(self.peak, resident(self.board))
            self.check()
            if self.meter.failure:
                raise self.meter.failure
            if time.monotonic() > turn:
                stop = self._next_turn(stop)
                turn = time.monotonic() + (ATTACK if stop else PAUSE)
            time.sleep(0.25)
        if stop:
            self._next_turn(stop)
        self.snapshots += self._ask("stats")["snapshots"]
        self._is_flat(samples)

    def _next_turn(self, stop):
        """An attack begins, or ends with a reload behind it."""
        if stop:
            stop.set()
            self.attack = ""
            self.reloads += 1
            self._configure(self.reloads)
            self.board.process.send_signal(signal.SIGHUP)
            return None
        chosen = self.draw.choice(HOSTILE)
        self.attack = chosen.__name__
        self.attacked[self.attack] = self.attacked.get(self.attack, 0) + 1
        stop = threading.Event()
        threading.Thread(target=chosen, args=(self.board, stop), daemon=True).start()
        return stop

    def _is_flat(self, samples):
        self.peaks.append(self.peak / MIB)
        self.peak = 0
        if len(samples) < ENOUGH:
            self.too_short += 1
            return
        third = len(samples) // 3
        before, after = statistics.median(samples[third:2 * third]), statistics.median(samples[2 * third:])
        self.growth.append((after - before) / MIB)
        holds(after <= before * GROWTH + SLACK, "memory is flat",
              f"{before / MIB:.0f} MiB, later {after / MIB:.0f} MiB")

    def summary(self):
        def row(name, times):
            ordered = sorted(times) or [0]
            at = lambda share: ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000
            return (f"  {name:22} {len(times):8} requests   p50 {at(.5):7.1f} ms   p99 {at(.99):7.1f}"
                    f"   p99.9 {at(.999):7.1f}   max {at(1):7.1f}")
        attacks_made = ", ".join(f"{name} {count}" for name, count in sorted(self.attacked.items()))
        return "\n".join((
            super().summary(), f"  {self.reloads} reloads, {self.snapshots} snapshots",
            f"  attacks: {attacks_made}", row("a good client, calm", self.meter.calm),
            row("the same, attacked", self.meter.attacked),
            "  memory, each life's last third over its second: "
            + (", ".join(f"{one:+.1f} MiB" for one in self.growth) or "none was long enough to judge")
            + (f" ({self.too_short} too short to judge)" if self.growth and self.too_short else "")
            + "; peaks " + ", ".join(f"{one:.0f}" for one in self.peaks) + " MiB"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5)
    return conduct(parser, lambda daemon, seed, given: Day(daemon, seed, given.minutes),
                   lambda day, _: day.run(),
                   "0 lost, 0 doubled, one owner an epoch; every good request answered ok; memory flat where it was judged")


if __name__ == "__main__":
    sys.exit(main())
