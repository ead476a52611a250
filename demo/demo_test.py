"""The demo as a whole, on directories that are not as one would wish: called with the build directory.
Its own verdict, exit 0, says that every result was right; here is what it can't say of itself."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DEMO = Path(__file__).resolve().parent / "demo.py"
BUILD = Path(sys.argv[1]).resolve()


def start(*args, **more):
    return subprocess.Popen([sys.executable, DEMO, "--build", BUILD, *args], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)


def run(*args, exit):
    process = start(*args)
    out, errors = process.communicate(timeout=110)
    assert process.returncode == exit, f"{process.returncode}, not {exit}:\n{out}{errors}"
    return out + errors


def leftovers():
    """What belongs to a demo: its directories and its processes."""
    found = [str(path) for path in Path("/var/tmp").glob("taskbbs-demo-*")]
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if b"DEMO_OF_TASKBBS=" in environment.read_bytes():
                found.append(environment.parent.name)
        except OSError:
            pass
    return found


def test_few_files_with_odd_names_are_hashed_and_the_rest_is_counted(directory):
    for name in (b"new\nline", b"tab\tquo'te $HOME `id`", "no\u00a0break".encode(), b"\xff\xfe\x81"):
        (Path(os.fsdecode(directory)) / os.fsdecode(name)).write_bytes(name * 3 + b"\n")
    os.mkfifo(directory / "pipe")
    os.symlink("pipe", directory / "link")
    told = run("--within", directory.parent, directory.name, exit=0)
    assert f"4 files of {directory.name}:" in told, told
    assert "2 passed over: 1 pipes, sockets or devices, 1 symbolic links" in told, told
    assert "240 of 240 results correct, 0 lost, 0 completed twice" in told, told


def test_a_directory_without_files_or_that_is_none_is_a_usage_error(directory):
    assert f"{directory} has no file to hash" in run(directory, exit=2)
    assert "nowhere does not exist" in run("--within", directory, "nowhere", exit=2)
    (directory / "file").touch()
    assert "file is not a directory" in run("--within", directory, "file", exit=2)


def test_interrupted_at_any_time_it_leaves_nothing_behind(directory):
    for index in range(300):
        (directory / str(index)).write_text(str(index))
    before = leftovers()
    for seconds, number in ((0.2, signal.SIGINT), (0.6, signal.SIGTERM), (2, signal.SIGINT),
                            (5.5, signal.SIGTERM)):
        process = start(directory)
        time.sleep(seconds)
        process.send_signal(number)
        time.sleep(0.02)
        process.send_signal(signal.SIGINT)  # while it cleans up
        process.communicate(timeout=30)
        assert process.returncode == 128 + number, (seconds, process.returncode)
        assert leftovers() == before, (seconds, leftovers())


def main():
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            begin = time.monotonic()
            with tempfile.TemporaryDirectory(prefix="demo-test-") as directory:
                test(Path(directory))
            print(f"ok {time.monotonic() - begin:5.1f} s  {name[5:].replace('_', ' ')}", flush=True)


if __name__ == "__main__":
    main()
