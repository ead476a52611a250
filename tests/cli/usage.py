"""Help, usage errors and exit codes of the command, as its users and their scripts see them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from board import Board, Cli, run_tests, wait_for
from ports import free_port

GOLDEN = Path(__file__).parent / "golden"
NOBODY = f"tcp://127.0.0.1:{free_port()}"
cli = Cli(sys.argv[1], NOBODY)


def test_help_is_as_it_was_agreed():
    assert cli("--help") == (GOLDEN / "help.txt").read_text()
    assert cli("claim", "--help") == (GOLDEN / "help-claim.txt").read_text()
    assert cli("-h", "executor") == (GOLDEN / "help-executor.txt").read_text()


def test_version_is_one_line():
    assert cli("--version").startswith("taskbbs ")


def test_a_usage_error_ends_with_2_in_two_lines_on_standard_error():
    for args, first in [
        ((), "taskbbs: no command given"),
        (("clam",), "taskbbs: unknown command 'clam'; did you mean claim?"),
        (("list", "--stat", "running"), "taskbbs: unknown option --stat; did you mean --state?"),
        (("claim", "g"), "taskbbs: claim needs --executor-id ID"),
    ]:
        done = cli.run(*args, exit=2)
        assert done.stdout == ""
        lines = done.stderr.splitlines()
        assert lines[0] == first and len(lines) == 2 and lines[1].startswith("See taskbbs "), lines


def by_shell(words, redirected, environment=cli.environment):
    """What the command ends with, its descriptors redirected so."""
    return subprocess.run(["bash", "-c", f'"$0" {words} {redirected}', cli.program],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          env=environment, check=False).returncode


def test_an_exit_code_is_the_same_where_nobody_can_hear_why():
    for redirected in ("2>&-", "2>/dev/full"):
        assert by_shell("nope", redirected) == 2
        assert by_shell("list --state x", redirected) == 2
        assert by_shell("executors --timeout 200ms", redirected) == 5


def test_standard_input_that_is_closed_is_said_and_waited_for_by_nobody():
    assert by_shell("desire g --payload-file -", "<&-") == 2
    with Board() as board:
        assert by_shell("run -- true", "<&-", board.cli.environment) == 2


def test_a_standard_output_that_takes_no_more_ends_with_74():
    for redirected in (">&-", ">/dev/full"):
        assert by_shell("--help", redirected) == 74
    with Board() as board:
        board.cli("desire", *(f"g{n}" for n in range(2000)))
        done = subprocess.run(["bash", "-c", '"$0" list -o json | head -n 1 >&2; echo "${PIPESTATUS[0]}"',
                               board.taskbbs], capture_output=True, text=True, timeout=60,
                              env=board.cli.environment, check=True)
        assert done.stdout == "74\n", done.stdout


def test_a_context_without_a_name_is_none():
    assert "a context's name is" in cli.run("list", "--context", "", exit=2).stderr


def test_a_wrong_endpoint_or_file_or_position_ends_with_2():
    for endpoint in ("nonsense", "tcp://h:99999", "tcp://localhost:0", "inproc://x", "tcp://:7411"):
        done = cli.run("hello", "--endpoint", endpoint, exit=2)
        assert done.stderr.count("\n") == 1 and endpoint in done.stderr, done.stderr
    cli("watch", "--domain", "bad dom", exit=2)
    cli("desire", "g", "--payload-file", "/nonexistent/file", exit=2)
    assert "later" in cli.run("watch", "--from", "later", exit=2).stderr


def test_an_unreachable_broker_ends_with_5_and_names_the_endpoint():
    for args in [("hello",), ("desire", "g"), ("list",), ("watch",),
                 ("executor", "--stack", "s", "--slots", "1")]:
        done = cli.run(*args, "--timeout", "300ms", exit=5)
        assert f"no answer from {NOBODY} within 300ms" in done.stderr, done.stderr
        assert "TASKBBS_ENDPOINT" in done.stderr


def test_an_unreachable_broker_is_told_once_for_all_guids():
    for guids, named in ((("a", "b"), "a, b:"), (tuple("abcde"), "a, b, c and 2 more:")):
        done = cli.run("get", *guids, "--timeout", "300ms", exit=5)
        assert done.stderr.count("no answer") == 1 and named in done.stderr, done.stderr


def test_the_state_of_the_board_decides_between_0_1_3_and_4():
    with Board() as board:
        board.cli("desire", "g")
        board.cli("desire", "g", exit=4)
        board.cli("get", "nobody", exit=3)
        board.cli("cancel", "g", "--reason", "why")
        board.cli("get", "g")
        board.cli("resolving", "g", exit=1)
        board.cli("desire", "bad name", exit=2)
        board.cli("desire", "g2", "--annotation", "x" * 10_241, exit=2)


def test_of_several_guids_each_is_tried_and_the_worst_counts():
    with Board() as board:
        done = board.cli.run("desire", "a", "b", "a", "c", exit=4)
        assert [line.split()[0] for line in done.stdout.splitlines()] == ["GUID", "a", "b", "c"]
        board.cli("get", "a", "nobody", exit=3)
        board.cli("claim", "nobody", "a", "a", "--executor-id", "e", exit=4)


def test_no_answer_to_what_was_sent_ends_with_7():
    with Board() as board:
        acquire = board.started(board.cli.start(
            "acquire", "--executor-id", "e", "--wait-ms", "1500", "--timeout", "500ms",
            stderr=subprocess.PIPE))
        wait_for(lambda: board.cli.json("stats")[0]["waiting_acquires"] == 1, "it to be sent")
        board.broker.send_signal(signal.SIGSTOP)
        _, errors = acquire.communicate(timeout=20)
        assert acquire.returncode == 7, errors
        assert b"it may have been done" in errors


def test_an_interrupt_ends_with_130():
    with Board() as board:
        watch = board.started(board.cli.start("watch", "--from", "beginning",
                                              stdout=subprocess.PIPE))
        board.cli("desire", "g")
        assert watch.stdout.readline().startswith(b"AT ")
        watch.send_signal(signal.SIGINT)
        assert watch.wait(timeout=10) == 130


def test_standard_output_that_takes_no_more_ends_with_74():
    with Board() as board, open("/dev/full", "wb") as full:
        assert board.started(board.cli.start("hello", stdout=full)).wait(timeout=10) == 74


if __name__ == "__main__":
    os.environ.pop("TASKBBS_ENDPOINT", None)
    run_tests(dict(globals()))
