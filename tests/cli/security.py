#!/usr/bin/python3
"""The command against a broker that serves with CURVE (docs/security.md): keys, contexts, bounds.

    security.py PATH/TO/taskbbs PATH/TO/taskbbsd
"""
import json
import os
import signal
import subprocess
import sys
import time

from board import Board, run_tests, wait_for

UNREACHABLE, USAGE, NOT_FOUND, DENIED = 5, 2, 3, 6


class Keys:
    """With-statement: a board with CURVE, and pairs by name; `ops` is an operator."""

    def __init__(self, **clients):
        self.board = Board()
        self.dir = self.board.dir
        self.clients = {"ops": "operator", **clients}
        for name in ("server", *self.clients):
            self.make(name)
        self.write(self.clients)
        self.board.options = ("--security.server_key", self.dir / "server",
                              "--security.authorized_keys", self.dir / "clients")

    def make(self, name):
        subprocess.run([self.board.taskbbsd, "keygen", self.dir / name], check=True,
                       stdout=subprocess.DEVNULL)

    def write(self, clients):
        (self.dir / "clients").write_text("".join(
            f"{(self.dir / (name + '.pub')).read_text().strip()} {name} {rest}\n"
            for name, rest in clients.items()))

    def reload(self, clients):
        self.write(clients)
        before = (self.dir / "broker.log").read_text().count(" reloaded ")
        self.board.broker.send_signal(signal.SIGHUP)
        wait_for(lambda: (self.dir / "broker.log").read_text().count(" reloaded ") > before,
                 "the reload")

    def context(self, name, *lines):
        """A context that holds the keys, as the only one."""
        place = self.dir / "config" / "taskbbs"
        place.mkdir(parents=True, exist_ok=True)
        for one in (name, "server.pub"):
            (place / one).write_bytes((self.dir / one).read_bytes())
            (place / one).chmod(0o600)
        (place / f"{name}.conf").write_text("\n".join(
            (f"endpoint = {self.board.requests}", f"key = {name}", "server-key = server.pub",
             *lines, "")))
        self.board.cli.environment["XDG_CONFIG_HOME"] = str(self.dir / "config")

    def as_(self, name):
        return "--key", str(self.dir / name), "--server-key", str(self.dir / "server.pub")

    def watched(self, name, domain):
        """A watch of this client that has seen a task of the domain; what gives the guids it has seen."""
        watch = self.board.started(self.board.cli.start("watch", "-o", "jsonl", *self.as_(name),
                                                        stdout=subprocess.PIPE, text=True))
        os.set_blocking(watch.stdout.fileno(), False)
        seen = []

        def guids():
            seen.extend(json.loads(line)["task"]["guid"] for line in watch.stdout)
            return seen
        at = 0
        while not guids():  # from when on it watches is not told
            self.board.cli("desire", f"{domain}{at}", "--domain", domain, *self.as_("ops"))
            at += 1
            time.sleep(0.3)
        return guids

    def __enter__(self):
        self.board.keys = self.as_("ops")
        self.board.__enter__()
        return self

    def __exit__(self, *failure):
        self.board.__exit__(*failure)


def test_a_command_is_known_by_its_key():
    with Keys(ci="requester,monitor") as keys:
        cli = keys.board.cli
        assert cli.json("hello", *keys.as_("ci"))[0]["role"] == "monitor,requester"
        cli("desire", "t", *keys.as_("ci"))
        done = cli.run("claim", "t", "--executor-id", "e", *keys.as_("ci"), exit=DENIED)
        assert "role executor or operator" in done.stderr, done.stderr


def test_a_key_that_the_broker_does_not_know_is_told_at_once():
    with Keys() as keys:
        keys.make("stranger")
        began = time.monotonic()
        done = keys.board.cli.run("list", *keys.as_("stranger"), exit=DENIED)
        assert "does not know this client's key" in done.stderr, done.stderr
        assert "security.authorized_keys" in done.stderr, done.stderr
        assert time.monotonic() - began < 20, "it does not wait for its timeout"


def test_keys_that_do_not_fit_are_told_as_that():
    with Keys() as keys:
        cli = keys.board.cli
        wrong = ("--key", str(keys.dir / "ops"), "--server-key", str(keys.dir / "ops.pub"))
        done = cli.run("list", *wrong, "--timeout", "3s", exit=UNREACHABLE)
        assert "not the broker's public key" in done.stderr, done.stderr
        done = cli.run("list", "--timeout", "3s", exit=UNREACHABLE)
        assert "wants CURVE" in done.stderr, done.stderr


