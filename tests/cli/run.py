"""taskbbs run: a task for each line, and what is shown of them."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time

from board import Board, run_tests, wait_for
from ports import free_port


def run(board, *args, input="", exit=0):
    """`taskbbs run --stack s ARGS`, its input as text; what it showed."""
    return board.cli.run("run", "--stack", "s", *args, input=input, exit=exit)


def documents(board, *args, input="", exit=0):
    return [json.loads(line)
            for line in run(board, "-o", "json", *args, input=input, exit=exit).stdout.splitlines()]


def start(board, *args, input="", **pipes):
    """The same in the background, with all of its input."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **pipes}
    process = board.started(board.cli.start("run", "--stack", "s", *args, stdin=subprocess.PIPE,
                                            **pipes))
    process.stdin.write(input.encode())
    process.stdin.close()
    process.stdin = None
    return process


def on_board(board, state=None):
    return board.cli.json("list", *(["--state", state] if state else []))


def wait_for_line(stream, text):
    """Among those that come: progress may come first."""
    while text not in (line := stream.readline()):
        assert line, f"no {text}"


def test_each_line_is_a_task_and_its_output_is_shown():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "4")
        done = run(board, "--", "printf", "%s=%s\n", "{#}", "{}", input="a\nb  c\n\nlast")
        assert sorted(done.stdout.splitlines()) == ["1=a", "2=b  c", "3=", "4=last"]
        assert "4 done in " in done.stderr and on_board(board) == []


def test_no_input_is_nothing_to_do():
    with Board() as board:
        assert run(board, "--", "false").stdout == ""


def test_any_word_reaches_the_command_as_it_is():
    lines = ["it's", "$(exit 3)", "`x`", "a  b", "\\n\\", "*", "-n", '"q"', "a;b", "#", "~", "$HOME",
             "é", "two\nlines", " ", "\n", "{}", "{#}", "!"]
    with Board() as board:
        board.executor("--stack", "s", "--slots", "4")
        script = "for word; do printf '<%s>' \"$word\"; done"
        shown = run(board, "-0", "-k", "--", "sh", "-c", script, "-", "{}", "a'{}", "$(x)",
                    input="\0".join(lines) + "\0").stdout
        assert shown == "".join(f"<{line}><a'{line}><$(x)>" for line in lines), shown


def test_a_command_may_be_called_as_an_option_of_the_shell_is():
    with Board() as board:
        (board.dir / "-x").write_text("#!/bin/sh\necho \"$0 $1\"\n")
        (board.dir / "-x").chmod(0o755)
        board.cli.environment["PATH"] = f"{board.dir}:{os.environ['PATH']}"
        board.executor("--stack", "s")
        assert run(board, "--", "{}", "a", input="-x\n").stdout.endswith("-x a\n")


def test_without_events_the_tasks_are_looked_at_and_that_is_said():
    with Board() as board:
        board.executor("--stack", "s")
        done = run(board, "--events", f"tcp://127.0.0.1:{free_port()}", "--", "echo", input="a\nb\n")
        assert sorted(done.stdout.split()) == ["a", "b"], done
        assert "no events come from the broker" in done.stderr, done.stderr


def test_the_payload_is_the_quoted_words_and_the_task_has_no_limit_of_waiting():
    with Board() as board:
        process = start(board, "--name", "n", "--domain", "d", "--timeout", "5m", "--", "cp", "{2}",
                        "to {1}", input="a b\n")
        wait_for(lambda: len(on_board(board)) == 1, "the task")
        task = board.cli.json("get", "n-000001")[0]
        assert shlex.split(task["payload"]) == ["cp", "b", "to a"], task["payload"]
        assert task["time_to_claim_ms"] == 4294967295 and task["run_timeout_ms"] == 300_000
        assert task["stack"] == "s" and task["domain"] == "d"
        board.cli("cancel", "n-000001")
        assert process.wait(timeout=20) == 1


def test_outputs_of_a_task_stay_together_and_apart_from_each_other():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "4")
        script = "for i in 1 2 3; do echo out$0; sleep 0.05; echo err$0 >&2; done"
        done = run(board, "--", "sh", "-c", script, input="a\nb\nc\nd\n")
        outputs = done.stdout.splitlines()
        assert sorted(outputs) == [f"out{name}" for name in "abcd" for _ in range(3)]
        assert all(outputs[i] == outputs[i + 2] for i in range(0, 12, 3)), outputs
        assert done.stderr.count("err") == 12 and "out" not in done.stderr


