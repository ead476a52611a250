"""pause, resume, paused: executors get no tasks of what is paused, and explain says so."""

from board import Board, ns_of, run_tests


def acquired(board, *options):
    return [task["guid"] for task in
            board.cli.json("acquire", "--executor-id", "e", "--max", "100", *options)]


def paused(board):
    return [(one["domain"], one["stack"]) for one in board.cli.json("paused")]


def test_acquire_gets_nothing_of_a_paused_domain_until_it_is_resumed():
    with Board() as board:
        board.cli("desire", "a", "--domain", "one")
        board.cli("desire", "b", "--domain", "two")
        shown = board.cli.json("pause", "--domain", "one")[0]
        assert shown == {"domain": "one", "stack": None, "seq": 3}, shown
        assert acquired(board) == ["b"]
        board.cli("resume", "--domain", "one")
        assert acquired(board) == ["a"]


def test_a_stack_is_paused_alone_and_no_stack_is_one_too():
    with Board() as board:
        board.cli("desire", "a", "--stack", "linux")
        board.cli("desire", "b")
        board.cli("pause", "--domain", "default", "--stack", "linux")
        assert acquired(board) == ["b"]
        board.cli("desire", "c")
        board.cli("pause", "--domain", "default", "--stack", "")
        assert acquired(board) == []
        assert paused(board) == [("default", ""), ("default", "linux")]
        assert board.cli("paused", "-o", "id") == "default\ndefault\n"
        assert board.cli("paused").splitlines()[0].split() == ["DOMAIN", "STACK", "SINCE"]


def test_a_pause_lasts_over_a_kill_of_the_broker():
    with Board() as board:
        board.cli("desire", "a")
        board.cli("pause", "--domain", "default")
        before = board.cli.json("paused")
        board.kill()
        board.start()
        assert board.cli.json("paused") == before
        assert acquired(board) == []


def test_what_is_not_paused_is_not_resumed_and_that_is_said():
    with Board() as board:
        done = board.cli.run("resume", "--domain", "one", exit=3)
        assert "nothing of domain 'one' is paused" in done.stderr, done.stderr
        board.cli("pause", "--domain", "one")
        done = board.cli.run("resume", "--domain", "one", "--stack", "s", exit=3)
        assert "paused as a whole" in done.stderr, done.stderr


def test_explain_says_that_a_queue_is_paused_since_when_and_how_to_end_it():
    with Board() as board:
        board.cli("heartbeat", "--executor-id", "e", "--ttl-ms", "600000")
        board.cli("desire", "g", "--domain", "one")
        board.cli("pause", "--domain", "one")
        since = board.cli.json("paused")[0]["since"]
        shown = board.cli.json("explain", "g")[0]
        assert shown["waits_for"] == "resume" and shown["paused_since"] == since, shown
        words = board.cli("explain", "g")
        assert "its queue is paused" in words, words
        assert "end it with taskbbs resume --domain one" in words, words
        assert "has not asked for it" not in words, words
        board.cli("resume", "--domain", "one")
        assert board.cli.json("explain", "g")[0]["paused_since"] is None


def test_top_marks_queues_that_are_paused():
    with Board() as board:
        board.cli("desire", "g", "--domain", "one", "--stack", "s")
        board.cli("desire", "h", "--domain", "two", "--stack", "s")
        board.cli("pause", "--domain", "one")
        queues = board.cli.json("top")[0]["queues"]
        assert {queue["domain"]: queue["paused"] for queue in queues} == {"one": True, "two": False}
        assert "s (paused)" in board.cli("top", "--once")


def test_watch_and_replay_show_pauses():
    with Board() as board:
        board.cli("pause", "--domain", "one", "--stack", "s")
        board.cli("resume", "--domain", "one")
        events = board.cli.json("replay", "--streams", "queue")
        assert [(one["kind"], one["domain"], one["stack"]) for one in events] == [
            ("paused", "one", "s"), ("resumed", "one", None)], events
        assert events == board.cli.json("replay", "--domains", "one")
        assert events == board.cli.json("watch", "--from", "beginning", "--count", "2")
        assert ns_of(events[0]["at"]) < ns_of(events[1]["at"])
        rows = board.cli("replay").splitlines()
        assert "stack 's'" in rows[1] and "every stack" in rows[2], rows


if __name__ == "__main__":
    run_tests(dict(globals()))
