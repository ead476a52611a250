#!/usr/bin/env python3
"""The demo: a broker, four executors and a requester hash the files of a directory; on the way an
executor and the broker are killed; at the end every result is checked against one computed here.

    demo.py --build build/release [DIR]

Each file is a task (several tasks, where there are few files): a shell command that prints its
sha256 and its number of lines. Half of the tasks are failed when their executor is lost (the
requester then desires them again, under a new guid), half are requeued by the broker. Needs nothing
but Python's standard library and the programs in --build. Ends with 0 when every result is right,
none was lost and none came twice; else with 1, 2 (usage), 130 or 143 (interrupted).
"""

import argparse
import functools
import hashlib
import os
import queue
import shlex
import sys
import time
from collections import Counter
from datetime import datetime

sys.dont_write_bytecode = True  # it leaves nothing behind

from files import files_of, passed_in_words, shown
from house import SLOTS, TTL_MS, House, Interrupted, Requester, Signals, Trouble

DEFAULT_DIR = "/usr/include"
DEFAULT_FILES = 2000
EXECUTORS = 4
# With fewer the executors would have too little to do for anybody to be caught at it.
FEWEST_TASKS = 240
# So that an executor can be caught with tasks in its hands: a hash takes milliseconds.
SLEEP_S = 1.5
LOST = "executor disappeared before completion"
DEADLINE_S = 120


class Story:
    """What the user reads: lines with the time, and one line of progress that is overwritten."""

    def __init__(self):
        self.begin = time.monotonic()
        self.tty = sys.stdout.isatty()
        sys.stdout.reconfigure(errors="backslashreplace")

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