def test_a_key_file_that_is_of_no_use_is_told_by_its_name():
    with Keys() as keys:
        cli = keys.board.cli
        for args, said in (
            (("--key", str(keys.dir / "ops")), "--server-key is missing"),
            (("--server-key", str(keys.dir / "server.pub")), "--key is missing"),
            (("--key", "/nowhere/key", "--server-key", str(keys.dir / "server.pub")),
             "/nowhere/key: No such file"),
            (("--key", str(keys.dir / "ops.pub"), "--server-key", str(keys.dir / "server.pub")),
             f"the secret one is {keys.dir / 'ops'}"),
            (("--key", str(keys.dir / "ops"), "--server-key", str(keys.dir / "clients")),
             "holds no key"),
        ):
            done = cli.run("list", *args, exit=USAGE)
            assert said in done.stderr, (args, done.stderr)


def test_a_context_brings_the_keys_with_its_endpoint():
    with Keys(ci="requester") as keys:
        keys.context("ci")
        cli = keys.board.cli
        del cli.environment["TASKBBS_ENDPOINT"]
        assert cli.json("hello", "--context", "ci")[0]["role"] == "requester"
        done = cli.run("hello", "--context", "ci", "--endpoint", keys.board.requests,
                       "--timeout", "3s", exit=UNREACHABLE)
        assert "given no key" in done.stderr, "keys go with the context's own endpoint alone"


def test_who_is_bound_to_a_domain_sees_that_alone():
    with Keys(tenant="requester,executor domains=a") as keys:
        cli = keys.board.cli
        cli("desire", "a1", "--domain", "a", *keys.as_("ops"))
        cli("desire", "b1", "--domain", "b", *keys.as_("ops"))
        assert [task["guid"] for task in cli.json("list", *keys.as_("tenant"))] == ["a1"]
        cli.run("get", "b1", *keys.as_("tenant"), exit=NOT_FOUND)
        cli.run("desire", "b2", "--domain", "b", *keys.as_("tenant"), exit=DENIED)


def test_a_watch_of_who_is_bound_to_a_domain_asks_for_what_is_not_published_to_it():
    with Keys(tenant="monitor domains=a") as keys:
        cli = keys.board.cli
        guids = keys.watched("tenant", "a")
        cli("desire", "b1", "--domain", "b", *keys.as_("ops"))
        cli("desire", "last", "--domain", "a", *keys.as_("ops"))
        wait_for(lambda: "last" in guids(), "the event")
        assert not [guid for guid in guids() if guid.startswith("b")], guids()


def test_a_watch_goes_on_when_its_rights_shrink():
    with Keys(tenant="monitor") as keys:
        cli = keys.board.cli
        guids = keys.watched("tenant", "b")
        keys.reload({"ops": "operator", "tenant": "monitor domains=a"})
        cli("desire", "b-late", "--domain", "b", *keys.as_("ops"))
        cli("desire", "a-late", "--domain", "a", *keys.as_("ops"))
        wait_for(lambda: "a-late" in guids(), "the event", 40)
        assert "b-late" not in guids(), guids()


def test_a_key_that_is_revoked_is_of_no_use():
    with Keys(ci="requester") as keys:
        keys.board.cli("desire", "t", *keys.as_("ci"))
        keys.reload({"ops": "operator"})
        keys.board.cli.run("list", *keys.as_("ci"), exit=DENIED)


def test_an_executor_works_over_curve():
    with Keys(worker="executor executors=worker-*", ci="requester") as keys:
        board = keys.board
        board.executor("--stack", "shell", "--executor-id", "worker-1", *keys.as_("worker"))
        done = board.cli.run("desire", "t", "--stack", "shell", "--payload", "echo hi",
                             *keys.as_("ci"))
        assert done.returncode == 0
        wait_for(lambda: board.cli.json("get", "t", *keys.as_("ci"))[0]["state"] == "completed",
                 "the task")
        done = board.cli.run("heartbeat", "--executor-id", "other", *keys.as_("worker"),
                             exit=DENIED)
        assert "worker-*" in done.stderr, done.stderr


def test_an_idle_executor_leaves_at_once_though_it_may_not_drain_itself():
    with Keys(worker="executor", bound="executor domains=a executors=w-*") as keys:
        for name in ("worker", "bound"):
            process, log = keys.board.executor("--stack", "s", "--executor-id", "w-1", *keys.as_(name))
            wait_for(lambda: keys.board.cli.json("stats", *keys.as_("ops"))[0]["waiting_acquires"] == 1,
                     "its acquire to wait")
            began = time.monotonic()
            process.terminate()
            assert process.wait(timeout=20) == 0
            assert time.monotonic() - began < 3, name
            assert "departed" in log.read_text()


if __name__ == "__main__":
    sys.exit(run_tests(globals()))
