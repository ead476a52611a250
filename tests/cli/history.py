"""taskbbs history: a task's whole life, from the journal."""

import os

from board import Board, ns_of, run_tests


def live(board, guid="g"):
    """A whole life with a rejection in it."""
    board.cli("desire", guid)
    epoch = board.cli.json("claim", guid, "--executor-id", "e1")[0]["epoch"]
    board.cli("reject", guid, "--executor-id", "e1", "--epoch", str(epoch), "--reason", "too hot",
              "--delay-ms", "0")
    epoch = board.cli.json("claim", guid, "--executor-id", "e2")[0]["epoch"]
    board.cli("start", guid, "--executor-id", "e2", "--epoch", str(epoch))
    board.cli("complete", guid, "--epoch", str(epoch), "--failed", "--failure-reason", "broke")
    epoch = board.cli.json("resolving", guid, exit=1)[0]["epoch"]
    board.cli("resolve", guid, "--epoch", str(epoch))


KINDS = ["desired", "claimed", "rejected", "claimed", "started", "completed", "resolving", "resolved"]


def test_a_task_that_is_gone_has_its_whole_life_told():
    with Board() as board:
        live(board)
        board.cli("desire", "other")
        [life] = board.cli.json("history", "g")
        events = life["events"]
        assert [event["kind"] for event in events] == KINDS, life
        assert life["gone"] and not life["truncated"], life
        assert events[2]["detail"] == "too hot" and events[5]["detail"] == "failed: broke", life
        assert events[1]["executor_id"] == "e1" and events[3]["executor_id"] == "e2", life
        assert all(event["cause"] == "request" for event in events), life
        for before, after in zip(events, events[1:]):
            assert before["state_ns"] == ns_of(after["at"]) - ns_of(before["at"]), life
        assert life["totals"]["all_ns"] == ns_of(events[-1]["at"]) - ns_of(events[0]["at"]), life
        assert sum(ns for name, ns in life["totals"].items() if name != "all_ns") == (
            life["totals"]["all_ns"]), life


def test_a_life_in_words_has_a_line_for_each_event_and_the_sums():
    with Board() as board:
        live(board)
        lines = board.cli("history", "g").splitlines()
        assert lines[0] == "g" and lines[1].split()[:4] == ["AT", "SEQ", "EVENT", "FOR"]
        events = [line for line in lines[2:-1] if not line.startswith(" ")]
        assert [line.split()[2] for line in events] == KINDS, lines
        assert "too hot" in lines[lines.index(events[2]) + 1], lines
        assert lines[-1].endswith(" in all"), lines


def test_kicks_in_a_row_are_one_line_with_their_number_and_their_cause():
    with Board("--converge.every", "0") as board:
        board.cli("desire", "g")
        for _ in range(3):
            board.cli("converge", "--convergence-interval-ms", "0")
        words = board.cli("history", "g")
        assert words.count("kicked") == 1 and "kicked x3" in words and "converge" in words, words
        assert " so far" in words, words
        assert len(board.cli.json("history", "g")[0]["events"]) == 4


def test_a_guid_that_came_back_has_two_lives():
    with Board() as board:
        live(board)
        board.cli("desire", "g")
        first, second = board.cli.json("history", "g")
        assert first["gone"] and not second["gone"], (first, second)
        assert second["states"][0]["until"] is None, second


def test_what_was_never_there_ends_with_3():
    with Board() as board:
        assert "never desired" in board.cli.run("history", "nobody", exit=3).stderr
        board.cli("desire", "g")
        done = board.cli.run("history", "nobody", "g", exit=3)
        assert "desired" in done.stdout


def test_where_the_beginning_is_not_kept_any_more_it_says_so_and_goes_on_from_there():
    with Board("--journal.segment_bytes", "512KiB", "--limits.batch_bytes", "128KiB",
               "--journal.retain_bytes", "1MiB", "--converge.every", "0") as board:
        board.cli("desire", "g", "gone")
        board.cli("cancel", "gone")
        (board.dir / "payload").write_bytes(b"p" * 50_000)
        board.cli("desire", *[f"filler-{i}" for i in range(60)],
                  "--payload-file", board.dir / "payload")
        done = board.cli.run("history", "gone", exit=3)
        assert "the journal goes back to event" in done.stderr, done.stderr
        board.cli("cancel", "g")
        [life] = board.cli.json("history", "g")
        assert life["truncated"] and life["oldest"] > 1, life
        assert [event["kind"] for event in life["events"]] == ["cancelled"], life
        assert "its beginning is not kept any more" in board.cli("history", "g")


if __name__ == "__main__":
    os.environ.pop("TASKBBS_ENDPOINT", None)
    run_tests(dict(globals()))
