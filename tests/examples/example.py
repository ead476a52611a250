"""A board, the built examples and the commands of their README: what the scripts of this directory
share. They are called with the paths of taskbbs, taskbbsd and the directory of the examples' programs."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"

sys.path.insert(1, str(ROOT / "tests" / "cli"))

import board  # noqa: E402  (the path comes first)
from board import run_tests, wait_for  # noqa: E402, F401


class Board(board.Board):
    """The tests' board; a directory for what an example leaves, and the example's programs."""

    def __enter__(self):
        super().__enter__()
        self.out = self.dir / "out"
        self.out.mkdir()
        self.programs = Path(sys.argv[3])
        places = [self.programs, Path(self.taskbbs).parent, "/usr/bin", "/bin"]
        self.environment = {**self.cli.environment, "PATH": ":".join(str(place) for place in places),
                            "out": str(self.out)}
        return self

    def start_example(self, *command, **pipes):
        """A process of an example that ends with the board at the latest."""
        return self.started(subprocess.Popen(command, env=self.environment, cwd=ROOT, text=True, **pipes))

    def executor_of(self, program, executor_id):
        """An example's executor; present when this returns."""
        process = self.start_example(program, executor_id)
        wait_for(lambda: executor_id in self.cli("executors"), f"{executor_id} to join")
        return process

    def run_example(self, *command, exit):
        """What it printed: (standard output, standard error)."""
        done = subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True,
                              timeout=120, check=False)
        assert done.returncode == exit, f"{command}: {done.returncode}, not {exit}: {done.stdout}{done.stderr}"
        return done.stdout, done.stderr

    def run_section(self, heading):
        """The commands of a section of the README, as they stand; what they printed."""
        section = re.search(rf"^## {heading}\n.*?^```sh\n(.*?)^```", (EXAMPLES / "README.md").read_text(),
                            re.MULTILINE | re.DOTALL)
        shell = subprocess.Popen(["bash", "-euc", section[1] + "wait\n"], env=self.environment, cwd=ROOT,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                 start_new_session=True)
        try:
            told, _ = shell.communicate(timeout=120)
        except BaseException:
            os.killpg(shell.pid, signal.SIGKILL)  # with all that its commands have started
            raise
        assert shell.returncode == 0, f"{heading}: {shell.returncode}: {told}"
        return told

    def tasks(self):
        return self.cli.json("list")
