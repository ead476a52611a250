"""The daemon as a process: options and where they come from, exit codes, ports, a clean end."""
import signal
import subprocess

from expect import holds, same
from ports import free_port

CONFIG, FAILED = 78, 1


def _run(board, *arguments, options=None, environment=None, seconds=20):
    """Runs the daemon until it ends by itself: (exit code, what it said)."""
    full = board.arguments(options or {}) if options is not None else [board.daemon]
    done = subprocess.run(
        [*full, *arguments],
        capture_output=True,
        text=True,
        timeout=seconds,
        stdin=subprocess.DEVNULL,
        env={**board.environment, **(environment or {})},
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def version_and_help_end_with_0(board):
    for flag in ("--version", "--help"):
        code, words = _run(board, flag)
        same((code, bool(words.strip())), (0, True), f"daemon: {flag}")
    holds(
        "--journal.dir" in words or "journal.dir" in words,
        "daemon: --help names the options",
        words,
    )


def unknown_or_malformed_options_end_with_78_and_are_all_named(board):
    for options in (
        {"nonsense.option": 1},
        {"limits.tasks": "many"},
        {"converge.every": "soon"},
        {"limits.payload_bytes": "1 banana"},
        {"journal.sync": "sometimes"},
        {"presence.brake_percent": "half"},
        {"requests.endpoint": "nonsense"},
    ):
        code, words = _run(board, options=options)
        same(code, CONFIG, f"daemon: exit 78: {options}: {words[:200]}")
        holds(next(iter(options)) in words, "daemon: the error names the option", words)
    code, words = _run(
        board, options={"limits.tasks": "many", "converge.every": "soon", "no.such": 1}
    )
    holds(
        code == CONFIG
        and all(name in words for name in ("limits.tasks", "converge.every", "no.such")),
        "daemon: all errors at once",
        words,
    )


def a_config_file_sets_options_and_the_later_sources_win(board):
    path = board.home / "taskbbsd.conf"
    path.write_text(
        "# a comment\n[limits]\nunacked = 11\ntasks = 3\n\n[converge]\nkick_interval = 5m\n"
    )
    board.environment.update({"TASKBBS_LIMITS_UNACKED": "22", "TASKBBS_LIMITS_TASKS": "2"})
    board.start({"config": path, "limits.unacked": 33})
    c = board.client()
    same(
        c.call("hello")["limits"]["unacked"],
        33,
        "daemon: the command line wins over the environment and the file",
    )
    c.desire("a")
    c.desire("b")
    c.refused(
        "busy", "desire", "daemon: the environment wins over the file", {"task": {"guid": "d"}}
    )


def a_config_file_that_is_given_and_missing_ends_with_78(board):
    code, _ = _run(board, options={"config": board.home / "nothing.conf"})
    same(code, CONFIG, "daemon: --config given and missing: 78")


def errors_of_a_config_file_name_file_and_line(board):
    path = board.home / "bad.conf"
    path.write_text("[limits]\ntasks = 5\nunacked = lots\n\n[nowhere]\nx = 1\n")
    code, words = _run(board, options={"config": path})
    same(code, CONFIG, "daemon: malformed: exit 78")
    holds(
        str(path) in words and "3" in words and "6" in words,
        "daemon: each error with file and line",
        words,
    )


def check_config_checks_and_ends(board):
    code, words = _run(board, "--check-config", options={})
    same(code, 0, f"daemon: --check-config: {words[:200]}")
    code, _ = _run(board, "--check-config", options={"limits.tasks": "many"})
    same(code, CONFIG, "daemon: --check-config of a bad one: 78")


def a_port_that_is_taken_ends_with_1(board):
    board.start()
    rival = board.home / "rival"
    rival.mkdir()
    for options in (
        {"events.endpoint": f"tcp://127.0.0.1:{free_port()}"},
        {"requests.endpoint": f"tcp://127.0.0.1:{free_port()}"},
    ):
        code, words = _run(board, options={"journal.dir": rival, **options})
        same(code, FAILED, f"daemon: could not start (port taken): 1: {words[-200:]}")
    board.client().call("hello")


def a_second_daemon_on_the_same_journal_does_not_start(board):
    board.start()
    c = board.client()
    c.desire("g")
    code, _ = _run(
        board,
        options={
            "requests.endpoint": f"tcp://127.0.0.1:{free_port()}",
            "events.endpoint": f"tcp://127.0.0.1:{free_port()}",
        },
    )
    holds(code != 0, "daemon: one journal, one daemon", code)
    c.desire("h")
    same(len(c.listing()), 2, "daemon: the first one goes on")


def sigterm_and_sigint_end_it_with_0_even_under_load(board):
    for sign in (signal.SIGTERM, signal.SIGINT):
        board.start()
        c = board.client()
        for at in range(20):
            c.send(
                [[c.next_id(), "desire", {"task": {"guid": f"{sign}-{at}-{k}"}}] for k in range(50)]
            )
        c.send(
            [[c.next_id(), "acquire", {"executor_id": "e", "stacks": ["none"], "wait_ms": 60000}]]
        )
        same(board.end(sign), 0, "daemon: exit code 0 when stopped as asked")


def what_was_acknowledged_before_a_stop_is_there_after_it(board):
    board.start({"journal.sync": "always"})
    c = board.client()
    numbers = [c.next_id() for _ in range(2000)]
    for at in range(0, 2000, 100):
        c.send(
            [
                [number, "desire", {"task": {"guid": f"g{number}"}}]
                for number in numbers[at : at + 100]
            ]
        )
    c.reply(numbers[300])
    board.terminate()
    while c.pump(0.1):
        pass
    acknowledged = [number for number in numbers[301:] if c.inbox[number]]
    board.start()
    c.connect()
    kept = {task["guid"] for task in c.listing(limit=1000, view="header")}
    for number in acknowledged:
        holds(f"g{number}" in kept, "§2 Durability: what was acknowledged is durable", number)