def test_keep_order_shows_in_the_order_of_the_lines_else_as_they_come():
    script = "sleep $0; echo $0"
    with Board() as board:
        board.executor("--stack", "s", "--slots", "4")
        for args, expected in ((("--keep-order",), "1.5\n0\n0.7\n"), ((), "0\n0.7\n1.5\n")):
            assert run(board, *args, "--", "sh", "-c", script, input="1.5\n0\n0.7\n").stdout == expected


def test_one_that_fails_is_named_at_the_end_with_its_status_and_the_exit_is_1():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "4")
        done = run(board, "--", "sh", "-c", 'echo o; echo e >&2; [ "$0" != kill ] || kill -9 $$; exit "$0"',
                   input="0\n3\nkill\n", exit=1)
        assert done.stdout == "o\n" * 3 and done.stderr.count("e\n") >= 3
        assert "1 done, 2 failed in " in done.stderr
        assert "  2: exit status 3: sh -c" in done.stderr and "  3: exit status 137" in done.stderr
        found = documents(board, "-k", "--", "sh", "-c", "echo o; echo e >&2; exit $0", input="0\n3\n",
                          exit=1)
        assert [(one["line"], one["exit"], one["failed"], one["stdout"], one["stderr"])
                for one in found] == [("0", 0, False, "o\n", "e\n"), ("3", 3, True, "o\n", "e\n")]


def test_retries_try_what_fails_anew_and_show_the_last_try_alone():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "2")
        script = f'echo x >> {board.dir}/"$0"; echo $(wc -l < {board.dir}/"$0"); ' \
                 f'[ $(wc -l < {board.dir}/"$0") -ge 3 ]'
        found = documents(board, "--retries", "2", "--", "sh", "-c", script, input="a\n")
        assert [(one["attempts"], one["stdout"]) for one in found] == [(3, "3\n")]
        done = run(board, "--retries", "1", "--name", "n", "--", "false", input="a\n", exit=1)
        assert "0 done, 1 failed, 1 tried anew" in done.stderr and on_board(board) == []
        guids = {event["task"]["guid"] for event in board.cli.json("replay", "--streams", "pending")}
        assert {guid for guid in guids if guid.startswith("n-")} == {"n-000001", "n-000001-r1"}


def test_no_more_than_jobs_are_on_the_board_at_once():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "8")
        process = start(board, "--jobs", "2", "--", "sh", "-c", "sleep 0.1", input="\n" * 20)
        most = 0
        while process.poll() is None:
            most = max(most, len(on_board(board)))
        assert process.returncode == 0 and 1 <= most <= 2, most


def test_endless_input_is_read_no_faster_than_it_is_worked_off():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "4")
        process = board.started(board.cli.start("run", "--stack", "s", "--jobs", "3", "--", "echo",
                                                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                                stderr=subprocess.DEVNULL))
        os.set_blocking(process.stdin.fileno(), False)
        sent = 0
        for _ in range(5):
            try:
                while True:
                    sent += os.write(process.stdin.fileno(), b"x\n" * 2000)
            except BlockingIOError:
                process.stdout.readline()
        assert sent < 1_000_000
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert on_board(board) == []


