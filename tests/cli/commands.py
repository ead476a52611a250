"""Every command once, and what it shows."""

import json
import subprocess

from board import Board, run_tests
from ports import free_port


def test_a_task_goes_its_way_from_desire_to_resolve():
    with Board() as board:
        cli = board.cli
        desired = cli.json("desire", "g", "--stack", "s", "--payload", "p", "--priority", "-5",
                           "--on-executor-lost", "requeue", "--annotation", "n")
        assert desired == [{"guid": "g", "seq": 1}]
        claimed = cli.json("claim", "g", "--executor-id", "e")[0]
        assert claimed["task"]["payload"] == "p" and claimed["task"]["priority"] == -5
        assert claimed["task"]["on_executor_lost"] == "requeue"
        epoch = str(claimed["epoch"])
        cli("start", "g", "--executor-id", "e", "--epoch", epoch, "--container-handle", "c")
        cli("complete", "g", "--epoch", "999", exit=4)
        cli("complete", "g", "--epoch", epoch, "--failed", "--failure-reason", "no luck",
            "--result", "r")
        owned = cli.json("resolving", "g", exit=1)[0]
        assert owned["task"]["failure_reason"] == "no luck" and owned["task"]["result"] == "r"
        cli("resolve", "g", "--epoch", str(owned["epoch"]))
        cli("get", "g", exit=3)
        kinds = [event["kind"] for event in cli.json("replay", "--guid", "g")]
        assert kinds == ["desired", "claimed", "started", "completed", "resolving", "resolved"]


def test_bytes_go_in_and_out_unharmed():
    with Board() as board:
        file = board.dir / "bytes"
        file.write_bytes(b"\x00\xff\n")
        board.cli("desire", "file", "--payload-file", str(file))
        assert board.cli.json("get", "file")[0]["payload"] == {"base64": "AP8K"}
        board.cli("desire", "stdin", "--payload-file", "-", input="two\nlines\n")
        assert board.cli.json("get", "stdin")[0]["payload"] == "two\nlines\n"
        assert "payload" in board.cli("get", "stdin") and "two\\nlines" in board.cli("get", "stdin")


def test_acquire_hands_out_by_priority_and_reject_gives_back():
    with Board() as board:
        cli = board.cli
        cli("desire", "low", "--stack", "s")
        cli("desire", "high", "--stack", "s", "--priority", "1", "--memory-mb", "64")
        cli("heartbeat", "--executor-id", "e", "--ttl-ms", "60000")
        tasks = cli.json("acquire", "--executor-id", "e", "--stacks", "s", "--max", "2",
                         "--memory-mb", "32")
        assert [task["guid"] for task in tasks] == ["low"]
        tasks = cli.json("acquire", "--executor-id", "e", "--max", "2", "--wait-ms", "100")
        assert [task["guid"] for task in tasks] == ["high"]
        rejected = cli.json("reject", "high", "--executor-id", "e", "--epoch",
                            str(tasks[0]["epoch"]), "--reason", "no", "--delay-ms", "0")
        assert rejected[0]["state"] == "pending"
        assert cli.json("acquire", "--executor-id", "e", "--stacks", "other") == []


def test_lists_show_all_pages_or_the_one_asked_for():
    with Board() as board:
        cli = board.cli
        cli("desire", *(f"g{n}" for n in range(1100)))
        assert len(cli.json("list")) == 1100
        assert len(cli.json("replay")) == 1100
        page = cli.run("list", "--limit", "7", "-o", "json")
        assert len(page.stdout.splitlines()) == 7
        cursor = page.stderr.split("--cursor ")[1].strip()
        rest = cli.json("list", "--limit", "1000", "--cursor", cursor)
        assert len(rest) == 1000
        assert "--after 5" in cli.run("replay", "--limit", "5").stderr
        assert cli.json("list", "--state", "running") == []
        assert cli("list", "--domain", "other") == ""


