"""The monitor of 20 lines: examples/monitor."""

from example import Board, EXAMPLES, run_tests, wait_for

SCRIPT = EXAMPLES / "monitor" / "monitor.py"


def events_of(file):
    """(number, kind, whose) of each line, but for one that is being written."""
    rows = [line.split() for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return [(int(seq), kind, whose) for seq, kind, whose in rows]


def monitor(board):
    """Runs, and has told the first event of its time, a task's; the file that it prints to."""
    file = board.out / "events"
    with open(file, "wb") as out:
        board.start_example("/usr/bin/python3", SCRIPT, board.requests, board.events, stdout=out)
    count = 0

    def told():
        nonlocal count
        board.cli("desire", f"probe-{count}")
        count += 1
        return file.stat().st_size > 0

    wait_for(told, "the monitor's first words")
    return file


def test_it_is_twenty_lines():
    assert len(SCRIPT.read_text().splitlines()) <= 20


def test_it_prints_events_of_tasks_and_of_executors():
    with Board() as board:
        file = monitor(board)
        board.cli("desire", "build-1")
        board.cli("heartbeat", "--executor-id", "e1")
        board.cli("claim", "build-1", "--executor-id", "e1")
        board.cli("cancel", "build-1")
        wait_for(lambda: events_of(file)[-1][1] == "cancelled", "the last event")
        assert [event[1:] for event in events_of(file)[-4:]] == [
            ("desired", "build-1"), ("joined", "e1"), ("claimed", "build-1"), ("cancelled", "build-1")]


def test_over_crashes_of_the_broker_it_prints_each_event_once_and_in_order():
    with Board() as board:
        file = monitor(board)
        for life in range(3):
            board.cli("desire", f"before-{life}")
            board.kill()
            board.start()
            # At once: the monitor may not be connected yet, these are what it has to fetch.
            board.cli("desire", *(f"after-{life}-{number}" for number in range(20)))
        wait_for(lambda: events_of(file)[-1][2] == "after-2-19", "the last event", seconds=60)
        seen = events_of(file)
        numbers = [seq for seq, _, _ in seen]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), numbers
        for life in range(3):
            assert [whose for _, _, whose in seen].count(f"before-{life}") == 1


run_tests(globals())
