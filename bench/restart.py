#!/usr/bin/python3
"""Restarts under load: for how long no request is answered, and whether anything is lost.

    restart.py BUILD [TASKS [RESTARTS [SECONDS]]]

BUILD is a directory of built programs. A broker with default settings gets TASKS tasks that stand
(a million) and a load beside them: lives of tasks led by the SDK, which writes down each call that
was acknowledged, and a client that asks for one more task whenever it has its answer. Then the
broker is stopped, or killed, and started again at once, RESTARTS times in turn (4), with SECONDS of
load between (8). Told for each: the longest time in which that client had no answer; the processor
time of the new process until then, which says more on a busy machine; what the restart replayed;
and the goal: 1 s (for each million tasks, if there are more), and 1 s for each two million events
since the snapshot. In the end everything that was acknowledged is looked for. Ends with 1 where
something is missing; figures are printed, not judged.
"""
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import msgpack
import zmq

AT_ONCE = 500  # requests of one message while the board is filled
LIVES = 100  # of the load
PATIENCE = 300.0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Connection:
    """A session of the contract, as little as it takes."""

    def __init__(self, context, endpoint):
        self.socket = context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RECONNECT_IVL, 1)
        self.socket.setsockopt(zmq.RECONNECT_IVL_MAX, 5)
        self.socket.connect(endpoint)
        self.session, self.id = secrets.token_bytes(16), 0

    def send(self, verb, bodies):
        """Acknowledges all that was sent before."""
        first = self.id + 1
        self.id += len(bodies)
        requests = [[first + at, verb, body] for at, body in enumerate(bodies)]
        self.socket.send(msgpack.packb([1, self.session, first - 1, requests]))

    def replies(self, seconds):
        """Those of one message; none: nothing came in time."""
        if not self.socket.poll(int(seconds * 1000)):
            return []
        return msgpack.unpackb(self.socket.recv())[2]

    def ask(self, verb, **body):
        """Of a broker that serves: the answer."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.send(verb, [body])
            for number, status, answer in self.replies(5):
                if number == self.id:
                    assert status == "ok", (verb, status, answer)
                    return answer
        raise TimeoutError(verb)


class Broker:
    """With the settings that an operator finds."""

    def __init__(self, build):
        self.build = build
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="taskbbs-restart-"))
        self.journal = self.home / "journal"
        self.journal.mkdir(mode=0o700)
        self.requests = f"tcp://127.0.0.1:{free_port()}"
        self.events = f"tcp://127.0.0.1:{free_port()}"
        self.process = None

    def start(self):
        with open(self.home / "log", "ab") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", self.build / "taskbbsd", "--config", "/dev/null",
                 "--journal.dir", self.journal, "--requests.endpoint", self.requests,
                 "--events.endpoint", self.events], stderr=log, env={},
            )

    def end(self, sign):
        self.process.send_signal(sign)
        return self.process.wait(PATIENCE)

    def recovered(self):
        """What the last start said: {name: number}."""
        line = [one for one in (self.home / "log").read_text().splitlines() if " recovered " in one][-1]
        return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", line)}

    def worked(self):
        """Seconds of processor time so far: what other load on the machine changes less than the clock."""
        words = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def remove(self):
        if self.process and self.process.poll() is None:
            self.end(signal.SIGKILL)
        shutil.rmtree(self.home, ignore_errors=True)


class Prober(threading.Thread):
    """Asks for a task, again when it was not answered for a moment; notes when answers came."""

    def __init__(self, context, endpoint):
        super().__init__(daemon=True)
        self.connection = Connection(context, endpoint)
        self.enough = threading.Event()
        self.longest, self.answered_at = 0.0, time.monotonic()

    def run(self):
        asked = 0
        while not self.enough.is_set():
            asked += 1
            self.connection.send("desire", [{"task": {"guid": f"probe-{asked}"}}])
            if self.connection.replies(0.02):
                now = time.monotonic()
                self.longest = max(self.longest, now - self.answered_at)
                self.answered_at = now

    def take_longest(self):
        longest, self.longest = self.longest, 0.0
        return longest


def fill(connection, tasks):
    payload = b"p" * 300
    for at in range(0, tasks, AT_ONCE):
        bodies = [{"task": {"guid": f"standing-{at + k}", "payload": payload, "time_to_claim_ms": 86_400_000}}
                  for k in range(min(AT_ONCE, tasks - at))]
        connection.send("desire", bodies)
        left = len(bodies)
        while left:
            replies = connection.replies(PATIENCE)
            assert replies, "the board can't be filled"
            assert all(status == "ok" for _, status, _ in replies), replies[0]
            left -= len(replies)


def wait_for(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


def lost_of(connection, ledger, after):
    """Acknowledged calls that the history does not show."""
    told = {}
    for line in ledger.read_text().splitlines():
        seq, kind, guid = line.split()[:3]
        told[int(seq)] = kind, guid
    seen, seq = 0, after
    while True:
        page = connection.ask("replay", after=seq, limit=10_000)
        for event in page.get("events") or []:
            wanted = told.get(event["seq"])
            if wanted and "task" in event and wanted == (event["kind"], event["task"]["guid"]):
                seen += 1
        seq = page["next"]
        if seq >= page["seq"]:
            return len(told), len(told) - seen


def restart(broker, prober, kind, pause):
    time.sleep(pause)
    prober.take_longest()
    began = time.monotonic()
    broker.end(kind)
    ended = time.monotonic()
    broker.start()
    wait_for(lambda: prober.answered_at > ended, "an answer after the restart")
    worked, silent = broker.worked(), prober.take_longest()
    told = broker.recovered()
    goal = max(1.0, told["tasks"] / 1e6) + told["events"] / 2e6
    name = "stopped" if kind == signal.SIGTERM else "killed"
    print(f"{name:8} no answer for {silent:6.3f} s (of that {ended - began:5.3f} s until it had ended; "
          f"the new one had worked for {worked:.2f} s by its first answer); "
          f"recovered {told['tasks']} tasks, {told['events']} events since the snapshot, in {told['ms'] / 1000:.3f} s; "
          f"goal {goal:.3f} s: {'reached' if silent <= goal else 'missed'}", flush=True)


def measure(broker, tasks, restarts, pause):
    context = zmq.Context()
    broker.start()
    connection = Connection(context, broker.requests)
    began = time.monotonic()
    fill(connection, tasks)
    print(f"{tasks} tasks stand, after {time.monotonic() - began:.0f} s", flush=True)
    after = connection.ask("stats")["seq"]
    ledger = broker.home / "ledger"
    load = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", broker.build / "taskbbs_kill_load", broker.requests,
                             ledger, str(LIVES)])
    prober = Prober(context, broker.requests)
    prober.start()
    for at in range(restarts):
        restart(broker, prober, (signal.SIGTERM, signal.SIGKILL)[at % 2], pause)
    prober.enough.set()
    prober.join()
    load.send_signal(signal.SIGTERM)
    code = load.wait(PATIENCE)
    told, lost = lost_of(connection, ledger, after)
    print(f"{told} calls of the SDK were acknowledged, {lost} of them are not in the history; "
          f"{'each' if code == 0 else 'not each'} call was answered in the end")
    prober.connection.socket.close()
    connection.socket.close()
    context.term()
    return 0 if lost == 0 and code == 0 and told > 0 else 1


def main():
    defaults = ["1000000", "4", "8"]
    if not 2 <= len(sys.argv) <= 2 + len(defaults):
        sys.exit(__doc__)
    given = sys.argv[2:]
    tasks, restarts, pause = given + defaults[len(given):]
    broker = Broker(pathlib.Path(sys.argv[1]).resolve())
    try:
        return measure(broker, int(tasks), int(restarts), float(pause))
    finally:
        broker.remove()


if __name__ == "__main__":
    sys.exit(main())
