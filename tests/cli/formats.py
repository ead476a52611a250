"""-o table, wide, json, jsonl, id and template: on a terminal and in a pipe."""

import json
import re

from board import Board, run_tests
from one_on_terminal import run_on_terminal

LONG = "g" * 100
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z")


def on_terminal(board, *args, width=80, **environment):
    base = {name: value for name, value in board.cli.environment.items()
            if name not in ("NO_COLOR", "COLUMNS", "TERM")}
    return run_on_terminal(board.taskbbs, *args, width=width,
                           environment={**base, "TERM": "xterm", **environment})


def without_colour(text):
    return re.sub("\x1b\\[[0-9]*m", "", text)


def test_json_and_jsonl_are_a_document_a_line_with_times_as_rfc_3339():
    with Board() as board:
        board.cli("desire", "a", "b", "--payload", "p")
        for form in ("json", "jsonl"):
            lines = board.cli("list", "-o", form).splitlines()
            documents = [json.loads(line) for line in lines]
            assert [one["guid"] for one in documents] == ["a", "b"]
            assert RFC3339.fullmatch(documents[0]["created_at"]), documents[0]
            assert documents[0]["completed_at"] is None and documents[0]["not_before"] is None
        event = json.loads(board.cli("replay", "-o", "json").splitlines()[0])
        assert RFC3339.fullmatch(event["at"]) and RFC3339.fullmatch(event["task"]["created_at"])


def test_json_is_indented_on_a_terminal_and_jsonl_never():
    with Board() as board:
        board.cli("desire", "a")
        shown = on_terminal(board, "get", "a", "-o", "json")
        assert shown.startswith('{\n  "guid": "a",\n') and json.loads(shown)["guid"] == "a"
        assert on_terminal(board, "get", "a", "-o", "jsonl").count("\n") == 1


def test_id_shows_what_names_each_thing_alone():
    with Board() as board:
        cli = board.cli
        assert cli("desire", "a", "b", "-o", "id") == "a\nb\n"
        assert cli("list", "-o", "id") == "a\nb\n"
        assert cli("heartbeat", "--executor-id", "e", "--ttl-ms", "60000", "-o", "id") == "e\n"
        assert cli("executors", "-o", "id") == "e\n"
        assert cli("drain", "--executor-id", "e", "-o", "id") == "e\n"
        assert cli("claim", "a", "--executor-id", "e", "-o", "id") == "a\n"
        assert cli("replay", "-o", "id").split() == ["a", "b", "e", "e", "a"]
        assert len(cli("hello", "-o", "id").splitlines()) == 1
        assert "pending" in cli("stats", "-o", "id").splitlines()


def test_a_template_is_filled_for_each_document():
    with Board() as board:
        board.cli("desire", "a", "b", "--stack", "s", "--priority", "3")
        for args in (["-o", r"template={guid} {state} {priority}\n"],
                     ["--template", "{guid} {state} {priority}"]):
            assert board.cli("list", *args) == "a pending 3\nb pending 3\n"
        shown = board.cli("replay", "--limit", "1", "--template", "{kind}:{task.guid}:{executor_id}")
        assert shown == "desired:a:\n"
        assert RFC3339.fullmatch(board.cli("get", "a", "--template", "{created_at}").strip())
        assert board.cli("stats", "--template", "{pending}") == "2\n"


def test_a_template_that_does_not_fit_is_refused_before_anything_is_done():
    with Board() as board:
        done = board.cli.run("desire", "a", "--template", "{gudi}", exit=2)
        assert "did you mean {guid}?" in done.stderr and board.cli("list") == ""
        done = board.cli.run("stats", "--template", "{pendng}", exit=2)
        assert "did you mean {pending}?" in done.stderr and done.stdout == ""


def test_wide_shows_more_columns_and_of_a_record_what_is_empty():
    with Board() as board:
        board.cli("desire", "a", "--type", "build")
        header = board.cli("list", "-o", "wide").splitlines()[0].split()
        assert set(header) > set(board.cli("list").splitlines()[0].split())
        assert "TYPE" in header and "CREATED_AT" in header
        assert re.search(r"^stack +-$", board.cli("get", "a", "-o", "wide"), re.MULTILINE)
        assert "stack" not in board.cli("get", "a")


def test_a_table_fits_its_terminal_and_is_whole_in_a_pipe():
    with Board() as board:
        board.cli("desire", LONG, "a", "--domain", "d" * 60, "--stack", "s" * 60)
        for form in ("table", "wide"):
            for width in (40, 80, 133):
                shown = without_colour(on_terminal(board, "list", "-o", form, width=width))
                assert shown.count("\n") == 3, shown
                assert all(len(line) <= width for line in shown.splitlines()), shown
            assert LONG in board.cli("list", "-o", form)
        narrow = without_colour(on_terminal(board, "list", width=133, COLUMNS="50"))
        assert 40 < max(len(line) for line in narrow.splitlines()) <= 50, narrow
        assert LONG in on_terminal(board, "list", width=400)


def test_colour_is_for_a_terminal_that_may_have_it():
    with Board() as board:
        board.cli("desire", "a")
        assert "\x1b[" in on_terminal(board, "list")
        assert "\x1b[" in on_terminal(board, "list", NO_COLOR="")
        assert "\x1b[" not in on_terminal(board, "list", NO_COLOR="1")
        assert "\x1b[" not in on_terminal(board, "list", TERM="dumb")
        assert "\x1b[" not in board.cli("list")
        assert "\x1b[" not in on_terminal(board, "list", "-o", "json")


def test_bytes_are_text_where_they_are_and_marked_where_not():
    with Board() as board:
        file = board.dir / "bytes"
        file.write_bytes(b"\x00\xff")
        board.cli("desire", "a", "--payload-file", str(file))
        board.cli("desire", "b", "--payload", "text")
        shown = [task["payload"] for task in board.cli.json("list", "--view", "full")]
        assert shown == [{"base64": "AP8="}, "text"]


if __name__ == "__main__":
    run_tests(dict(globals()))
