"""The completion scripts: that of bash as bash runs it, those of zsh and fish where these are there."""

import shutil
import subprocess
import sys
import time

from board import Board, Cli, run_tests
from ports import free_port

# Sources the script, sets what readline would set, prints what would be offered.
DRIVER = r"""
source <("$1" completion bash)
COMP_LINE=$2
COMP_POINT=${#COMP_LINE}
read -ra COMP_WORDS <<<"$COMP_LINE"
[[ $COMP_LINE != *' ' ]] || COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_taskbbs "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""


def offered(cli, line, **more):
    """The words offered behind the line, whose first word stands for the program."""
    done = subprocess.run(["bash", "-c", DRIVER, "bash", cli.program, f"{cli.program} {line}"],
                          capture_output=True, text=True, timeout=60, check=True,
                          env={**cli.environment, **more})
    assert done.stderr == "", done.stderr
    return done.stdout.split()


def test_commands_and_options_are_offered_by_their_beginnings():
    cli = Cli(sys.argv[1], f"tcp://127.0.0.1:{free_port()}")
    assert offered(cli, "res") == ["resolving", "resolve", "resume"]
    assert {"desire", "undrain", "completion"} <= set(offered(cli, ""))
    assert offered(cli, "list --st") == ["--state"]
    assert "--payload-file" in offered(cli, "desire g --pay")
    assert offered(cli, "--timeout 5s -o json dra") == ["drain"]
    assert offered(cli, "completion ") == ["bash", "zsh", "fish"]


def test_values_of_a_choice_are_offered_in_every_spelling():
    cli = Cli(sys.argv[1], f"tcp://127.0.0.1:{free_port()}")
    assert offered(cli, "list --state r") == ["running", "resolving"]
    assert offered(cli, "list --state=r") == ["running", "resolving"]
    assert offered(cli, "cancel --state r") == ["running"]
    assert offered(cli, "list -o js") == ["json", "jsonl"]
    assert offered(cli, "watch --stream pending,ru") == ["pending,running"]
    assert offered(cli, "desire g --priority ") == []


def test_guids_are_those_that_the_command_can_act_on():
    with Board() as board:
        board.cli("desire", "waits", "runs", "claimed")
        for guid in ("runs", "claimed"):
            board.cli("claim", guid, "--executor-id", "e")
        board.cli("start", "runs", "--executor-id", "e")
        # The script gives the board a second; on a busy machine that may be too little.
        for line, guids in (("complete ", ["runs"]), ("start ", ["claimed"]),
                            ("claim w", ["waits"]), ("replay --guid ru", ["runs"]),
                            (f"get --endpoint {board.requests} r", ["runs"])):
            end = time.monotonic() + 30
            while (shown := offered(board.cli, line)) != guids:
                assert time.monotonic() < end, (line, shown)


def test_executors_and_contexts_are_offered_by_name():
    with Board() as board:
        board.cli("heartbeat", "--executor-id", "worker-1", "--ttl-ms", "60000")
        end = time.monotonic() + 30
        while (shown := offered(board.cli, "drain --executor-id wo")) != ["worker-1"]:
            assert time.monotonic() < end, shown
        (board.dir / "taskbbs").mkdir()
        for name in ("prod.conf", "staging.conf", "notes.txt", "$(touch x).conf"):
            (board.dir / "taskbbs" / name).write_text("")
        shown = offered(board.cli, "stats --context ", XDG_CONFIG_HOME=str(board.dir))
        assert shown == ["prod", "staging"]


def test_without_a_broker_nothing_is_offered_and_nothing_said():
    cli = Cli(sys.argv[1], f"tcp://127.0.0.1:{free_port()}")
    assert offered(cli, "complete ") == []
    assert offered(cli, "drain --executor-id ") == []


def test_files_are_offered_where_one_is_wanted():
    with Board() as board:
        (board.dir / "payload.sh").write_text("")
        shown = offered(board.cli, f"desire g --payload-file {board.dir}/pay")
        assert shown == [f"{board.dir}/payload.sh"]


def test_each_shell_that_is_here_can_read_its_script():
    cli = Cli(sys.argv[1], f"tcp://127.0.0.1:{free_port()}")
    for shell in ("bash", "zsh", "fish"):
        script = cli("completion", shell)
        if shutil.which(shell) is None:
            print(f"   no {shell} here: its script was not read")
            continue
        done = subprocess.run([shell, "-n", "/dev/stdin"], input=script, capture_output=True,
                              text=True, timeout=60, check=False)
        assert done.returncode == 0 and done.stderr == "", done.stderr


if __name__ == "__main__":
    run_tests(dict(globals()))
