"""The example in each command's help is run as it stands there: its board is made so that it can."""

import os
import re
import select
import shlex
import signal
import subprocess
import sys

from board import Board, run_tests, wait_for

COMMANDS = re.compile(r"^  ([a-z][a-z-]*) +[A-Z]", re.MULTILINE)


def nothing(_):
    """The example needs no board of its own."""


def claim_under(board, epoch):
    """build-17, claimed by e1 under that epoch: the number of the event."""
    board.cli("desire", "build-17")
    for n in range(epoch - 2):
        board.cli("desire", f"filler-{n}")
    board.cli("claim", "build-17", "--executor-id", "e1")


def claimed(board):
    claim_under(board, 12)


def running(board):
    claimed(board)
    board.cli("start", "build-17", "--executor-id", "e1", "--epoch", "12")
    (board.dir / "out.txt").write_text("the result")


def completed(board):
    board.cli("desire", "build-17")
    board.cli("claim", "build-17", "--executor-id", "e1")
    board.cli("start", "build-17", "--executor-id", "e1")
    board.cli("complete", "build-17")


def taken(board):
    completed(board)
    for n in range(26):
        board.cli("desire", f"filler-{n}")
    board.cli("resolving", "build-17")


def pending(board):
    board.cli("desire", "build-17", "--stack", "linux")


def paused(board):
    board.cli("pause", "--domain", "team-a")


def history(board):
    """With an end to it."""
    pending(board)
    board.cli("cancel", "build-17")


def names_to_run(board):
    (board.dir / "names.txt").write_text("ann\nbob\n")
    board.executor("--stack", "linux", "--slots", "2")


def detached(board):
    board.executor("--stack", "linux")
    board.cli("run", "--stack", "linux", "--detach", "--name", "run-1f0c9ab27d44", "--", "true",
              input="ann\nbob\n")


def present(board):
    board.cli("heartbeat", "--executor-id", "e1", "--ttl-ms", "60000")


# What the board must hold before the example of a command.
BEFORE = {
    "desire": nothing, "claim": pending, "acquire": pending, "start": claimed, "complete": running,
    "reject": claimed, "cancel": pending, "resolving": completed, "resolve": taken, "get": pending,
    "list": running, "converge": nothing, "heartbeat": nothing, "depart": present,
    "drain": present, "undrain": present, "pause": nothing, "resume": paused, "paused": paused, "executors": present, "replay": pending,
    "explain": pending, "history": history, "stats": nothing, "hello": nothing, "server": nothing, "watch": nothing,
    "run": names_to_run, "wait": detached, "top": pending, "executor": nothing, "bench": nothing,
    "completion": nothing,
}

# Those that go on until they are told to end: with what, and what they end with then.
UNTIL_TOLD = {"watch": (signal.SIGINT, 130), "executor": (signal.SIGTERM, 0)}


def example_of(cli, command):
    return re.search(r"^Example: (taskbbs .*)$", cli(command, "--help"), re.MULTILINE).group(1)


def has_output(process):
    return bool(select.select([process.stdout], [], [], 0.05)[0])


def run_until_told(board, command, words):
    process = board.started(board.cli.start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    guids = (f"w{n}" for n in range(10_000))

    def is_seen():
        """Makes one event more: the watch may begin after the first ones."""
        guid = next(guids)
        board.cli("desire", guid)
        board.cli("cancel", guid)
        return has_output(process)

    def is_present():
        return board.cli("executors") != ""

    wait_for(is_seen if command == "watch" else is_present, command)
    number, code = UNTIL_TOLD[command]
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == code, process.returncode


def run_example(command):
    with Board() as board:
        example = example_of(board.cli, command)
        BEFORE[command](board)
        example = example.replace("tcp://board:7411", board.requests)
        words = shlex.split(example)[1:]
        if command in UNTIL_TOLD:
            run_until_told(board, command, words)
            return
        program = [board.taskbbs, *words]
        if "<" in words:  # for the shell
            program = ["sh", "-c", example.replace("taskbbs", shlex.quote(board.taskbbs), 1)]
        done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False,
                              env=board.cli.environment, cwd=board.dir)
        assert done.returncode == 0, f"{example}: {done.returncode}: {done.stderr}"


def test_every_command_has_an_example_that_runs():
    with Board() as board:
        names = COMMANDS.findall(board.cli("--help"))
    assert set(names) == set(BEFORE), set(names) ^ set(BEFORE)
    for name in names:
        run_example(name)


if __name__ == "__main__":
    sys.argv[1:3] = [os.path.abspath(path) for path in sys.argv[1:3]]
    run_tests(dict(globals()))
