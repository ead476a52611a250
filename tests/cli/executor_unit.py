#!/usr/bin/python3
"""taskbbs-executor@.service against a broker with CURVE, with the drop-in that docs/executor.md shows for
its keys; systemd's part is played here.

    executor_unit.py PATH/TO/taskbbs PATH/TO/taskbbsd
"""
import os
import re
import sys
from pathlib import Path

from board import run_tests, wait_for
from security import Keys

SOURCE = Path(__file__).resolve().parents[2]
UNIT = SOURCE / "systemd" / "taskbbs-executor@.service"
DROP_IN = re.compile(r"^    \[Service\]\n(?:    .*\n)+", re.MULTILINE)


def settings(text):
    return re.findall(r"^ *(\w+)=(.*)$", text, re.MULTILINE)


class Service:
    """What systemd makes of the unit and its drop-in, as instance `s`: arguments and credentials."""

    def __init__(self, home):
        self.credentials = home / "credentials"
        self.credentials.mkdir()
        lines = settings(UNIT.read_text()) + settings(DROP_IN.search((SOURCE / "docs/executor.md").read_text())[0])
        pairs = [value.strip('"').split("=", 1) for name, value in lines if name == "Environment"]
        self.environment = {name: self.expanded(value) for name, value in pairs}
        self.loads = [value.split(":") for name, value in lines if name == "LoadCredential"]
        self.command = self.expanded(dict(lines)["ExecStart"]).split()

    def expanded(self, text):
        for specifier, value in (("%d", self.credentials), ("%i", "s"), ("%l", "host"), ("%S", "/var/lib")):
            text = text.replace(specifier, str(value))
        return text

    def load(self, name, content):
        """Copies for its user alone; with an access list the mask shows as rights of the group."""
        (self.credentials / name).write_bytes(content)
        (self.credentials / name).chmod(0o440)

    def arguments(self):
        words = []
        for word in self.command[1:]:
            words += self.environment.get(word[1:], "").split() if word.startswith("$") else [word]
        return words


def test_an_instance_is_let_in_by_the_keys_that_its_drop_in_hands_over():
    with Keys(worker="executor executors=host-s") as keys:
        service = Service(keys.dir)
        files = {"server.key.pub": "server.pub"}  # as docs/security.md names it
        for name, path in service.loads:
            service.load(name, (keys.dir / files.get(Path(path).name, "worker")).read_bytes())
        command, *words = service.arguments()
        _, log = keys.board.executor(*words)
        assert command == "executor" and "present on the board" in log.read_text(), log.read_text()
        keys.board.cli("desire", "t", "--stack", "s", "--payload", "true", *keys.as_("ops"))
        wait_for(lambda: keys.board.cli.json("get", "t", *keys.as_("ops"))[0]["state"] == "completed", "the task")


if __name__ == "__main__":
    os.environ.pop("TASKBBS_ENDPOINT", None)
    sys.exit(run_tests(globals()))
