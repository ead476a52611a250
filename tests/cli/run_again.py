"""taskbbs run and wait over interruptions: what is detached, resumed, lost and found."""

import json
import os
import signal
import subprocess

from board import Board, run_tests, wait_for
from run import documents, on_board, run, start


def wait(board, name, *args, exit=0):
    return board.cli.run("wait", name, *args, exit=exit)


def counts(board):
    """How often each line was run, by a command that notes it."""
    file = board.dir / "ran"
    lines = file.read_text().splitlines() if file.exists() else []
    return {line: lines.count(line) for line in lines}


def noting(board, then="true"):
    """A command that notes its line, then runs `then` with it as $1."""
    return ["sh", "-c", f'echo "$1" >> {board.dir}/ran; {then}', "noting", "{}"]


def test_what_is_detached_is_named_and_picked_up():
    with Board() as board:
        name = run(board, "--detach", "--", "echo", "got", "{}", input="a\nb\n").stdout.strip()
        assert name.startswith("run-") and len(on_board(board, "pending")) == 2
        waiting = board.started(board.cli.start("wait", name, stdout=subprocess.PIPE))
        board.executor("--stack", "s", "--slots", "2")
        output = waiting.communicate(timeout=30)[0].decode()
        assert sorted(output.splitlines()) == ["got a", "got b"] and waiting.returncode == 0
        assert on_board(board) == []
        wait(board, name, exit=3)


def test_what_was_asked_for_holds_for_whoever_picks_it_up():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "4")
        script = f'sleep $1; echo $1; test -e {board.dir}/$1 || ! touch {board.dir}/$1'
        shown = run(board, "--detach", "-o", "json", "--name", "n", "--keep-order", "--retries", "1",
                    "--domain", "d", "--", "sh", "-c", script, "x", "{}", input="1\n0\n0.5\n").stdout
        assert json.loads(shown) == {"run": "n", "tasks": 3}
        done = wait(board, "n")
        assert done.stdout == "1\n0\n0.5\n" and "3 done, 3 tried anew" in done.stderr
        assert on_board(board) == []


def test_one_that_failed_makes_wait_end_with_1_and_documents_are_those_of_run():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "4")
        run(board, "--detach", "--name", "n", "--", "false", input="a\n")
        found = [json.loads(line) for line in wait(board, "n", "-o", "jsonl", exit=1).stdout.splitlines()]
        assert [(one["guid"], one["line"], one["exit"]) for one in found] == [("n-000001", "a", 1)]
        assert set(found[0]) == set(documents(board, "--", "true", input="b\n")[0])


def test_wait_that_is_interrupted_leaves_the_rest_to_the_next_one():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "2")
        run(board, "--detach", "--name", "n", "--", "sh", "-c", "sleep $0; echo $0", input="0\n3\n")
        first = board.started(board.cli.start("wait", "n", stdout=subprocess.PIPE,
                                              stderr=subprocess.PIPE))
        assert first.stdout.readline() == b"0\n"
        first.send_signal(signal.SIGINT)
        assert first.wait(timeout=20) == 130
        assert b"goes on: taskbbs wait n" in first.stderr.read()
        assert wait(board, "n").stdout == "3\n"


def test_a_run_that_was_killed_can_be_waited_for():
    with Board() as board:
        process = start(board, "--name", "n", "--", "echo", input="a\nb\n")
        wait_for(lambda: len(on_board(board)) == 2, "the tasks")
        process.kill()
        process.wait()
        board.executor("--stack", "s", "--slots", "2")
        assert sorted(wait(board, "n").stdout.splitlines()) == ["a", "b"]


def test_a_broker_that_goes_away_is_waited_for():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "2")
        process = start(board, "--jobs", "2", "-k", "--", "sh", "-c", "sleep 0.5; echo $0",
                        input="".join(f"{n}\n" for n in range(12)))
        assert process.stdout.readline() == b"0\n"
        for _ in range(2):
            board.kill()
            board.start()
        rest = process.stdout.read().decode()
        assert process.wait(timeout=60) == 0 and rest == "".join(f"{n}\n" for n in range(1, 12)), rest


