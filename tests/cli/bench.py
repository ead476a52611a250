"""taskbbs bench: measures, ends in time or when told, leaves nothing behind."""

import json
import math
import re
import signal
import subprocess
import time

from board import Board, run_tests, wait_for


def is_clean(board):
    return board.cli("list") == "" and board.cli("executors") == ""


def test_it_measures_and_leaves_nothing_behind():
    with Board() as board:
        shown = board.cli.json("bench", "--clients", "2", "--seconds", "1", "--in-flight", "4",
                               "--payload-bytes", "1000")[0]
        assert shown["clients"] == 2 and shown["in_flight"] == 4 and shown["payload_bytes"] == 1000
        assert shown["steps"] > 0 and shown["lost"] == 0
        assert 0.9 < shown["seconds"] < 20
        # To 1 %: `seconds` is rounded.
        assert math.isclose(shown["steps_per_s"], shown["steps"] / shown["seconds"], rel_tol=0.01)
        assert 0 < shown["p50_us"] <= shown["p99_us"] <= shown["p99_9_us"]
        assert is_clean(board)
        # Every task has gone all the way.
        counts = {}
        for event in board.cli.json("replay", "--streams", "pending,resolved"):
            counts[event["kind"]] = counts.get(event["kind"], 0) + 1
        assert counts["desired"] == counts["resolved"] > 0, counts


def test_its_tasks_have_a_domain_of_their_own():
    with Board() as board:
        board.cli("desire", "mine", "--domain", "team")
        board.cli("bench", "--clients", "1", "--seconds", "1")
        assert [task["guid"] for task in board.cli.json("list")] == ["mine"]
        domains = {event["task"]["domain"] for event in board.cli.json("replay", "--streams", "resolved")}
        assert len(domains) == 1 and domains.pop().startswith("bench-")


def test_interrupted_it_cleans_up_reports_and_ends_with_130():
    for number in (signal.SIGINT, signal.SIGTERM):
        with Board() as board:
            bench = board.started(board.cli.start("bench", "--seconds", "300", "-o", "json",
                                                  stdout=subprocess.PIPE))
            wait_for(lambda: board.cli.json("stats")[0]["seq"] > 100, "the load")
            bench.send_signal(number)
            shown, _ = bench.communicate(timeout=60)
            assert bench.returncode == 130
            assert json.loads(shown)["steps"] > 0
            assert is_clean(board)


def test_while_no_broker_answers_a_signal_ends_it():
    with Board() as board:
        board.kill()
        bench = board.started(board.cli.start("bench", "--timeout", "300s", stderr=subprocess.PIPE))
        time.sleep(0.3)
        bench.send_signal(signal.SIGINT)
        assert bench.wait(timeout=60) == 130
        board.start()


def test_a_task_that_somebody_else_cancels_is_lost_and_cleaned_up():
    with Board() as board:
        bench = board.started(board.cli.start("bench", "--seconds", "300", "--clients", "1",
                                              "--in-flight", "64", "-o", "json",
                                              stdout=subprocess.PIPE))
        wait_for(lambda: board.cli.json("stats")[0]["seq"] > 100, "the load")

        def has_cancelled():
            # Its tasks stay as they are meanwhile.
            bench.send_signal(signal.SIGSTOP)
            said = board.cli.run("cancel", "--older-than", "0").stderr
            bench.send_signal(signal.SIGCONT)
            return re.search(r"cancel: [1-9]\d* cancelled", said)

        wait_for(has_cancelled, "a task to cancel")
        bench.send_signal(signal.SIGINT)
        shown, _ = bench.communicate(timeout=60)
        assert json.loads(shown)["lost"] > 0
        assert is_clean(board)


def test_without_a_broker_it_ends_with_5_and_out_of_bounds_with_2():
    with Board() as board:
        board.kill()
        done = board.cli.run("bench", "--seconds", "1", "--timeout", "300ms", exit=5)
        assert "no answer from" in done.stderr
        for args in (("--clients", "0"), ("--seconds", "301"), ("--in-flight", "513"),
                     ("--payload-bytes", "1048577")):
            board.cli.run("bench", *args, exit=2)
        board.start()


if __name__ == "__main__":
    run_tests(dict(globals()))