def test_executors_come_are_drained_and_depart():
    with Board() as board:
        cli = board.cli
        beat = cli.json("heartbeat", "--executor-id", "e", "--ttl-ms", "60000", "--stacks", "a,b",
                        "--slots", "3", "--running", "gone:7")[0]
        assert beat == {"ttl_ms": 60000, "stale": ["gone"], "draining": False}
        cli("drain", "--executor-id", "e")
        shown = cli.json("executors")[0]
        assert shown["draining"] and shown["stacks"] == ["a", "b"] and shown["slots"] == 3
        cli("drain", "--executor-id", "e", "--off")
        assert not cli.json("executors")[0]["draining"]
        cli("depart", "--executor-id", "e")
        cli("depart", "--executor-id", "e", exit=3)
        kinds = [event["kind"] for event in cli.json("replay", "--streams", "executor")]
        assert kinds == ["joined", "draining", "undrained", "departed"]


def test_converge_acts_at_once():
    with Board() as board:
        # Nobody heartbeats for it.
        board.cli("desire", "g")
        board.cli("claim", "g", "--executor-id", "absent")
        done = board.cli.json("converge", "--convergence-interval-ms", "0")[0]
        assert done["failed"] == 1 and done["kicked"] == 0, done
        assert "executor disappeared" in board.cli("get", "g")


def test_hello_and_stats_tell_about_the_broker():
    with Board() as board:
        hello = board.cli.json("hello")[0]
        assert hello["protocol"] == 1 and hello["limits"]["requests"] == 1024
        assert "limits.requests" in board.cli("hello")
        board.cli("desire", "g")
        stats = board.cli.json("stats")[0]
        assert stats["pending"] == 1 and stats["brake"] is False


def test_watch_shows_events_from_anywhere_over_a_restart_of_the_broker():
    with Board() as board:
        board.cli("desire", "a")
        watch = board.started(board.cli.start("watch", "--stream", "pending", "--from", "0", "-o",
                                              "json", "--count", "3", stdout=subprocess.PIPE))
        events = [json.loads(watch.stdout.readline())]
        board.cli("desire", "b")
        events.append(json.loads(watch.stdout.readline()))
        board.kill()
        board.start()
        board.cli("desire", "c")
        events.append(json.loads(watch.stdout.readline()))
        assert [event["task"]["guid"] for event in events] == ["a", "b", "c"]
        assert watch.wait(timeout=10) == 0


def test_watch_keeps_to_the_task_and_domain_asked_for():
    with Board() as board:
        board.cli("desire", "a", "--domain", "one")
        board.cli("desire", "b", "--domain", "two")
        board.cli("cancel", "a", "b")
        one = board.cli.json("watch", "--domain", "one", "--from", "beginning", "--count", "2")
        assert [event["kind"] for event in one] == ["desired", "cancelled"]
        task = board.cli.json("watch", "--guid", "b", "--from", "1", "--count", "2")
        assert {event["task"]["guid"] for event in task} == {"b"}


def test_watch_says_where_no_events_come():
    with Board() as board:
        nowhere = f"tcp://127.0.0.1:{free_port()}"
        watch = board.started(board.cli.start("watch", "--events", nowhere, stderr=subprocess.PIPE))
        assert b"no events come from the broker" in watch.stderr.readline()
        assert b"--events names another" in watch.stderr.readline()


def test_watch_from_an_event_that_has_not_happened_says_so_and_goes_on():
    with Board() as board:
        watch = board.started(board.cli.start("watch", "--from", "1000", "--count", "1", "-o", "id",
                                              stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        assert b"there is no event 1000 yet" in watch.stderr.readline()
        board.cli("desire", "g")
        assert watch.stdout.readline() == b"g\n"


def test_watch_takes_the_events_endpoint_that_it_is_given():
    with Board("--events.advertise", "tcp://127.0.0.1:1") as board:
        watch = board.started(board.cli.start("watch", "--events", board.events, "--count", "1",
                                              stdout=subprocess.PIPE))
        # Each until it is seen: the watch may begin after the first.
        for n in range(50):
            board.cli("desire", f"g{n}")
            if watch.poll() is not None:
                break
        assert watch.wait(timeout=20) == 0


if __name__ == "__main__":
    run_tests(dict(globals()))
