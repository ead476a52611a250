"""taskbbs top on a terminal of 80x24, beside a real broker: what it shows, its keys, and how it leaves."""

import os
import pty
import re
import signal
import subprocess

from board import Board, run_tests
from terminal import OnTerminal

# Executors that never heartbeat lose their tasks in a pass.
NO_PASSES = ("--converge.every", "0s")
UP, DOWN, ENTER, ESCAPE, TAB = "\x1b[A", "\x1b[B", "\r", "\x1b", "\t"


def top(board, *args, no_color=None, **size):
    environment = {**board.cli.environment, "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    if no_color is not None:
        environment["NO_COLOR"] = no_color
    return OnTerminal([board.taskbbs, "top", *args], environment, **size)


def count_of(shown, state):
    """How many tasks the screen says are in this state."""
    match = re.search(rf"^{state} +([\d,]+) ", shown.screen.text(), re.MULTILINE)
    return int(match.group(1).replace(",", "")) if match else None


def counts(shown, **wanted):
    shown.wait_until(lambda: all(count_of(shown, state) == count for state, count in wanted.items()),
                     wanted)


def run(board, guid, executor="e1"):
    board.cli("claim", guid, "--executor-id", executor)
    board.cli("start", guid, "--executor-id", executor)


def test_counts_follow_what_happens_on_the_board():
    with Board(*NO_PASSES) as board, top(board) as shown:
        counts(shown, pending=0, running=0)
        board.cli("desire", "a", "b", "c", "--domain", "nightly", "--stack", "linux")
        counts(shown, pending=3)
        run(board, "b")
        counts(shown, pending=2, running=1)
        board.cli("complete", "b", "--executor-id", "e1", "--failed", "--failure-reason", "why")
        counts(shown, running=0, completed=1)
        shown.shows("failed")
        board.cli("resolving", "b", exit=1)
        board.cli("resolve", "b")
        counts(shown, pending=2, completed=0, resolving=0)


def test_one_screen_has_states_queues_executors_tasks_and_the_journal():
    with Board() as board:
        board.cli("desire", "slow-one", "--domain", "nightly", "--stack", "linux")
        board.cli("desire", "waits", "--domain", "nightly", "--stack", "windows")
        board.cli("heartbeat", "--executor-id", "host-7", "--slots", "4", "--stacks", "linux",
                  "--ttl-ms", "600000")
        run(board, "slow-one", "host-7")
        with top(board) as shown:
            shown.shows("pending", "claimed", "resolving", "OLDEST", "QUEUES 2", "EXECUTORS 1", "SLOWEST TASKS 2")
            row = re.compile(r"^nightly +linux +0 +- +0 +1$", re.MULTILINE)
            shown.wait_until(lambda: row.search(shown.screen.text()), "the queue")
            row = re.compile(r"^host-7 +25% +0 +1 +4 +present", re.MULTILINE)
            shown.wait_until(lambda: row.search(shown.screen.text()), "the executor's load")
            row = re.compile(r"sync +mean [\d.]+ (us|ms|s)  max [\d.]+ (us|ms|s)$", re.MULTILINE)
            shown.wait_until(lambda: row.search(shown.screen.text()), "the sync's latency")
            tasks = [line.split()[0] for line in shown.screen.lines() if re.search(r"(slow-one|waits) ", line)]
            assert tasks == ["slow-one", "waits"], tasks


def test_rates_and_ages_go_on():
    with Board() as board, top(board) as shown:
        counts(shown, pending=0)
        for number in range(10):
            board.cli("desire", f"g{number}")
        rate = re.compile(r"^pending +\d+ +([1-9][\d.]*|0\.[1-9]) ", re.MULTILINE)
        shown.wait_until(lambda: rate.search(shown.screen.text()), "a rate")
        age = re.compile(r"^pending +10 +0 +\d", re.MULTILINE)
        shown.wait_until(lambda: age.search(shown.screen.text()), "the rate to end")
        seen = shown.screen.lines()[2]
        shown.wait_until(lambda: shown.screen.lines()[2] != seen, "the age to go on")


def test_enter_looks_into_the_selected_task_and_escape_leads_back():
    with Board(*NO_PASSES) as board, top(board) as shown:
        board.cli("desire", "first", "--payload", "make -C /src")
        board.cli("desire", "second", "--payload", "echo 日本\nexit 3", "--annotation", "note well")
        shown.shows("first", "second")
        shown.type(DOWN + ENTER)
        shown.shows("task second", "PAYLOAD (18 bytes)", "echo 日本", "exit 3", "note well")
        assert "make -C" not in shown.screen.text()
        shown.type(ESCAPE)
        shown.shows("TASKS 2")
        shown.type(UP + ENTER)
        shown.shows("task first", "make -C /src")


def test_a_task_that_is_looked_into_is_shown_as_it_becomes():
    with Board(*NO_PASSES) as board, top(board) as shown:
        board.cli("desire", "g")
        shown.shows("TASKS 1")
        shown.type(ENTER)
        shown.shows("task g", "pending")
        run(board, "g", "host-7")
        shown.shows("running", "host-7")
        board.cli("complete", "g", "--executor-id", "host-7", "--result", "all is well")
        shown.shows("completed", "all is well")
        board.cli("resolving", "g")
        board.cli("resolve", "g")
        shown.shows("It is gone by now", "all is well")


def test_panes_sorts_and_filters_are_chosen_by_keys():
    with Board() as board, top(board) as shown:
        board.cli("desire", "a", "--stack", "linux")
        board.cli("desire", "b", "c", "--stack", "windows")
        shown.shows("1 QUEUES 2", "TASKS 3", "s sort: slowest")
        shown.type("s")
        shown.shows("s sort: guid", "3 TASKS 3")
        shown.type(TAB)
        shown.shows("s sort: pending")
        shown.type(ENTER)
        shown.shows("TASKS 2", "with 'default/windows'")
        shown.type(ESCAPE)
        shown.shows("TASKS 3")
        shown.type("/lin")
        shown.shows("tasks with: lin_")
        shown.type(ENTER)
        shown.shows("TASKS 1", "with 'lin'")
        shown.type("?")
        shown.shows("look into it", "Any key goes back.")
        shown.type("x")
        shown.shows("TASKS 1")


def test_it_says_that_the_broker_is_away_and_goes_on_when_it_is_back():
    with Board() as board, top(board) as shown:
        board.cli("desire", "before")
        counts(shown, pending=1)
        board.kill()
        shown.shows("no answer since")
        board.start()
        board.cli("desire", "after")
        counts(shown, pending=2)
        shown.shows("live", "after")


def test_it_follows_the_size_of_the_terminal():
    with Board() as board, top(board) as shown:
        board.cli("desire", "some-task")
        shown.shows("some-task", "q quit")
        shown.resize(5, 20)
        shown.shows("pending", "live")
        assert "q quit" not in shown.screen.text()
        shown.resize(50, 132)
        shown.shows("some-task", "q quit", "BROKER")


def test_q_ends_with_0_and_restores_the_terminal():
    with Board() as board, top(board) as shown:
        shown.shows("TASKS")
        assert not shown.is_restored()
        assert "1049" in shown.screen.modes
        shown.type("q")
        assert shown.ends() == 0
        assert shown.is_restored()
        assert {"7", "25"} <= shown.screen.modes


def test_control_c_ends_with_130_and_restores_the_terminal():
    with Board() as board, top(board) as shown:
        shown.shows("TASKS")
        shown.type("\x03")
        assert shown.ends() == 130
        assert shown.is_restored()


def test_signals_that_end_it_and_crashes_restore_the_terminal():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGSEGV):
        with Board() as board, top(board) as shown:
            shown.shows("TASKS")
            shown.signal(number)
            status = shown.ends()
            # A sanitizer ends what crashes with a status of its own.
            assert status == -number or (number == signal.SIGSEGV and status != 0), status
            assert shown.is_restored(), number


