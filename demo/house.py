"""The processes of the demo and the directory that they share: started, asked, and all gone when
the house is closed. Signals only leave a mark, which those who wait look at, so that nothing is
interrupted half-way: no process is lost between its start and its entry in the list, and a second
Ctrl-C can't break the cleaning up off."""

import glob
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

SLOTS = 4
TTL_MS = 3000


class Trouble(Exception):
    """What makes the demo fail, in one line."""


class Interrupted(Exception):
    """A signal asked for the end."""


class Signals:
    """Marks that one came."""

    def __init__(self):
        self.number = None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.mark)

    def mark(self, number, _):
        self.number = self.number or number

    def check(self):
        if self.number:
            raise Interrupted


def hold_port():
    """A socket whose port nobody else is given while it lives, but a broker that binds it, also a
    second time, as it does that with SO_REUSEADDR."""
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return holder


class House:
    """Close it, whatever happens."""

    def __init__(self, build, signals):
        self.build = Path(build).resolve()
        self.signals = signals
        # A disk, where /tmp may be memory: the broker's syncs are part of the show.
        self.dir = Path(tempfile.mkdtemp(prefix="taskbbs-demo-", dir="/var/tmp"))
        # What the user has set for a broker of theirs is not for this one. The mark tells what
        # belongs to the house, the executors' commands included.
        self.mark = f"DEMO_OF_TASKBBS={self.dir}"
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith("TASKBBS_")}
        self.environment["DEMO_OF_TASKBBS"] = str(self.dir)
        self.held = [hold_port() for _ in range(2)]
        self.requests, self.events = (f"tcp://127.0.0.1:{one.getsockname()[1]}"
                                      for one in self.held)
        self.running = []
        self.brokers = 0
        (self.dir / "journal").mkdir()

    def wait_for(self, condition, what, seconds=20):
        end = time.monotonic() + seconds
        while not condition():
            self.signals.check()
            if time.monotonic() > end:
                raise Trouble(f"waited {seconds} s for {what}")
            time.sleep(0.01)

    def start(self, log, program, *args, **pipes):
        with open(self.dir / log, "ab") as errors:
            # A session of their own: Ctrl-C is the demo's to handle.
            process = subprocess.Popen([self.build / program, *args], stderr=errors,
                                       env=self.environment, start_new_session=True, **pipes)
        self.running.append(process)
        return process

    def start_broker(self):
        """The process, and what its log says about recovering."""
        self.brokers += 1
        log = self.dir / f"broker-{self.brokers}.log"
        broker = self.start(log.name, "taskbbsd", "--journal.dir", str(self.dir / "journal"),
                            "--requests.endpoint", self.requests,
                            "--events.endpoint", self.events, "--log.format", "text",
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.wait_for(lambda: " ready " in log.read_text() or broker.poll() is not None,
                      "the broker")
        lines = log.read_text().splitlines()
        recovered = [line for line in lines if " recovered " in line]
        if not recovered:
            raise Trouble(f"the broker did not start: {lines[-1] if lines else broker.poll()}")
        words = (word.split("=", 1) for word in recovered[0].split() if "=" in word)
        return broker, dict(words)

    def start_executor(self, name):
        return self.start(f"{name}.log", "taskbbs", "executor", "--stack", "demo",
                          "--executor-id", name, "--slots", str(SLOTS), "--ttl-ms", str(TTL_MS),
                          "--endpoint", self.requests, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL)

    def ask(self, *args):
        """A command of the CLI: its lines of JSON."""
        process = self.start("ask.log", "taskbbs", *args, "-o", "json", "--endpoint", self.requests,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        answer = None
        while answer is None:
            self.signals.check()
            try:
                answer, _ = process.communicate(timeout=0.1)
            except subprocess.TimeoutExpired:
                pass
        self.running.remove(process)
        if process.returncode != 0:
            raise Trouble((self.dir / "ask.log").read_text().strip())
        return [json.loads(line) for line in answer.splitlines()]

    def stop(self, process):
        """The orderly way."""
        process.send_signal(signal.SIGTERM)
        self.wait_for(lambda: process.poll() is not None, f"process {process.pid} to end")
        if process.returncode != 0:
            raise Trouble(f"process {process.pid} ended with {process.returncode}")

    def inhabitants(self):
        """Processes that are of this house, whoever started them."""
        found = []
        for file in glob.glob("/proc/[0-9]*/environ"):
            try:
                if self.mark.encode() in Path(file).read_bytes().split(b"\0"):
                    found.append(int(file.split("/")[2]))
            except OSError:
                pass  # gone, or somebody else's
        return found

    def close(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
        for process in self.running:
            process.wait()
        # The commands of a killed executor end a moment after it.
        end = time.monotonic() + 5
        while self.inhabitants() and time.monotonic() < end:
            time.sleep(0.01)
        for one in self.held:
            one.close()
        shutil.rmtree(self.dir, ignore_errors=True)


class Requester:
    """The program taskbbs_demo_requester. Threads read and write its lines: nobody waits for it."""

    def __init__(self, house):
        self.process = house.start("requester.log", "taskbbs_demo_requester", house.requests,
                                   house.dir / "journal", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.lines = queue.Queue()
        self.orders = queue.Queue()
        for work in (self.read, self.write):
            threading.Thread(target=work, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put({"error": "the requester ended"})

    def write(self):
        try:
            while (order := self.orders.get()) is not None:
                self.process.stdin.write(json.dumps(order).encode() + b"\n")
                self.process.stdin.flush()
            self.process.stdin.close()
        except OSError:
            pass  # it has ended: the reader tells

    def order(self, **order):
        self.orders.put(order)

    def leave(self, house):
        self.orders.put(None)
        house.wait_for(lambda: self.process.poll() is not None, "the requester to end")