class Work:
    """The tasks, each the hash of a file, and what is known about each."""

    def __init__(self, files):
        count = max(len(files), FEWEST_TASKS)
        self.files = [files[index % len(files)] for index in range(count)]
        self.half = count // 2
        begin = min(100, self.half // 4)
        self.sleepers = range(begin, begin + min(64, self.half // 2))
        self.results = {}          # index -> what its task printed
        self.attempts = Counter()  # index -> tasks desired for it
        self.desired = {}          # guid -> seq, once the broker has answered
        self.extra = set()         # guids that the requester added, once they are resolved
        self.retried = 0
        self.killed = None         # what the requester said of killing the broker

    def task(self, index):
        self.attempts[index] += 1
        file = shlex.quote(self.files[index])
        nap = f"sleep {SLEEP_S}; " if index in self.sleepers else ""
        line = f"{nap}sha256sum < {file} | cut -c 1-64; wc -l < {file}"
        # A file's name is bytes, which JSON can't carry.
        return {"guid": f"file-{index}-{self.attempts[index]}",
                "payload_hex": os.fsencode(line).hex(), "on_executor_lost": policy(index)}

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
        elif line["outcome"].startswith("extra-"):
            self.extra.add(line["outcome"])
        else:
            self.results[index_of(line["outcome"])] = line["stdout"]

    def all_done(self):
        extra = {guid for guid in self.desired if guid.startswith("extra-")}
        return len(self.results) == len(self.files) and extra <= self.extra


def policy(index):
    return ("fail", "requeue")[index % 2]


def index_of(guid):
    return int(guid.split("-")[1])


@functools.cache
def expected(path):
    with open(path, "rb") as file:
        content = file.read()
    return f"{hashlib.sha256(content).hexdigest()}\n{content.count(10)}\n"


def pump(house, work, requester, story, until):
    """Takes the requester's lines until something has come true."""
    end = time.monotonic() + DEADLINE_S
    while not until():
        house.signals.check()
        if time.monotonic() > end:
            raise Trouble(f"no end after {DEADLINE_S} s: {len(work.results)} results")
        try:
            work.take(requester.lines.get(timeout=0.1), requester)
        except queue.Empty:
            pass
        story.progress(len(work.results), len(work.files))


def age_s(task):
    """Since its last event."""
    return time.time() - datetime.fromisoformat(task["updated_at"]).timestamp()


def catch_in_the_act(house, executors, work):
    """The executor that now runs a task of each policy, which both have long enough to go."""
    for name in executors:
        running = house.ask("list", "--executor-id", name, "--state", "running")
        fresh = [task for task in running if index_of(task["guid"]) in work.sleepers
                 and age_s(task) < SLEEP_S - 1]
        if {task["on_executor_lost"] for task in fresh} == {"fail", "requeue"}:
            return name, running
    return None


def kill_an_executor(house, executors, work, requester, story):
    caught = None

    def look():
        nonlocal caught
        caught = catch_in_the_act(house, executors, work)
        if not caught and all(index in work.results for index in work.sleepers):
            # A slow machine looked too late each time: they sleep once more.
            for index in work.sleepers:
                del work.results[index]
            requester.order(desire=[work.task(index) for index in work.sleepers])
        return caught

    pump(house, work, requester, story, look)
    name, running = caught
    executors[name].kill()
    counts = Counter(task["on_executor_lost"] for task in running)
    story.tell(f"kill -9 executor {name} while it runs {counts['fail']} tasks to be failed and "
               f"{counts['requeue']} to be requeued;")
    story.more(f"e{EXECUTORS + 1} takes its place; the broker notices by its ttl of {TTL_MS} ms")
    del executors[name]
    executors[f"e{EXECUTORS + 1}"] = house.start_executor(f"e{EXECUTORS + 1}")


def kill_the_broker(house, broker, tasks, work, requester, story):
    """Desires `tasks` until the broker is killed in their midst. The new broker, how many requests
    it finds in its journal that the old one had received and not answered, and the tasks that are
    left. The proof: the answer that such a request then gets names an event of before the kill."""
    work.killed = None
    requester.order(desire=tasks, kill=broker.pid)
    pump(house, work, requester, story, lambda: work.killed)
    broker.wait()
    killed = work.killed
    unanswered = killed["unanswered"]
    story.tell(f"kill -9 the broker among {killed['sent']} desires, at attempt "
               f"{killed['attempts']}: {len(unanswered)} have no answer")
    if killed["extra"]:
        story.more(f"({killed['extra']} of them are extra tasks, only there to catch that moment)")
    broker, recovered = house.start_broker()
    pump(house, work, requester, story, lambda: all(guid in work.desired for guid in unanswered))
    received = sum(work.desired[guid] <= int(recovered["seq"]) for guid in unanswered)
    story.tell(f"the broker is back: {recovered['events']} events recovered in "
               f"{recovered['ms']} ms, {recovered['tasks']} tasks;")
    story.more(f"{received} of those requests were in its journal, and got their first outcome now")
    return broker, received, tasks[len(tasks) - killed["left"]:]


def kill_the_broker_with_requests(house, broker, tasks, work, requester, story):
    """The same until at least ten requests were caught between the journal and their answer."""
    for _ in range(10):
        broker, received, tasks = kill_the_broker(house, broker, tasks, work, requester, story)
        if received >= 10:
            requester.order(desire=tasks)
            return broker
        story.more("(their answers had just left it: once more)")
    raise Trouble("no kill of the broker caught 10 requests between the journal and their answer")


def verdict(house, work, events):
    """Lines that say what came out, and whether all is well."""
    wrong = []
    for index, path in enumerate(work.files):
        house.signals.check()
        if work.results.get(index) != expected(path):
            wrong.append(path)
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
    lines += [f"wrong: {shown(path)}" for path in wrong[:5]]
    caught = lost["requeued"] > 0 and lost["completed"] > 0
    if not caught:
        lines.append("the lost executor held no task of one policy: nothing was shown")
    return lines, caught and not (wrong or twice or gone or doubled)


def tell_what_there_is(found, work, directory, story):
    several = len(work.files) > len(found.files)
    story.tell(f"{'the first ' if found.cut else ''}{len(found.files)} files of "
               f"{shown(directory)}: "
               + (f"so few that there are {len(work.files)} tasks, each file several times"
                  if several else "one task each"))
    if passed_in_words(found.passed):
        story.more(f"({passed_in_words(found.passed)})")
    story.more("a task is a shell command that prints sha256 and lines; "
               f"{len(work.sleepers)} of them sleep {SLEEP_S} s")
    story.more("first, so that an executor can be caught with work in its hands")


def tell_the_story(house, found, directory, story):
    work = Work(found.files)
    tell_what_there_is(found, work, directory, story)
    broker, _ = house.start_broker()
    executors = {f"e{n + 1}": house.start_executor(f"e{n + 1}") for n in range(EXECUTORS)}
    requester = Requester(house)
    story.tell(f"a broker on {house.requests}, {EXECUTORS} executors with {SLOTS} slots each, "
               "a requester")
    requester.order(desire=[work.task(index) for index in range(work.half)])
    kill_an_executor(house, executors, work, requester, story)

    pump(house, work, requester, story, lambda: len(work.results) >= work.half * 3 // 4)
    rest = [work.task(index) for index in range(work.half, len(work.files))]
    broker = kill_the_broker_with_requests(house, broker, rest, work, requester, story)
    pump(house, work, requester, story, work.all_done)

    story.tell("all results are in; checking them against hashes computed here, and every event")
    lines, good = verdict(house, work, house.ask("replay"))
    requester.leave(house)
    for process in [*executors.values(), broker]:
        house.stop(process)
    story.tell("executors drained and departed, broker stopped")
    for line in lines:
        story.tell(line)
    return good


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--build", default="build/release", help="where the programs are")
    parser.add_argument("--within", default="", metavar="DIR", help="where a relative DIR begins")
    parser.add_argument("dir", nargs="?", metavar="DIR",
                        help=f"whose files are hashed (the first {DEFAULT_FILES} of {DEFAULT_DIR})")
    return parser, parser.parse_args()


def main():
    parser, options = arguments()
    signals = Signals()
    directory = options.dir if options.dir is not None else DEFAULT_DIR
    place = os.path.abspath(os.path.join(options.within, directory))
    if not os.path.isdir(place):
        exists = os.path.lexists(place)
        parser.error(f"{shown(directory)} {'is not a directory' if exists else 'does not exist'}")
    try:
        most = sys.maxsize if options.dir is not None else DEFAULT_FILES
        found = files_of(place, most, signals.check)
    except Interrupted:
        return 128 + signals.number
    if not found.files:
        passed = passed_in_words(found.passed)
        parser.error(f"{shown(directory)} has no file to hash" + (f" ({passed})" if passed else ""))
    house = House(options.build, signals)
    story = Story()
    try:
        return 0 if tell_the_story(house, found, directory, story) else 1
    except Trouble as trouble:
        story.tell(f"FAILED: {trouble}")
        return 1
    except Interrupted:
        story.tell("interrupted; cleaning up")
        return 128 + signals.number
    finally:
        house.close()


if __name__ == "__main__":
    sys.exit(main())
