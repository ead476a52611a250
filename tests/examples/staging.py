"""The staging pipeline: examples/staging."""

import subprocess
import tarfile

from example import Board, EXAMPLES, run_tests, wait_for

APPS = EXAMPLES / "staging" / "apps"


def test_the_readmes_commands_build_a_droplet_that_runs():
    with Board() as board:
        told = board.run_section("A staging pipeline")
        assert f"greeter: staged: {board.out}/droplets/greeter.tgz\n" in told, told
        assert told.endswith("hello from a droplet\n"), told
        assert board.tasks() == [], "what was handled is gone"


def test_the_author_of_an_application_that_does_not_compile_reads_why():
    with Board() as board:
        board.executor_of("staging_executor", "stager-1")
        out, _ = board.run_example("stager", "apps", board.out, APPS / "broken", APPS / "greeter", exit=1)
        assert "broken: failed: action 2: exit status 1\n" in out, out
        assert "'undeclared'" in out or "‘undeclared’" in out, "the compiler's words"
        assert f"greeter: staged: {board.out}/greeter.tgz\n" in out, out
        assert [file.name for file in board.out.iterdir()] == ["greeter.tgz"]
        with tarfile.open(board.out / "greeter.tgz") as droplet:
            assert "./greeter" in droplet.getnames()


def test_a_task_says_that_it_is_one_of_staging_and_what_its_report_needs():
    with Board() as board:
        board.start_example("stager", "apps", board.out, APPS / "greeter")
        wait_for(lambda: len(board.tasks()) == 1, "the task")
        task = board.cli.json("get", board.tasks()[0]["guid"])[0]
        assert (task["type"], task["stack"], task["domain"]) == ("Staging", "staging", "apps"), task
        assert task["annotation"] == f"greeter\n{board.out}/greeter.tgz", task


def test_the_next_stager_reports_what_a_killed_one_did_not_live_to_see():
    with Board() as board:
        dying = board.start_example("stager", "apps", board.out, APPS / "broken", stdout=subprocess.DEVNULL)
        wait_for(lambda: len(board.tasks()) == 1, "the first stager's task")
        dying.kill()
        dying.wait()
        board.executor_of("staging_executor", "stager-1")
        wait_for(lambda: [task["state"] for task in board.tasks()] == ["completed"], "its completion")
        out, _ = board.run_example("stager", "apps", board.out, APPS / "greeter", exit=0)
        assert "broken: failed:" in out and "greeter: staged:" in out, out
        assert board.tasks() == [], "both were handled"


run_tests(globals())