def test_resume_runs_what_is_missing_or_failed_and_nothing_else():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "2")
        args = ("--resume", str(board.dir / "log"), "--")
        command = noting(board, f'test "$1" != b || test -e {board.dir}/good')
        run(board, *args, *command, input="a\nb\nc\n", exit=1)
        assert counts(board) == {"a": 1, "b": 1, "c": 1}
        (board.dir / "good").touch()
        done = run(board, *args, *command, input="a\nb\nc\nd\n")
        assert counts(board) == {"a": 1, "b": 2, "c": 1, "d": 1}
        assert "2 done, 2 done before in " in done.stderr
        run(board, *args, *command, input="a\nB\nc\nd\n")
        assert counts(board) == {"a": 1, "b": 2, "c": 1, "d": 1, "B": 1}


def test_the_log_of_another_command_is_refused():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "2")
        log = board.dir / "log"
        run(board, "--resume", log, "--", "echo", input="a\n")
        text = log.read_text()
        done = run(board, "--resume", log, "--", "printf", input="a\n", exit=2)
        assert "is the log of another command: echo" in done.stderr and log.read_text() == text
        (board.dir / "other").write_text("something of value")
        run(board, "--resume", board.dir / "other", "--", "echo", input="a\n", exit=2)
        assert (board.dir / "other").read_text() == "something of value"


def test_an_interrupted_run_is_resumed_after_a_torn_line():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1", "--ttl-ms", "1000")
        log = board.dir / "log"
        args = ("--resume", log, "--", *noting(board, 'test "$1" = a || sleep $(cat %s/nap)' % board.dir))
        (board.dir / "nap").write_text("60")
        process = start(board, *args, input="a\nb\nc\n")
        wait_for(lambda: counts(board) == {"a": 1, "b": 1}, "b to run")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        lines = log.read_text().splitlines()
        assert len(lines) == 2 and lines[1].split("\t")[2] == "done"
        with open(log, "a", encoding="ascii") as torn:
            torn.write("2\t00")
        (board.dir / "nap").write_text("0")
        run(board, *args, input="a\nb\nc\n")
        assert counts(board) == {"a": 1, "b": 2, "c": 1}


def test_a_killed_run_is_resumed_without_running_twice_what_is_still_on_the_board():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1")
        args = ("--resume", board.dir / "log", "--jobs", "2", "--", *noting(board, "sleep 1; echo $1"))
        process = start(board, *args, input="a\nb\nc\n")
        wait_for(lambda: counts(board) == {"a": 1}, "a to run")
        process.kill()
        process.wait()
        done = run(board, *args, input="a\nb\nc\n")
        assert sorted(done.stdout.splitlines()) == ["a", "b", "c"]
        assert counts(board) == {"a": 1, "b": 1, "c": 1} and on_board(board) == []


def test_what_an_interrupted_run_has_cancelled_and_left_is_run_when_it_is_resumed():
    with Board() as board:
        args = ("--resume", board.dir / "log", "--name", "n", "--", "echo")
        process = start(board, *args, input="a\nb\n")
        wait_for(lambda: len(on_board(board)) == 2, "the tasks")
        process.kill()
        process.wait()
        board.cli("cancel", "n-000001", "--reason", "the run was interrupted")
        board.executor("--stack", "s", "--slots", "1")
        assert sorted(run(board, *args, input="a\nb\n").stdout.split()) == ["a", "b"]
        assert on_board(board) == []


def test_a_run_that_was_killed_anywhere_shows_all_in_the_end():
    with Board("--converge.every", "200ms", "--converge.resolve_timeout", "500ms") as board:
        board.executor("--stack", "s", "--slots", "4")
        lines = [f"line{n}" for n in range(60)]
        args = ("--resume", board.dir / "log", "--jobs", "6", "--", *noting(board, "echo $1"))
        shown = []
        for lives in range(8):
            process = start(board, *args, input="\n".join(lines))
            for _ in range(lives + 1):
                shown.append(process.stdout.readline().decode().strip())
            process.kill()
            process.wait()
            shown += process.stdout.read().decode().split()
        shown += run(board, *args, input="\n".join(lines)).stdout.split()
        assert set(shown) - {""} == set(lines)
        assert counts(board) == {line: 1 for line in lines} and on_board(board) == []


if __name__ == "__main__":
    os.environ.pop("TASKBBS_ENDPOINT", None)
    run_tests({name: value for name, value in globals().items()
               if getattr(value, "__module__", "__main__") == "__main__"})