def test_output_comes_while_input_is_still_open():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1")
        process = board.started(board.cli.start("run", "--stack", "s", "--", "echo",
                                                stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        for line in (b"a\n", b"b\n"):
            process.stdin.write(line)
            process.stdin.flush()
            assert process.stdout.readline() == line
        process.stdin.close()
        assert process.wait(timeout=20) == 0


def test_what_nobody_takes_within_its_time_fails():
    with Board("--converge.every", "200ms") as board:
        done = run(board, "--claim-within", "300ms", "--", "true", input="a\n", exit=1)
        assert "1: not claimed within time limit: true a" in done.stderr
        for bad in ("0", "2000h"):
            assert "--claim-within takes" in run(board, "--claim-within", bad, "--", "x", exit=2).stderr


def test_what_runs_too_long_fails():
    with Board("--converge.every", "200ms") as board:
        board.executor("--stack", "s", "--slots", "1", "--ttl-ms", "1000")
        done = run(board, "--timeout", "300ms", "--", "sleep", input="60\n", exit=1)
        assert "1: run time limit passed: sleep 60" in done.stderr


def test_columns_are_separated_as_asked_for():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1")
        assert run(board, "--", "echo", "{2}-{1}-{3}", input="a  b\n").stdout == "b-a-\n"
        assert run(board, "--colsep", ",", "--", "echo", "{3}{2}{1}", input="a,,c\n").stdout == "ca\n"
        run(board, "--colsep", "", "--", "echo", exit=2)


def test_an_output_that_was_cut_is_told_of():
    with Board("--limits.result_bytes", "4KiB") as board:
        board.executor("--stack", "s", "--slots", "1")
        done = run(board, "--", "head", "-c", "9000", "{}", input="/dev/zero\n")
        assert 1000 < len(done.stdout) < 4096 and "1: its output was longer" in done.stderr


def test_a_line_that_is_no_payload_fails_alone():
    with Board("--limits.payload_bytes", "1KiB") as board:
        board.executor("--stack", "s", "--slots", "1")
        done = run(board, "--", "echo", input="x" * 2000 + "\nshort\n", exit=1)
        assert done.stdout == "short\n" and "1 done, 1 failed" in done.stderr


def test_another_run_of_the_name_is_left_alone():
    with Board() as board:
        first = start(board, "--name", "n", "--", "echo", input="a\n")
        wait_for(lambda: len(on_board(board)) == 1, "the task")
        done = run(board, "--name", "n", "--", "echo", input="b\n", exit=4)
        assert "another run has this name" in done.stderr
        board.executor("--stack", "s", "--slots", "1")
        assert first.communicate(timeout=20)[0] == b"a\n" and first.returncode == 0


def test_an_interrupt_cancels_what_is_open_and_a_second_one_leaves_at_once():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1", "--ttl-ms", "1000")
        process = start(board, "--", "sleep", input="60\n" * 5)
        wait_for(lambda: len(on_board(board, "running")) == 1, "one to run")
        process.send_signal(signal.SIGINT)
        errors = process.communicate(timeout=20)[1].decode()
        assert process.returncode == 130 and "0 done, 5 cancelled" in errors, errors
        assert on_board(board) == []
        process = start(board, "--", "sleep", input="60\n")
        wait_for(lambda: len(on_board(board)) == 1, "it to be there")
        board.broker.send_signal(signal.SIGSTOP)
        process.send_signal(signal.SIGINT)
        wait_for_line(process.stderr, b"cancelling")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=5) == 130


def test_standard_output_that_takes_no_more_ends_it_with_74_and_nothing_stays_open():
    with Board() as board, open("/dev/full", "wb") as full:
        board.executor("--stack", "s", "--slots", "1", "--ttl-ms", "1000")
        script = "import time, sys; print(1); time.sleep(60 * int(sys.argv[1]))"
        for closed in (full, subprocess.PIPE):
            process = start(board, "--", "python3", "-c", script, input="0\n1\n1\n", stdout=closed)
            if closed == subprocess.PIPE:
                process.stdout.close()
                process.stdout = None
            assert process.wait(timeout=20) == 74
            assert on_board(board) == []


def test_without_a_terminal_progress_is_plain_lines():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1")
        errors = run(board, "--", "sleep", input="1.2\n1.2\n").stderr
        lines = errors.splitlines()
        assert any(re.search(r": \d/2 done, \d+\.\d/s", line) for line in lines), errors
        assert "\r" not in errors and "\x1b" not in errors


def test_an_unreachable_broker_and_wrong_usage_have_their_exit_codes():
    with Board() as board:
        board.cli.run("run", "--stack", "s", "echo", exit=2)
        board.cli.run("run", "--", exit=2)
        board.cli.run("run", "--jobs", "0", "--", "x", exit=2)
        board.cli.run("run", "--name", "a b", "--", "x", exit=2)
        board.cli.run("run", "--endpoint", "nonsense", "--", "x", exit=2)
        assert "no task of a run gone" in board.cli.run("wait", "gone", exit=3).stderr
        board.kill()
        begin = time.monotonic()
        board.cli.run("wait", "gone", "--timeout", "300ms", exit=5)
        assert time.monotonic() - begin < 10
        done = run(board, "--timeout", "300ms", "--", "echo", input="a\n", exit=5)
        assert "within 30s" in done.stderr


def test_the_example_of_its_help_runs():
    with Board() as board:
        board.executor("--stack", "linux", "--slots", "2")
        text = board.cli("run", "--help")
        example = text.split("Example: ")[1].strip()
        assert example.startswith("taskbbs run ")
        (board.dir / "names.txt").write_text("ann\nbob\n")
        done = subprocess.run(example.replace("taskbbs", shlex.quote(board.taskbbs), 1), shell=True,
                              cwd=board.dir, env=board.cli.environment, capture_output=True, text=True,
                              timeout=60, check=True)
        assert sorted(done.stdout.splitlines()) == ["1: ann", "2: bob"]
        assert text.count("  --timeout ") == 1 and text.count("--output ") == 1


if __name__ == "__main__":
    sys.argv[1:3] = [os.path.abspath(path) for path in sys.argv[1:3]]
    os.environ.pop("TASKBBS_ENDPOINT", None)
    run_tests(dict(globals()))
