"""The file hasher: examples/hasher."""

import subprocess

from example import Board, ROOT, run_tests, wait_for


def test_the_readmes_commands_print_sums_that_the_real_tool_confirms():
    with Board() as board:
        told = board.run_section("A file hasher")
        files = [ROOT / "LICENSE", *(ROOT / "docs").glob("*.md")]
        for file in files:
            assert f"{file}: OK" in told, told
        assert board.tasks() == [], "what was handled is gone"


def test_a_file_that_can_not_be_read_fails_alone():
    with Board() as board:
        (board.out / "empty").touch()
        board.executor_of("hash_executor", "worker-1")
        out, errors = board.run_example("hash_files", board.out / "gone", board.out / "empty", exit=1)
        assert errors == f"{board.out}/gone: No such file or directory\n", errors
        expected = subprocess.run(["xxh128sum", board.out / "empty"], capture_output=True, text=True, check=True)
        assert out.split() == expected.stdout.split(), (out, expected.stdout)


def test_a_task_of_an_executor_that_is_killed_is_hashed_by_the_next():
    with Board() as board:
        first = board.executor_of("hash_executor", "worker-1")
        pipe = board.out / "pipe"  # nobody writes: who opens it waits
        subprocess.run(["mkfifo", pipe], check=True)
        requester = board.start_example("hash_files", pipe, stdout=subprocess.PIPE)
        wait_for(lambda: [task["state"] for task in board.tasks()] == ["running"], "the task to run")
        first.kill()
        first.wait()
        board.cli("depart", "--executor-id", "worker-1")  # as its ttl would, later
        board.executor_of("hash_executor", "worker-2")
        pipe.write_bytes(b"")  # returns when worker-2 reads
        out, _ = requester.communicate(timeout=60)
        assert requester.returncode == 0 and out.endswith(f"  {pipe}\n"), out


def test_an_executor_that_is_told_to_end_leaves_the_board():
    with Board() as board:
        worker = board.executor_of("hash_executor", "worker-1")
        worker.terminate()
        assert worker.wait(timeout=30) == 0
        assert board.cli.json("executors") == []


run_tests(globals())
