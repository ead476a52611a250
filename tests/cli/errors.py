"""What the command says where something is wrong, word for word: golden/errors.txt is a record of
command lines, their exit codes and standard error. `errors.py TASKBBS TASKBBSD --write` makes it anew."""

import shlex
import subprocess
import sys
from pathlib import Path

from board import Board, run_tests
from ports import free_port

GOLDEN = Path(__file__).parent / "golden" / "errors.txt"
NOBODY = f"tcp://127.0.0.1:{free_port()}"

# Without a broker; {NOBODY} is where none is.
ALONE = [
    "taskbbs",
    "taskbbs clam",
    "taskbbs frobnicate",
    "taskbbs list --stat running",
    "taskbbs list --max 3",
    "taskbbs get g -x",
    "taskbbs get g --timeout",
    "taskbbs get",
    "taskbbs stats g",
    "taskbbs claim g",
    "taskbbs complete g --failed=yes",
    "taskbbs list --state runing",
    "taskbbs list --limit 0",
    "taskbbs replay --after -1",
    "taskbbs stats --timeout 5",
    "taskbbs watch --domain 'bad dom'",
    "taskbbs heartbeat --executor-id e --running a",
    "taskbbs resolve a b --epoch 1",
    "taskbbs desire g --payload a --payload-file b",
    "taskbbs drain --executor-id e --on --off",
    "taskbbs cancel",
    "taskbbs cancel g --domain d",
    "taskbbs cancel --state completed",
    "taskbbs resolve --domain d --epoch 1",
    "taskbbs completion bsh",
    "taskbbs server",
    "taskbbs server reprot",
    "taskbbs server info --timeout 300ms",
    "taskbbs server info --out /nonexistent/file",
    "taskbbs list -o yaml",
    "taskbbs list -o template",
    "taskbbs list -o json --template '{guid}'",
    "taskbbs list --template '{gudi}'",
    "taskbbs list --template '{zzzzzzz}'",
    "taskbbs list --template '{'",
    "taskbbs list --template 'a}'",
    r"taskbbs list --template '\q'",
    "taskbbs list --context nowhere",
    "taskbbs list --context a/b",
    "taskbbs list --context bad",
    "taskbbs desire g --payload-file /nonexistent/file",
    "taskbbs desire g --payload-file /",
    "taskbbs watch --from later",
    "taskbbs hello --endpoint nonsense",
    "taskbbs hello --endpoint tcp://h:99999",
    "taskbbs hello --timeout 300ms",
    "taskbbs hello --timeout 300ms --endpoint ipc:///nonexistent/requests",
    "taskbbs get a b c d --timeout 300ms",
    "taskbbs list --timeout 300ms",
    "taskbbs watch --timeout 300ms",
    "taskbbs executor --stack s --timeout 300ms",
    "taskbbs bench --timeout 300ms",
    "taskbbs cancel --domain d --timeout 300ms",
]

# In this order, on a board that is empty at first.
ON_A_BOARD = [
    "taskbbs get g",
    "taskbbs desire g --stack s",
    "taskbbs desire g",
    "taskbbs desire 'bad name'",
    "taskbbs claim g --executor-id e1",
    "taskbbs claim g --executor-id e2",
    "taskbbs start g --executor-id e2",
    "taskbbs start g --executor-id e1 --epoch 7",
    "taskbbs complete g",
    "taskbbs resolving g",
    "taskbbs resolve g",
    "taskbbs reject g --executor-id e2",
    "taskbbs depart --executor-id e1",
    "taskbbs drain --executor-id e1",
    "taskbbs cancel g",
    "taskbbs cancel g",
    "taskbbs cancel --domain d",
    "taskbbs resolve --state completed --dry-run",
    "taskbbs resolving g",
    "taskbbs resolve g --epoch 1",
    "taskbbs desire g2 --max-rejections 1001",
    "taskbbs replay --after 999",
    "taskbbs list --cursor nonsense",
    "taskbbs list --limit 1",
    "taskbbs resume --domain d",
    "taskbbs stats --template '{pendng}'",
]


def record(board, line, names):
    words = shlex.split(line)
    done = subprocess.run([board.taskbbs, *words[1:]], capture_output=True, text=True, timeout=60,
                          check=False, env={**board.cli.environment, **names})
    text = done.stderr
    for value, name in ((str(board.dir), "DIR"), (board.requests, "ENDPOINT"), (NOBODY, "NOBODY")):
        text = text.replace(value, name)
    return f"$ {line}\n{text}[{done.returncode}]\n\n"


def transcript():
    with Board("--converge.every", "0") as board:
        (board.dir / "taskbbs").mkdir()
        (board.dir / "taskbbs" / "bad.conf").write_text("endpont = x\nnonsense\nsecret = k\n")
        home = {"XDG_CONFIG_HOME": str(board.dir)}
        return ("".join(record(board, line, {**home, "TASKBBS_ENDPOINT": NOBODY}) for line in ALONE) +
                "".join(record(board, line, home) for line in ON_A_BOARD))


def test_every_message_is_as_it_was_agreed():
    now, agreed = transcript(), GOLDEN.read_text()
    different = [one for one in now.split("\n\n") if one not in agreed.split("\n\n")]
    assert now == agreed, "\n\n".join(different)


def test_a_message_has_two_lines_at_most_but_for_a_file_with_more_mistakes():
    for entry in GOLDEN.read_text().strip().split("\n\n"):
        line, *message = entry.splitlines()
        most = 3 if "--context bad" in line else 2
        assert len(message) - 1 <= most, entry


if __name__ == "__main__":
    if sys.argv[3:] == ["--write"]:
        GOLDEN.write_text(transcript())
    else:
        run_tests(dict(globals()))
