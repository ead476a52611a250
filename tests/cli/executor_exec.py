"""taskbbs executor --exec and --run-timeout: payloads as input of a program, and its time."""

import hashlib
import os

from board import Board, run_tests, wait_for


def completed(board, guid):
    wait_for(lambda: board.state(guid) == "completed", f"{guid} to complete")
    return board.cli.json("get", guid)[0]


def program(board, name, text):
    """A script of sh, for --exec."""
    path = board.dir / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_program_gets_the_payload_and_its_output_is_the_result():
    with Board() as board:
        board.executor("--stack", "s", "--exec", "tr a-z A-Z")
        board.cli("desire", "g", "--stack", "s", "--payload", "hello; $HOME")
        task = completed(board, "g")
        assert task["result"] == "HELLO; $HOME" and not task["failed"], task


def test_a_payload_may_be_large_and_of_any_bytes():
    with Board() as board:
        board.executor("--stack", "s", "--exec", "sha256sum")
        payload = bytes(range(256)) * 2000
        (board.dir / "payload").write_bytes(payload)
        board.cli("desire", "g", "--stack", "s", "--payload-file", board.dir / "payload")
        assert completed(board, "g")["result"].split()[0] == hashlib.sha256(payload).hexdigest()


def test_words_are_split_as_by_a_shell_and_mean_nothing_more():
    with Board() as board:
        script = program(board, "show words", 'printf "%s|" "$@"; echo "$TASKBBS_GUID"')
        board.executor("--stack", "s", "--exec", f"'{script}' 'a b' \"c\" d\\ e $HOME *")
        board.cli("desire", "g", "--stack", "s")
        assert completed(board, "g")["result"] == "a b|c|d e|$HOME|*|g\n"


def test_a_failure_says_why_with_the_last_line_of_standard_error():
    with Board() as board:
        board.executor("--stack", "s", "--exec",
                       program(board, "p", "echo partial; echo first >&2; echo no such image >&2; exit 4"))
        board.cli("desire", "g", "--stack", "s")
        task = completed(board, "g")
        assert task["failed"] and task["failure_reason"] == "exit status 4: no such image", task
        assert task["result"] == "partial\n", task


def test_who_never_stops_writing_is_ended_once_it_is_too_much():
    with Board("--limits.result_bytes", "4KiB") as board:
        board.executor("--stack", "s", "--exec", "yes")
        board.cli("desire", "g", "--stack", "s")
        task = completed(board, "g")
        assert task["failed"] and "limits.result_bytes" in task["failure_reason"], task


def test_much_on_standard_error_harms_no_result():
    with Board() as board:
        board.executor("--stack", "s", "--exec",
                       program(board, "p", "head -c 3000000 /dev/zero >&2; echo fine"))
        board.cli("desire", "g", "--stack", "s")
        task = completed(board, "g")
        assert not task["failed"] and task["result"] == "fine\n", task


def test_a_result_that_is_too_long_fails_the_task_and_one_that_just_fits_does_not():
    with Board("--limits.result_bytes", "4KiB") as board:
        board.executor("--stack", "s", "--exec", program(board, "p", "read n; head -c $n /dev/zero"))
        board.cli("desire", "fits", "--stack", "s", "--payload", "4096\n")
        board.cli("desire", "long", "--stack", "s", "--payload", "4097\n")
        assert not completed(board, "fits")["failed"]
        long = completed(board, "long")
        assert long["failed"] and "limits.result_bytes" in long["failure_reason"], long
        assert long["result"] == "", long


def test_a_program_that_can_not_be_run_is_told_at_the_start():
    with Board() as board:
        for line, said in (("no-such-program", "there is no program 'no-such-program'"),
                           ("'sh", "the quote ' is not closed"), (" ", "no program is named")):
            done = board.cli.run("executor", "--stack", "s", "--exec", line, exit=2)
            assert said in done.stderr and "--exec" in done.stderr, done.stderr
        assert board.cli.json("executors") == []


def test_what_runs_too_long_is_ended_with_all_that_it_started_and_fails():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "2", "--run-timeout", "500ms", "--grace", "500ms")
        pid = board.dir / "pid"
        board.cli("desire", "meek", "--stack", "s", "--payload",
                  f"setsid sh -c 'echo $$ > {pid}; exec sleep 60' & sleep 60")
        board.cli("desire", "stubborn", "--stack", "s", "--payload",
                  "trap '' TERM; while :; do sleep 0.1; done")
        for guid, number in (("meek", 15), ("stubborn", 9)):
            task = completed(board, guid)
            assert task["failed"], task
            assert task["failure_reason"] == (
                f"ran longer than --run-timeout 500ms, killed by signal {number}"), task
        wait_for(lambda: not os.path.exists(f"/proc/{pid.read_text().strip()}"), "all to end")


def test_what_ends_in_time_is_not_touched():
    with Board() as board:
        board.executor("--stack", "s", "--run-timeout", "60s")
        board.cli("desire", "g", "--stack", "s", "--payload", "echo fine")
        assert not completed(board, "g")["failed"]


if __name__ == "__main__":
    os.environ.pop("TASKBBS_ENDPOINT", None)
    run_tests(dict(globals()))
