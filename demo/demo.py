#!/usr/bin/env python3
"""The demo: a broker, four executors and a requester hash some 2,000 files; on the way an executor
and the broker are killed; at the end every result is checked against one computed here.

    demo.py --build build/release [DIR]

Each file is a task: a shell command that prints its sha256 and its number of lines. Half of the
tasks are failed when their executor is lost (the requester then desires them again, under a new
guid), half are requeued by the broker. Needs nothing but Python's standard library and the
programs in --build. Ends with 0 when every result is right, none was lost and none came twice.
"""

import argparse
import hashlib
import json
import os
import queue
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

EXECUTORS = 4
SLOTS = 4
TTL_MS = 3000
# So that an executor can be caught with tasks in its hands: a hash takes milliseconds.
SLEEPERS = range(100, 164)
SLEEP_S = 1.5
LOST = "executor disappeared before completion"
DEADLINE_S = 120


class Trouble(Exception):
    """What makes the demo fail, in one line."""


class Story:
    """What the user reads: lines with the time, and one line of progress that is overwritten."""

    def __init__(self):
        self.begin = time.monotonic()
        self.tty = sys.stdout.isatty()

    def tell(self, text):
        clear = "\r\033[K" if self.tty else ""
        print(f"{clear}{time.monotonic() - self.begin:6.1f} s  {text}", flush=True)

    def more(self, text):
        print(f"{'':9} {text}", flush=True)

    def progress(self, done, total):
        if self.tty:
            filled = 40 * done // total
            bar = "#" * filled + "." * (40 - filled)
            print(f"\r{'':9} [{bar}] {done} of {total}", end="", flush=True)


