"""taskbbs executor: what it runs, kills, gives back, and how it leaves."""

import os
import signal
import time

from board import Board, run_tests, wait_for


def outcome(board, guid):
    """The task, once it is completed; its result as `get` shows it to people."""
    wait_for(lambda: board.state(guid) == "completed", f"{guid} to complete")
    return board.cli("get", guid)


def has_line(log, text):
    return lambda: text in log.read_text()


def runs(pid):
    """False for what has ended, reaped or not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def sleeper(board, guid, *options):
    """Desires a task that tells its process id and then sleeps; that id, once it runs."""
    file = board.dir / f"{guid}.pid"
    board.cli("desire", guid, "--stack", "s", *options,
              "--payload", f"echo $$ > {file}.new; mv {file}.new {file}; sleep 60")
    wait_for(file.exists, f"{guid} to run")
    return int(file.read_text())


def test_a_payload_is_run_by_the_shell_and_its_outputs_come_back():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "2")
        board.cli("desire", "good", "--stack", "s", "--payload",
                  "printf '%s' \"a  'b'\"; echo err >&2; echo $TASKBBS_GUID")
        shown = outcome(board, "good")
        assert "result.stdout     a  'b'good\\n" in shown, shown
        assert "result.stderr     err\\n" in shown and "result.exit       0" in shown


def test_an_exit_status_or_a_signal_fails_the_task():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "2")
        board.cli("desire", "status", "--stack", "s", "--payload", "echo out; exit 3")
        board.cli("desire", "signal", "--stack", "s", "--payload", "kill -9 $$")
        assert "exit status 3" in outcome(board, "status")
        assert "result.stdout     out\\n" in outcome(board, "status")
        assert "killed by signal 9" in outcome(board, "signal")


def test_a_long_output_is_cut_to_what_the_broker_takes():
    with Board("--limits.result_bytes", "4KiB") as board:
        board.executor("--stack", "s", "--slots", "1")
        board.cli("desire", "long", "--stack", "s", "--payload",
                  "head -c 5000000 /dev/zero; head -c 5000000 /dev/zero >&2")
        assert "result.truncated  true" in outcome(board, "long")
        size = board.cli.json("list")[0]["result_size"]
        assert 4000 < size <= 4096, size


def test_it_runs_as_many_at_once_as_it_has_slots_and_of_its_stacks_alone():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "2", "--executor-id", "e")
        board.cli("desire", "a", "b", "c", "--stack", "s", "--payload", "sleep 60")
        board.cli("desire", "other", "--stack", "t", "--payload", "true")
        wait_for(lambda: len(board.cli.json("list", "--state", "running")) == 2, "two to run")
        time.sleep(0.3)
        assert [task["guid"] for task in board.cli.json("list", "--state", "pending")] == [
            "c", "other"]


def test_a_task_that_the_board_took_away_is_ended_with_its_children():
    with Board() as board:
        _, log = board.executor("--stack", "s", "--slots", "1", "--ttl-ms", "1000")
        pid = sleeper(board, "g")
        board.cli("cancel", "g")
        wait_for(lambda: not runs(pid), "the command to end")
        wait_for(has_line(log, "g: ended (killed by signal 15)"), "the log")


def test_what_ignores_the_end_is_killed_after_the_grace():
    with Board() as board:
        _, log = board.executor("--stack", "s", "--slots", "1", "--ttl-ms", "1000",
                                "--grace", "500ms")
        board.cli("desire", "g", "--stack", "s", "--payload",
                  "trap '' TERM; while :; do sleep 0.1; done")
        wait_for(lambda: board.state("g") == "running", "g to run")
        board.cli("cancel", "g")
        wait_for(has_line(log, "g: ended (killed by signal 9)"), "the kill")


def test_sigterm_lets_it_finish_and_depart_and_sigint_too():
    with Board() as board:
        for number, code in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
            process, log = board.executor("--stack", "s", "--slots", "2")
            guid = f"g{number}"
            board.cli("desire", guid, "--stack", "s", "--payload", "sleep 1; echo done")
            wait_for(lambda: board.state(guid) == "running", "it to run")
            process.send_signal(number)
            assert process.wait(timeout=20) == code
            assert "result.stdout     done\\n" in board.cli("get", guid)
            assert "departed" in log.read_text()
            assert board.cli.json("executors") == []


def test_an_idle_one_leaves_at_once():
    with Board() as board:
        process, _ = board.executor("--stack", "s", "--slots", "1")
        time.sleep(0.3)  # so that its acquire waits
        begin = time.monotonic()
        process.terminate()
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - begin < 3


def test_a_second_signal_kills_and_gives_back():
    with Board() as board:
        process, _ = board.executor("--stack", "s", "--slots", "1")
        pid = sleeper(board, "g")
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert not runs(pid)
        task = board.cli.json("get", "g")[0]
        assert task["state"] == "pending" and task["rejection_count"] == 1
        assert task["rejection_reason"] == "the executor was stopped"


def test_its_commands_die_with_it_and_all_that_they_have_started():
    with Board() as board:
        process, _ = board.executor("--stack", "s", "--slots", "1")
        files = [board.dir / name for name in ("shell", "child", "orphan", "session")]
        shell, child, orphan, session = (f"echo $$ > {file}; exec sleep 60" for file in files)
        board.cli("desire", "g", "--stack", "s", "--payload",
                  f"sh -c '{child}' & (sh -c '{orphan}' &); setsid sh -c '{session}' & {shell}")
        wait_for(lambda: all(file.exists() and file.read_text() for file in files), "them to run")
        pids = [int(file.read_text()) for file in files]
        assert all(runs(pid) for pid in pids)
        process.kill()
        process.wait()
        wait_for(lambda: not any(runs(pid) for pid in pids), "them to end")


def test_its_group_dies_with_whoever_sees_to_the_command():
    with Board() as board:
        board.executor("--stack", "s")
        file = board.dir / "pid"
        board.cli("desire", "g", "--stack", "s", "--payload",
                  f"sh -c 'echo $$ > {file}; exec sleep 60' & "
                  f"until [ -s {file} ]; do sleep 0.05; done; kill -9 $PPID; sleep 60")
        outcome(board, "g")
        wait_for(lambda: not runs(int(file.read_text())), "the rest to end")


def test_what_a_command_leaves_behind_is_gone_when_its_task_is_completed():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1")
        board.cli("desire", "g", "--stack", "s", "--payload",
                  f"setsid sh -c 'echo $$ > {board.dir}/pid; exec sleep 60' & sleep 0.5")
        outcome(board, "g")
        assert not runs(int((board.dir / "pid").read_text()))


def test_a_payload_that_can_not_be_run_has_a_result_too():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1")
        (board.dir / "zero").write_bytes(b"echo a\0b")
        (board.dir / "long").write_bytes(b"#" * 131_072)
        for guid, reason in (("zero", "holds a zero byte"), ("long", "longer than a command line")):
            board.cli("desire", guid, "--stack", "s", "--payload-file", board.dir / guid)
            shown = outcome(board, guid)
            assert "result.exit" not in shown and "result.signal" not in shown, shown
            assert reason in shown.split("result.stderr")[1].splitlines()[0], shown
            assert reason in shown.split("failure_reason")[1].splitlines()[0], shown


def test_without_a_broker_it_leaves_in_seconds_and_says_that_nobody_was_told():
    with Board() as board:
        process, log = board.executor("--stack", "s", "--slots", "1")
        time.sleep(0.3)  # so that its acquire waits
        board.kill()
        begin = time.monotonic()
        process.terminate()
        assert process.wait(timeout=20) == 5
        assert time.monotonic() - begin < 10
        assert "departed" not in log.read_text() and "without it" in log.read_text()


def test_another_one_of_its_name_takes_its_place():
    with Board() as board:
        first, log = board.executor("--stack", "s", "--slots", "1", "--executor-id", "e",
                                    "--ttl-ms", "1000")
        pid = sleeper(board, "g")
        board.executor("--stack", "s", "--slots", "1", "--executor-id", "e", "--ttl-ms", "1000")
        assert first.wait(timeout=20) == 4
        assert "taken over" in log.read_text()
        assert not runs(pid)
        assert "executor disappeared" in outcome(board, "g")


def test_a_drained_one_takes_nothing_until_it_may_again():
    with Board() as board:
        _, log = board.executor("--stack", "s", "--slots", "1", "--executor-id", "e",
                                "--ttl-ms", "1000")
        board.cli("drain", "--executor-id", "e")
        wait_for(has_line(log, "draining: "), "the drain")
        board.cli("desire", "g", "--stack", "s", "--payload", "true")
        time.sleep(1.2)
        assert board.state("g") == "pending"
        board.cli("drain", "--executor-id", "e", "--off")
        outcome(board, "g")


def test_a_task_outlives_the_broker_that_handed_it_out():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1")
        board.cli("desire", "g", "--stack", "s", "--payload", "sleep 2; echo done")
        wait_for(lambda: board.state("g") == "running", "it to run")
        board.kill()
        board.start()
        assert "result.stdout     done\\n" in outcome(board, "g")


if __name__ == "__main__":
    os.environ.pop("TASKBBS_ENDPOINT", None)
    run_tests(dict(globals()))
