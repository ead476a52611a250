"""Contexts: files of defaults, where they are found, and what is said where one is wrong."""

import os
import subprocess

from board import Board, run_tests


class Home:
    """With-statement: a board, and a directory of contexts for the command."""

    def __init__(self, board):
        self.board = board
        self.config = board.dir / "config"
        self.contexts = self.config / "taskbbs"
        self.contexts.mkdir(parents=True)

    def write(self, name, text):
        (self.contexts / f"{name}.conf").write_text(text)

    def run(self, *args, exit=0, **environment):
        base = {name: value for name, value in os.environ.items()
                if not name.startswith("TASKBBS_") and name != "XDG_CONFIG_HOME"}
        done = subprocess.run([self.board.taskbbs, *args], capture_output=True, text=True,
                              timeout=60, check=False,
                              env={**base, "XDG_CONFIG_HOME": str(self.config), **environment})
        assert done.returncode == exit, f"{args}: {done.returncode}, not {exit}: {done.stderr}"
        return done


def test_a_context_gives_the_endpoint_and_defaults():
    with Board() as board:
        home = Home(board)
        home.write("prod", f"# the board\nendpoint = {board.requests}\ndomain = team\n"
                           "stack = linux\noutput = id\ntimeout = 20s\n")
        assert home.run("desire", "g", "--context", "prod").stdout == "g\n"
        task = board.cli.json("get", "g")[0]
        assert task["domain"] == "team" and task["stack"] == "linux"
        board.cli("desire", "other")
        assert home.run("list", TASKBBS_CONTEXT="prod").stdout == "g\n"
        shown = home.run("list", "-o", "template={guid} {domain}", TASKBBS_CONTEXT="prod").stdout
        assert shown == "g team\n"


def test_the_command_line_wins_over_the_environment_and_that_over_the_context():
    with Board() as board:
        home = Home(board)
        home.write("dead", "endpoint = tcp://127.0.0.1:1\ntimeout = 300ms\n")
        done = home.run("hello", "--context", "dead", exit=5)
        assert "no answer from tcp://127.0.0.1:1 within 300ms" in done.stderr
        home.run("hello", "--context", "dead", "--timeout", "20s", TASKBBS_ENDPOINT=board.requests)
        home.run("hello", "--context", "dead", "--timeout", "20s", "--endpoint", board.requests,
                 TASKBBS_ENDPOINT="tcp://127.0.0.1:2")
        home.write("live", f"endpoint = {board.requests}\n")
        home.run("hello", "--context", "live", TASKBBS_CONTEXT="dead")


def test_without_xdg_config_home_contexts_are_in_the_home_directory():
    with Board() as board:
        home = Home(board)
        (board.dir / ".config" / "taskbbs").mkdir(parents=True)
        (board.dir / ".config" / "taskbbs" / "c.conf").write_text(f"endpoint = {board.requests}\n")
        for elsewhere in ("", "relative/path"):
            home.run("hello", "--context", "c", XDG_CONFIG_HOME=elsewhere, HOME=str(board.dir))
        done = home.run("hello", "--context", "c", XDG_CONFIG_HOME="", HOME="", exit=2)
        assert "neither XDG_CONFIG_HOME nor HOME" in done.stderr


def test_a_context_that_is_not_there_is_told_with_those_that_are():
    with Board() as board:
        home = Home(board)
        assert "there is none in " in home.run("stats", "--context", "prod", exit=2).stderr
        home.write("staging", "")
        home.write("prod", "")
        done = home.run("stats", "--context", "prd", exit=2)
        assert done.stderr == ("taskbbs: no context 'prd'; did you mean prod?\n"
                               f"there are prod, staging in {home.contexts}\n")
        assert "a context's name is" in home.run("stats", "--context", "../x", exit=2).stderr


def test_every_mistake_is_told_with_file_and_line():
    with Board() as board:
        home = Home(board)
        home.write("bad", "endpont = tcp://b:1\n\nsecret_key = abc\ntimeout = soon\n")
        done = home.run("stats", "--context", "bad", exit=2)
        path = home.contexts / "bad.conf"
        assert [line.split(": ")[0] for line in done.stderr.replace("taskbbs: ", "").splitlines()] == [
            f"{path}:1", f"{path}:3", f"{path}:4"], done.stderr
        assert "secret-key" in done.stderr and "did you mean endpoint?" in done.stderr
        assert done.stdout == ""


def test_a_context_that_can_not_be_read_ends_with_2():
    with Board() as board:
        home = Home(board)
        (home.contexts / "dir.conf").mkdir()
        assert "cannot read" in home.run("stats", "--context", "dir", exit=2).stderr


def test_help_and_completion_need_no_context():
    with Board() as board:
        home = Home(board)
        home.run("--help", TASKBBS_CONTEXT="none")
        home.run("claim", "--help", TASKBBS_CONTEXT="none")
        home.run("completion", "bash", TASKBBS_CONTEXT="none")


if __name__ == "__main__":
    run_tests(dict(globals()))
