"""A broker on a directory and ports of its own, and the command to try on it: what the scripts of
this directory share. They are called with the paths of taskbbs and taskbbsd."""

import calendar
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parent.parent))

from ports import free_port  # noqa: E402  (the path comes first)


def wait_for(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.02)


def ns_of(text):
    """ns since 1970 of a time as JSON has it: RFC 3339 in UTC, with nine digits behind the second."""
    seconds, fraction = text.removesuffix("Z").split(".")
    return calendar.timegm(time.strptime(seconds, "%Y-%m-%dT%H:%M:%S")) * 10**9 + int(fraction)


class Cli:
    """The command, with TASKBBS_ENDPOINT set."""

    def __init__(self, program, endpoint):
        self.program = program
        self.environment = {**os.environ, "TASKBBS_ENDPOINT": endpoint}

    def __call__(self, *args, exit=0, input=None):
        """Runs it; checks the exit code; its standard output."""
        return self.run(*args, exit=exit, input=input).stdout

    def run(self, *args, exit=0, input=None):
        done = subprocess.run([self.program, *args], capture_output=True, text=True, input=input,
                              env=self.environment, timeout=60, check=False)
        assert done.returncode == exit, f"{args}: {done.returncode}, not {exit}: {done.stderr}"
        return done

    def json(self, *args, exit=0):
        """Its lines, as JSON."""
        return [json.loads(line) for line in self(*args, "-o", "json", exit=exit).splitlines()]

    def start(self, *args, **pipes):
        return subprocess.Popen([self.program, *args], env=self.environment, **pipes)


class Board:
    """With-statement: the broker runs, `cli` talks to it; all is gone at the end."""

    def __init__(self, *options):
        self.taskbbs, self.taskbbsd = sys.argv[1:3]
        self.options = options
        self.keys = ()  # words that let the board's own questions in
        self.dir = Path(tempfile.mkdtemp(prefix="taskbbs-cli-test-"))
        self.requests, self.events = (f"tcp://127.0.0.1:{free_port()}" for _ in range(2))
        self.cli = Cli(self.taskbbs, self.requests)
        self.broker = None
        self.others = []

    def __enter__(self):
        try:
            self.start()
        except BaseException as failed:
            self.__exit__(type(failed))
            raise
        return self

    def start(self):
        (self.dir / "journal").mkdir(exist_ok=True)
        with open(self.dir / "broker.log", "ab") as log:
            self.broker = subprocess.Popen(
                [self.taskbbsd, "--journal.dir", self.dir / "journal", "--requests.endpoint",
                 self.requests, "--events.endpoint", self.events, *self.options],
                stdout=subprocess.DEVNULL, stderr=log)
        self.cli("hello", "--timeout", "20s", *self.keys)

    def kill(self):
        self.broker.kill()
        self.broker.wait()

    def started(self, process):
        """A process that ends with the board at the latest."""
        self.others.append(process)
        return process

    def executor(self, *args):
        """`taskbbs executor` and the file that it logs to; present when this returns."""
        log = self.dir / f"executor-{len(self.others)}.log"
        with open(log, "wb") as errors:
            process = self.started(self.cli.start("executor", *args, stderr=errors))
        wait_for(lambda: "present on the board" in log.read_text() or process.poll() is not None,
                 "the executor")
        return process, log

    def state(self, guid):
        return self.cli.json("get", guid)[0]["state"]

    def __exit__(self, kind, *_):
        if kind is not None:
            for log in self.dir.glob("*.log"):
                print(f"--- {log.name}\n{log.read_text()[-2000:]}", file=sys.stderr)
        for process in [*self.others, self.broker]:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def run_tests(namespace):
    """Runs every test_... of a script, in order; a test's name is the rule that it checks."""
    for name, test in list(namespace.items()):
        if name.startswith("test_"):
            begin = time.monotonic()
            test()
            print(f"ok {time.monotonic() - begin:5.1f} s  {name[5:].replace('_', ' ')}", flush=True)
