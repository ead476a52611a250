"""cancel and resolve without guids: what the filters find is dealt with, nothing else."""

import time

from board import Board, run_tests, wait_for

HOUR_AGO = str(time.time_ns() - 3600 * 10**9)


def states(board, *args):
    """Guid to state."""
    return {task["guid"]: task["state"] for task in board.cli.json("list", *args)}


def completed(board, *guids, **fields):
    options = [word for name, value in fields.items() for word in (f"--{name}", value)]
    board.cli("desire", *guids, *options)
    board.cli("cancel", *guids)


def test_cancel_sweeps_a_domain_and_leaves_the_others():
    with Board() as board:
        board.cli("desire", "a", "b", "--domain", "one")
        board.cli("desire", "c", "--domain", "two")
        board.cli("claim", "b", "--executor-id", "e")
        done = board.cli.run("cancel", "--domain", "one", "--reason", "enough")
        assert done.stderr == "taskbbs: cancel: 2 cancelled\n"
        assert [line.split()[0] for line in done.stdout.splitlines()] == ["GUID", "a", "b"]
        assert states(board) == {"a": "completed", "b": "completed", "c": "pending"}
        assert board.cli.json("get", "a")[0]["failure_reason"] == "cancelled: enough"


def test_cancel_sweeps_one_state_alone():
    with Board() as board:
        board.cli("desire", "a", "b")
        board.cli("claim", "b", "--executor-id", "e")
        assert [one["guid"] for one in board.cli.json("cancel", "--state", "claimed")] == ["b"]
        assert states(board) == {"a": "pending", "b": "completed"}


def test_older_than_goes_by_when_a_task_was_created():
    with Board() as board:
        board.cli("desire", "old", "--created-at", HOUR_AGO)
        board.cli("desire", "new")
        board.cli("cancel", "--older-than", "30m")
        assert states(board) == {"old": "completed", "new": "pending"}
        done = board.cli.run("cancel", "--older-than", "30m")
        assert done.stderr == "taskbbs: cancel: 0 cancelled\n" and done.stdout == ""


def test_a_dry_run_shows_and_does_nothing():
    with Board() as board:
        board.cli("desire", "a", "b", "--domain", "d")
        before = board.cli.json("stats")[0]["seq"]
        done = board.cli.run("cancel", "--domain", "d", "--dry-run", "-o", "id")
        assert done.stdout == "a\nb\n"
        assert done.stderr == "taskbbs: cancel: 2 would be cancelled\n"
        assert board.cli.json("stats")[0]["seq"] == before


def test_resolve_takes_completed_tasks_all_the_way_whatever_their_outcome():
    with Board() as board:
        completed(board, "a", "b", domain="d")
        completed(board, "c", domain="other")
        board.cli("desire", "p", "--domain", "d")
        board.cli("resolving", "b", exit=1)
        done = board.cli.run("resolve", "--domain", "d")
        assert done.stderr == "taskbbs: resolve: 1 resolved\n"
        assert states(board) == {"b": "resolving", "c": "completed", "p": "pending"}
        board.cli("resolve", "--state", "resolving")
        assert states(board) == {"c": "completed", "p": "pending"}


def test_a_sweep_goes_over_all_pages():
    with Board() as board:
        board.cli("desire", *(f"g{n}" for n in range(2300)), "--domain", "d")
        done = board.cli.run("cancel", "--domain", "d", "-o", "id")
        assert len(done.stdout.splitlines()) == 2300
        done = board.cli.run("resolve", "--state", "completed")
        assert done.stderr == "taskbbs: resolve: 2300 resolved\n"
        assert states(board) == {}


def test_two_sweeps_at_once_deal_with_each_task_once_and_neither_fails():
    with Board() as board:
        board.cli("desire", *(f"g{n}" for n in range(3000)), "--domain", "d")
        sweeps = [board.started(board.cli.start("cancel", "--domain", "d", stdout=out, stderr=err))
                  for n in range(2)
                  for out in [open(board.dir / f"out{n}", "wb")]
                  for err in [open(board.dir / f"err{n}.log", "wb")]]
        assert [sweep.wait(timeout=60) for sweep in sweeps] == [0, 0]
        told = [(board.dir / f"err{n}.log").read_text() for n in range(2)]
        done = [int(text.split("cancel: ")[1].split()[0]) for text in told]
        assert sum(done) == 3000, told
        wait_for(lambda: board.cli.json("stats")[0]["completed"] == 3000, "all to be completed")


def test_what_can_not_be_a_sweep_ends_with_2():
    with Board() as board:
        board.cli("cancel", exit=2)
        board.cli("cancel", "--dry-run", exit=2)
        board.cli("cancel", "--state", "completed", exit=2)
        board.cli("resolve", "--state", "pending", exit=2)
        board.cli("cancel", "--older-than", "soon", exit=2)
        board.cli("cancel", "g", "--domain", "d", exit=2)


if __name__ == "__main__":
    run_tests(dict(globals()))