def test_stopped_it_gives_the_terminal_back_and_takes_it_again():
    with Board() as board, top(board) as shown:
        shown.shows("TASKS")
        shown.type("\x1a")
        shown.stops()
        assert shown.is_restored()
        board.cli("desire", "meanwhile")
        shown.screen.clear_to(24, 80)
        shown.signal(signal.SIGCONT)
        shown.shows("meanwhile")
        assert not shown.is_restored()
        shown.type("q")
        assert shown.ends() == 0
        assert shown.is_restored()


def test_there_are_colours_but_not_under_no_color():
    with Board() as board:
        for no_color, coloured in ((None, True), ("", True), ("1", False)):
            with top(board, no_color=no_color) as shown:
                shown.shows("live")
                assert bool(shown.screen.colours) == coloured, (no_color, shown.screen.colours)


def test_without_a_terminal_it_wants_to_be_asked_for_one_picture():
    with Board() as board:
        refused = board.cli.run("top", exit=2)
        assert "taskbbs top --once" in refused.stderr and refused.stdout == ""
        main, terminal = pty.openpty()
        done = subprocess.run([board.taskbbs, "top"], stdin=terminal, stdout=terminal, timeout=60,
                              stderr=subprocess.PIPE, check=False,
                              env={**board.cli.environment, "TERM": "dumb"})
        assert done.returncode == 2 and b"dumb" in done.stderr, done
        os.close(terminal)
        os.close(main)


def test_the_example_of_its_help_shows_one_picture_as_text():
    with Board() as board:
        board.cli("desire", "a-task", "--domain", "nightly", "--stack", "linux")
        example = re.search(r"^Example: taskbbs (.*)$", board.cli("top", "--help"), re.MULTILINE)
        text = board.cli(*example.group(1).split())
        assert "\x1b" not in text
        assert re.search(r"^pending +1 +0 +\d+\.\ds", text, re.MULTILINE), text
        assert re.search(r"^nightly +linux +1", text, re.MULTILINE), text
        assert re.search(r"^a-task +pending", text, re.MULTILINE), text


def test_one_picture_as_json():
    with Board() as board:
        board.cli("desire", "a-task", "--stack", "linux")
        document, = board.cli.json("top")
        assert document["states"]["pending"]["tasks"] == 1
        assert document["whole"] is True
        assert document["queues"] == [{"domain": "default", "stack": "linux", "pending": 1, "claimed": 0,
                                       "running": 0, "oldest_ms": document["queues"][0]["oldest_ms"],
                                       "paused": False}]
        assert document["slowest"][0]["guid"] == "a-task"
        assert document["broker"]["sync_max_us"] > 0


def test_a_broker_that_is_not_there_ends_with_5():
    with Board() as board:
        board.kill()
        assert "no answer" in board.cli.run("top", "--once", "--timeout", "300ms", exit=5).stderr


if __name__ == "__main__":
    os.environ.pop("TASKBBS_ENDPOINT", None)
    run_tests(dict(globals()))
