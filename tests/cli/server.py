"""taskbbs server: what the broker says of itself, and a report that can be handed on."""

import json
import sys

from board import Board, Cli, ns_of, run_tests, wait_for
from ports import free_port

# What nobody who reads a report should find in it.
SECRETS = ["payload-bytes", "annotation-text", "result-bytes", "guid-name", "domain-name", "stack-name",
           "executor-name", "reason-text", "incarnation-name", "type-name", "handle-name"]


def fill(board):
    """A board on which every kind of name and text is in use."""
    cli = board.cli
    cli("heartbeat", "--executor-id", "executor-name", "--ttl-ms", "60000", "--incarnation", "incarnation-name",
        "--stacks", "stack-name", "--slots", "3")
    for guid in ("guid-name", "guid-name-2"):
        cli("desire", guid, "--domain", "domain-name", "--stack", "stack-name", "--type", "type-name",
            "--payload", "payload-bytes", "--annotation", "annotation-text")
        cli("claim", guid, "--executor-id", "executor-name")
    cli("start", "guid-name", "--executor-id", "executor-name", "--container-handle", "handle-name")
    cli("complete", "guid-name", "--failed", "--failure-reason", "reason-text", "--result", "result-bytes")
    cli("pause", "--domain", "domain-name", "--stack", "stack-name")


def test_info_is_hello_and_stats_in_one_document():
    with Board() as board:
        board.cli("desire", "g")
        [info] = board.cli.json("server", "info")
        [hello] = board.cli.json("hello")
        assert {name: info[name] for name in hello} == hello, info
        assert info["endpoint"] == board.requests
        assert info["stats"]["pending"] == 1 and info["stats"]["read_only"] is False, info
        assert info["stats"].keys() == board.cli.json("stats")[0].keys()
        words = dict(line.split(None, 1) for line in board.cli("server", "info").splitlines())
        assert words["stats.pending"] == "1" and words["server"] == hello["server"], words
        assert board.cli("server", "info", "--template", "{stats.tasks}") == "1\n"


def test_stats_tell_of_the_process_and_of_its_limits():
    with Board("--limits.tasks", "77", "--limits.connections", "50") as board:
        [info] = board.cli.json("server", "info")
        stats = info["stats"]
        assert stats["pid"] == board.broker.pid
        assert stats["tasks_limit"] == 77 and stats["connections_limit"] == 50, stats
        assert stats["system"].startswith("Linux ") and stats["libzmq"].count(".") == 2, stats
        assert stats["snapshot_at"] is None, stats
        assert "; limits.tasks = 77; " in stats["settings"], stats
        wait_for(lambda: all(board.cli.json("stats")[0][name] > 0 for name in ("rss_bytes", "disk_free_bytes")),
                 "what is looked at once a second")


def test_a_report_has_all_parts():
    with Board() as board:
        fill(board)
        [report] = board.cli.json("server", "report")
        assert list(report) == ["report", "client", "connection", "broker", "stats", "executors", "events",
                                "missing"], report
        assert report["report"]["format"] == 1 and ns_of(report["report"]["made_at"]) > 0
        assert report["client"]["version"] == board.cli("--version").split()[1]
        assert report["client"]["endpoint"] == board.requests
        assert report["broker"] == board.cli.json("hello")[0]
        assert report["stats"]["executors"] == 1
        assert report["executors"] == {"counted": 1, "draining": 0, "run_out": 0, "slots": 3, "claimed": 1,
                                       "running": 0, "shortest_ttl_ms": 60000, "longest_ttl_ms": 60000}, report
        kinds = [event["kind"] for event in report["events"]]
        assert kinds == ["joined", "desired", "claimed", "desired", "claimed", "started", "completed", "paused"], kinds
        assert report["missing"] == []


def test_a_report_has_the_last_events_alone():
    with Board() as board:
        board.cli("desire", *(f"g{n}" for n in range(30)))
        [report] = board.cli.json("server", "report")
        assert [event["seq"] for event in report["events"]] == list(range(11, 31)), report["events"]


def test_clocks_of_one_machine_do_not_differ():
    with Board() as board:
        [report] = board.cli.json("server", "report")
        took = report["connection"]["round_trip_us"] // 1000
        # The broker's answer lies between the two moments.
        assert took >= 0 and abs(report["connection"]["clock_ahead_ms"]) <= took + 1, report["connection"]


def test_a_report_has_no_name_and_no_text_of_a_client_in_it():
    with Board() as board:
        fill(board)
        for format in ("table", "wide", "json", "jsonl", "id"):
            text = board.cli("server", "report", "-o", format)
            assert not [secret for secret in SECRETS if secret in text], text


def test_a_report_for_people_has_a_heading_for_each_part():
    with Board() as board:
        fill(board)
        lines = board.cli("server", "report").splitlines()
        headings = [line for line in lines if line and not line.startswith(" ")]
        assert headings == ["report", "client", "connection", "broker", "stats", "executors", "events"], lines
        assert lines[-1].split()[2:] == ["queue", "paused"], lines[-1]


def test_out_writes_a_file_in_any_format_and_nothing_else():
    with Board() as board:
        text, document = board.dir / "report.txt", board.dir / "report.json"
        done = board.cli.run("server", "report", "--out", str(text))
        assert done.stdout == "" and str(text) in done.stderr, done
        assert text.read_text().startswith("report\n"), text.read_text()
        board.cli("server", "report", "-o", "json", "--out", str(document))
        assert json.loads(document.read_text())["broker"]["protocol"] == 1
        board.cli("server", "info", "-o", "json", "--out", str(document))
        assert json.loads(document.read_text())["stats"]["tasks"] == 0


def test_a_report_is_made_where_no_broker_answers_and_the_exit_code_tells():
    cli = Cli(sys.argv[1], f"tcp://127.0.0.1:{free_port()}")
    done = cli.run("server", "report", "-o", "json", "--timeout", "300ms", exit=5)
    report = json.loads(done.stdout)
    assert report["broker"] is None and report["stats"] is None, report
    assert report["client"]["system"].startswith("Linux "), report
    assert [gap["part"] for gap in report["missing"]] == ["broker", "stats", "executors", "events"], report
    assert "no answer from" in done.stderr, done.stderr
    cli.run("server", "info", "--timeout", "300ms", exit=5)


def test_a_context_is_named_and_not_told():
    with Board() as board:
        directory = board.dir / "taskbbs"
        directory.mkdir()
        (directory / "prod.conf").write_text(f"endpoint = {board.requests}\ndomain = domain-name\n")
        board.cli.environment["XDG_CONFIG_HOME"] = str(board.dir)
        text = board.cli("server", "report", "-o", "json", "--context", "prod")
        assert json.loads(text)["client"]["context"] == "prod" and "domain-name" not in text, text


if __name__ == "__main__":
    run_tests(dict(globals()))