class House:
    """The processes and the directory of the demo, all gone when it is closed."""

    def __init__(self, build):
        self.build = Path(build).resolve()
        # A disk, where /tmp may be memory: the broker's syncs are part of the show.
        self.dir = Path(tempfile.mkdtemp(prefix="taskbbs-demo-", dir="/var/tmp"))
        self.requests, self.events = (f"tcp://127.0.0.1:{port}" for port in free_ports(2))
        self.running = []
        self.brokers = 0
        (self.dir / "journal").mkdir()

    def start(self, log, program, *args, **pipes):
        with open(self.dir / log, "ab") as errors:
            # A session of their own: Ctrl-C is the demo's to handle.
            process = subprocess.Popen([self.build / program, *args], stderr=errors,
                                       start_new_session=True, **pipes)
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
        wait_for(lambda: " ready " in log.read_text() or broker.poll() is not None, "the broker")
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
        answer = subprocess.run([self.build / "taskbbs", *args, "-o", "json",
                                 "--endpoint", self.requests],
                                capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            raise Trouble(answer.stderr.strip())
        return [json.loads(line) for line in answer.stdout.splitlines()]

    def close(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Requester:
    """The program beside this one; its lines are read by a thread."""

    def __init__(self, house):
        self.process = house.start("requester.log", "taskbbs_demo_requester", house.requests,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put({"error": "the requester ended"})

    def order(self, **order):
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()


class Work:
    """The files, and what is known about each."""

    def __init__(self, files):
        self.files = files
        self.results = {}          # index -> what its task printed
        self.attempts = Counter()  # index -> tasks desired for it
        self.desired = {}          # guid -> seq, once the broker has answered
        self.retried = 0
        self.killed = None         # what the requester said of killing the broker

    def task(self, index):
        self.attempts[index] += 1
        file = shlex.quote(str(self.files[index]))
        nap = f"sleep {SLEEP_S}; " if index in SLEEPERS else ""
        return {"guid": f"file-{index}-{self.attempts[index]}",
                "payload": f"{nap}sha256sum < {file} | cut -c 1-64; wc -l < {file}",
                "on_executor_lost": policy(index)}

    def take(self, line, requester):
        """One line of the requester."""
        if "error" in line:
            raise Trouble(line["error"])
        if "desired" in line:
            self.desired[line["desired"]] = line["seq"]
        elif "killed" in line:
            self.killed = line
        elif line["reason"] == LOST:
            self.retried += 1
            requester.order(desire=[self.task(index_of(line["outcome"]))])
        elif line["failed"]:
            raise Trouble(f"{line['outcome']} failed: {line['reason']}")
        else:
            self.results[index_of(line["outcome"])] = line["stdout"]


def policy(index):
    return ("fail", "requeue")[index % 2]


def index_of(guid):
    return int(guid.split("-")[1])


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_for(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Trouble(f"waited {seconds} s for {what}")
        time.sleep(0.01)


def files_of(directory, most):
    """Regular files, sorted, readable, with names that JSON can carry."""
    found = []
    for parent, directories, names in os.walk(directory):
        directories.sort()
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_file() and not path.is_symlink() and os.access(path, os.R_OK):
                if str(path).isprintable():
                    found.append(path)
            if len(found) == most:
                return found
    return found


def expected(path):
    content = path.read_bytes()
    return f"{hashlib.sha256(content).hexdigest()}\n{content.count(10)}\n"


def pump(work, requester, story, until):
    """Takes the requester's lines until something has come true."""
    end = time.monotonic() + DEADLINE_S
    while not until():
        if time.monotonic() > end:
            raise Trouble(f"no end after {DEADLINE_S} s: {len(work.results)} results")
        try:
            work.take(requester.lines.get(timeout=0.1), requester)
        except queue.Empty:
            pass
        story.progress(len(work.results), len(work.files))


def catch_in_the_act(house, executors):
    """The executor that now runs a task of each policy, which both have long enough to go."""
    for name in executors:
        running = house.ask("list", "--executor-id", name, "--state", "running")
        fresh = [task for task in running if index_of(task["guid"]) in SLEEPERS
                 and time.time_ns() - task["updated_at"] < (SLEEP_S - 1) * 1e9]
        if {task["on_executor_lost"] for task in fresh} == {"fail", "requeue"}:
            return name, running
    return None


def kill_an_executor(house, executors, work, requester, story):
    """Its name, and the tasks that it held."""
    caught = None

    def look():
        nonlocal caught
        caught = catch_in_the_act(house, executors)
        return caught

    pump(work, requester, story, look)
    name, running = caught
    executors[name].kill()
    counts = Counter(task["on_executor_lost"] for task in running)
    story.tell(f"kill -9 executor {name} while it runs {counts['fail']} tasks to be failed and "
               f"{counts['requeue']} to be requeued;")
    story.more(f"e{EXECUTORS + 1} takes its place; the broker notices by its ttl of {TTL_MS} ms")
    del executors[name]
    executors[f"e{EXECUTORS + 1}"] = house.start_executor(f"e{EXECUTORS + 1}")
    return name


def kill_the_broker(house, broker, tasks, work, requester, story):
    """Desires `tasks` until the broker is killed in their midst. The new broker, how many requests
    it finds in its journal that the old one had received and not answered, and the tasks that are
    left. The proof: the answer that such a request then gets names an event of before the kill."""
    work.killed = None
    requester.order(desire=tasks, kill=broker.pid)
    pump(work, requester, story, lambda: work.killed)
    broker.wait()
    unanswered, left = work.killed["unanswered"], work.killed["left"]
    story.tell(f"kill -9 the broker among {len(tasks) - left} desires: {len(unanswered)} have no "
               "answer")
    broker, recovered = house.start_broker()
    pump(work, requester, story, lambda: all(guid in work.desired for guid in unanswered))
    received = sum(work.desired[guid] <= int(recovered["seq"]) for guid in unanswered)
    story.tell(f"the broker is back: {recovered['events']} events recovered in "
               f"{recovered['ms']} ms, {recovered['tasks']} tasks;")
    story.more(f"{received} of those requests were in its journal, and got their first outcome now")
    if received < 10:
        story.more("(the moment was missed: once more)")
    return broker, received, tasks[len(tasks) - left:]


def verdict(work, events):
    """Lines that say what came out, and whether all is well."""
    wrong = [path for index, path in enumerate(work.files)
             if work.results.get(index) != expected(path)]
    owner, completed, desired, resolved, lost = {}, Counter(), Counter(), set(), Counter()
    for event in events:
        guid = event.get("task", {}).get("guid")
        if event["kind"] == "claimed":
            owner[guid] = event["task"]["epoch"]
        elif event["kind"] == "completed":
            completed[guid, owner.get(guid)] += 1
        elif event["kind"] == "desired":
            desired[guid] += 1
        elif event["kind"] == "resolved":
            resolved.add(guid)
        if event.get("cause") == "executor_lost":
            lost[event["kind"]] += 1
    per_guid = Counter(guid for guid, _ in completed)
    twice = sum(count > 1 for count in [*completed.values(), *per_guid.values()])
    gone = sum(guid not in resolved for guid in work.desired)
    doubled = sum(count > 1 for count in desired.values())
    lines = [f"{len(events)} events: {lost['requeued']} tasks requeued after the loss, "
             f"{lost['completed']} failed by it, {work.retried} desired again",
             f"{len(work.files) - len(wrong)} of {len(work.files)} results correct, {gone} lost, "
             f"{twice} completed twice, {doubled} desired twice"]
    lines += [f"wrong: {path}" for path in wrong[:5]]
    caught = lost["requeued"] > 0 and lost["completed"] > 0
    if not caught:
        lines.append("the lost executor held no task of one policy: nothing was shown")
    return lines, caught and not (wrong or twice or gone or doubled)


def leave(executors, requester, broker, story):
    """Everybody goes the orderly way."""
    requester.process.stdin.close()
    for process in [*executors.values(), broker]:
        process.send_signal(signal.SIGTERM)
        if process.wait(timeout=20) != 0:
            raise Trouble(f"process {process.pid} ended with {process.returncode}")
    requester.process.wait(timeout=20)
    story.tell("executors drained and departed, broker stopped")


def tell_the_story(house, files, story):
    work = Work(files)
    half = len(files) // 2
    story.tell(f"{len(files)} files of {Path(*files[0].parts[:3])}: one task each, a shell "
               f"command that prints sha256 and lines")
    story.more(f"({len(SLEEPERS)} of them sleep {SLEEP_S} s first, so that an executor can be "
               "caught with work in its hands)")
    broker, _ = house.start_broker()
    executors = {f"e{n + 1}": house.start_executor(f"e{n + 1}") for n in range(EXECUTORS)}
    requester = Requester(house)
    story.tell(f"a broker on {house.requests}, {EXECUTORS} executors with {SLOTS} slots each, "
               "a requester")
    requester.order(desire=[work.task(index) for index in range(half)])
    kill_an_executor(house, executors, work, requester, story)

    pump(work, requester, story, lambda: len(work.results) >= half * 3 // 4)
    rest, received = [work.task(index) for index in range(half, len(files))], 0
    while received < 10 and rest:
        broker, received, rest = kill_the_broker(house, broker, rest, work, requester, story)
    requester.order(desire=rest)
    pump(work, requester, story, lambda: len(work.results) == len(files))

    story.tell("all results are in; checking them against hashes computed here, and every event")
    lines, good = verdict(work, house.ask("replay"))
    leave(executors, requester, broker, story)
    for line in lines:
        story.tell(line)
    if received < 10:
        raise Trouble(f"only {received} requests were in flight when the broker was killed")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--build", default="build/release", help="where the programs are")
    parser.add_argument("dir", nargs="?", default="/usr/include", help="whose files are hashed")
    parser.add_argument("--files", type=int, default=2000, help="how many at most (2000)")
    options = parser.parse_args()
    files = files_of(options.dir, options.files)
    if len(files) < 2 * SLEEPERS.stop:
        parser.error(f"{options.dir} has {len(files)} files; {2 * SLEEPERS.stop} are needed")
    # Both clean up; Ctrl-C even where a script started this in the background.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    house = House(options.build)
    story = Story()
    try:
        return 0 if tell_the_story(house, files, story) else 1
    except Trouble as trouble:
        story.tell(f"FAILED: {trouble}")
        return 1
    except KeyboardInterrupt:
        story.tell("interrupted")
        return 130
    finally:
        house.close()


if __name__ == "__main__":
    sys.exit(main())
