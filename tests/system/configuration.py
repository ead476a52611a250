"""Configuration: where options come from, what is said of those that are wrong, and the quick flags."""
import os
import re

from expect import holds, same

WRONG = 78
NOBODY = 65534


def _open(board):
    """Where this host has the service, and root checks, it is that one's user who has to come in."""
    board.home.chmod(0o755)
    return board.home


def _file(board, text):
    path = _open(board) / "taskbbsd.conf"
    path.write_text(text)
    return path


def every_error_is_listed_with_file_and_line(board):
    path = _file(
        board,
        "[limits]\n"
        "tasks = many\n"
        "unacked = 0\n"
        "\n"
        "[converge]\n"
        "every = soon   # a comment\n"
        "colour = red\n"
        "[nowhere]\n"
        "x = 1\n"
        "no equals sign\n"
        "[journal\n",
    )
    code, words = board.run("--config", str(path))
    same(code, WRONG, "configuration: exit 78")
    lines = words.strip().splitlines()
    for number, word in (
        (2, "limits.tasks"), (3, "limits.unacked"), (6, "converge.every"), (7, "colour"),
        (8, "nowhere"), (10, ""), (11, ""),
    ):
        holds(
            any(line.startswith(f"{path}:{number}: ") and word in line for line in lines),
            f"configuration: line {number} is named, and {word!r}",
            words,
        )


def errors_of_all_sources_are_told_at_once(board):
    path = _file(board, "[log]\nlevel = loud\n")
    code, words = board.run(
        "--config", str(path), "--limits.tasks", "none", "--no.such", "1",
        environment={"TASKBBS_JOURNAL_SYNC": "perhaps", "TASKBBS_WRONG": "1"},
    )
    same(code, WRONG, "configuration: exit 78")
    for pattern in (
        rf"{re.escape(str(path))}:2: .*log\.level", r"command line: .*limits\.tasks",
        r"command line: .*no\.such", r"environment TASKBBS_JOURNAL_SYNC: ",
        r"environment TASKBBS_WRONG: ",
    ):
        holds(re.search(pattern, words), f"configuration: {pattern} is told", words)


def rules_between_options_are_checked(board):
    code, words = board.run(
        "--journal.segment_bytes", "1MiB", "--limits.batch_bytes", "1MiB",
        "--events.endpoint", "tcp://127.0.0.1:7411",
    )
    same(code, WRONG, "configuration: exit 78")
    holds("2 x limits.batch_bytes" in words, "journal.segment_bytes: at least two batches", words)
    holds("events.endpoint" in words, "each endpoint is its own", words)


def a_wrong_configuration_touches_nothing(board):
    code, _ = board.run("--limits.tasks", "none", options={})
    same(code, WRONG, "configuration: exit 78")
    same(list(board.journal.iterdir()), [], "nothing was made")


def a_given_file_must_be_there_and_readable(board):
    for path in (board.home / "missing.conf", board.home):
        code, words = board.run("--config", str(path))
        same(code, WRONG, "configuration: given and not to be read: 78")
        holds(str(path) in words, "the file is named", words)


def check_config_tells_what_holds_and_where_it_was_said(board):
    path = _file(board, "[limits]\ntasks = 5\nunacked = 6\n")
    code, words = board.run(
        "--check-config", "--config", str(path), "--limits.tasks", "7",
        environment={"TASKBBS_LOG_LEVEL": "debug"},
    )
    same(code, 0, "--check-config: 0 when it is right")
    for pattern in (
        r"limits\.tasks = 7 \(command line\)",
        rf"limits\.unacked = 6 \({re.escape(str(path))}:3\)",
        r"log\.level = debug \(environment TASKBBS_LOG_LEVEL\)",
    ):
        holds(re.search(pattern, words), f"--check-config tells {pattern}", words)
    same(board.run("--check-config", "--limits.tasks", "none")[0], WRONG, "--check-config: 78")
    code, words = board.run("--check-config", options={})
    same((code, list(board.journal.iterdir())), (0, []), "--check-config starts nothing")
    holds("no configuration file was read" in words, "--check-config: which file was read", words)


def check_config_looks_at_directories_rights_and_space_and_says_all_at_once(board):
    letter = _open(board) / "letter"
    letter.write_text("dear")
    code, words = board.run("--check-config", options={
        "journal.dir": board.home / "no" / "where",
        "requests.endpoint": f"ipc://{letter}",
        "events.endpoint": f"ipc://{board.home}/no/where/events",
    })
    same(code, WRONG, "--check-config: what keeps the broker from starting is 78")
    for pattern in (
        rf"^journal\.dir = {re.escape(str(board.home))}/no/where: .*; install -d",
        rf"^requests\.endpoint = ipc://{re.escape(str(letter))}: .*no socket; ",
        r"^events\.endpoint = .*: .* is not there, and a start does not make it; install -d",
    ):
        holds(re.search(pattern, words, re.MULTILINE), f"--check-config finds {pattern}", words)
    same(letter.read_text(), "dear", "nothing was touched")
    code, words = board.run("--check-config", options={"journal.reserve_bytes": "1TiB"})
    same(code, 0, "what does not is a note")
    holds(re.search(r"^note: journal\.dir = .*read_only.*; free \d+ bytes", words, re.MULTILINE), "a note", words)
    same(list(board.journal.iterdir()), [], "nothing was made")
    if os.geteuid() == 0:
        os.chmod(board.home, 0o755)
        prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        code, words = board.run("--check-config", options={}, prefix=prefix)
        same((code, f"user {NOBODY} may not read and write it" in words), (WRONG, True), f"rights: {words}")


def check_config_excuses_no_directory_but_what_the_unit_makes(board):
    for option, value in (
        ("journal.dir", _open(board) / "no"),
        ("requests.endpoint", f"ipc://{board.home}/no/requests"),
    ):
        code, words = board.run("--check-config", options={option: value})
        same(code, WRONG, f"{option}: it can't start so: {words}")
        holds("a start does not make it; install -d" in words, "and the next step is told", words)
    same((board.home / "no").exists(), False, "nothing was made")


def check_config_of_root_sees_what_the_services_user_can_not_reach(board):
    if os.geteuid() != 0:
        return  # then it is that user who looks
    os.chown(board.journal, NOBODY, NOBODY)
    board.journal.chmod(0o700)
    path = _file(board, "[limits]\ntasks = 5\n")
    path.chmod(0o644)
    ask = ("--check-config", "--config", str(path))
    code, words = board.run(*ask, options={})
    same((code, "note:" in words), (0, False), f"all is right: {words}")
    path.chmod(0o600)
    code, words = board.run(*ask, options={})
    same(code, WRONG, f"the configuration is root's alone: {words}")
    holds(f"user {NOBODY}, the service's, may not read it" in words, "it says so", words)
    path.chmod(0o644)
    safe = board.home / "safe"
    safe.mkdir(mode=0o700)
    state = safe / "state"
    state.mkdir(mode=0o700)
    os.chown(state, NOBODY, NOBODY)
    board.run("keygen", str(safe / "key"))
    os.chown(safe / "key", NOBODY, NOBODY)
    for options in (
        {"journal.dir": state},
        {"security.server_key": safe / "key", "security.authorized_keys": board.source / "README.md"},
        {"requests.endpoint": f"ipc://{state}/requests"},
    ):
        code, words = board.run(*ask, options=options)
        holds(f"user {NOBODY} may not pass through {safe}; choose" in words, "the barrier is named", words)
        same(code, WRONG, "it can't start so")


def check_config_sees_files_of_the_journal_that_the_service_can_not_open(board):
    if os.geteuid() != 0:
        return  # nobody else can copy a journal for another user
    board.start()
    board.terminate()
    os.chmod(board.home, 0o755)
    os.chown(board.journal, NOBODY, NOBODY)
    copies = [one for one in board.journal.iterdir()
              if one.name.startswith(("LOCK", "seg-", "spare-", "reserve")) and one.suffix != ".tmp"]
    closed = min(copies)
    as_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    for prefix in ([], as_nobody):
        code, words = board.run("--check-config", options={}, prefix=prefix)
        same(code, WRONG, f"it can't start so: {words}")
        holds(f"user {NOBODY} may not open {closed} (nor {len(copies) - 1} more" in words, "the first is named", words)
        holds(f"; chown -R {NOBODY} {board.journal}\n" in words, "and what to do", words)
    for one in board.journal.iterdir():
        os.chown(one, NOBODY, NOBODY)
    code, words = board.run("--check-config", options={})
    same(code, 0, f"then all is right: {words}")


def check_config_notes_that_fewer_files_may_be_open_than_connections_are_wanted(board):
    code, words = board.run(
        "--check-config", options={"limits.connections": 5000}, prefix=["prlimit", "--nofile=4000:4000"])
    same(code, 0, f"the service has a limit of its own: {words}")
    holds("note: limits.connections = 5000: the limit of open files here, 4000, allows 3872" in words, "a note", words)


def a_hosts_name_is_no_endpoint_and_an_interface_is_one(board):
    for ask in ((), ("--check-config",)):
        code, words = board.run(*ask, options={"requests.endpoint": "tcp://localhost:7411"})
        same(code, WRONG, f"it can't be bound: {words}")
        holds("write 127.0.0.1 for localhost" in words, "what to write is told", words)
    code, words = board.run("--check-config", options={
        "events.endpoint": "tcp://nosuch0:7412", "security.allow_plaintext": "true"})
    same((code, "no network interface nosuch0" in words), (WRONG, True), f"the host has none: {words}")
    interface = board.requests.replace("127.0.0.1", "lo")
    same(board.run("--check-config", options={"requests.endpoint": interface})[0], 0, "lo is one")
    board.start({"requests.endpoint": interface})
    board.client().call("hello")


def check_config_of_a_broker_that_runs_finds_nothing(board):
    board.requests = f"ipc://{board.home}/requests"
    board.start()
    os.chmod(board.journal, 0o700)
    code, words = board.run("--check-config", options={})
    same((code, "note:" in words), (0, False), f"nothing: {words}")


def the_commented_configuration_file_holds_the_defaults(board):
    """config/taskbbsd.conf changes nothing: what it says is what holds without it."""
    shipped = _file(board, (board.source / "config" / "taskbbsd.conf").read_text())
    code, words = board.run("--check-config", "--config", str(shipped))
    same(code, 0, f"the shipped file is right: {words}")
    told = dict(re.findall(r"^([a-z]+\.[a-z_]+) = (.*) \(", words, re.MULTILINE))
    _, help_text = board.run("--help")
    defaults = dict(re.findall(r"--([a-z]+\.[a-z_]+) \S+ \(=([^)]*)\)", help_text))
    holds(len(defaults) > 20, "--help tells defaults", help_text)
    for name, value in defaults.items():
        holds(
            told.get(name) == value or _same_time(told.get(name, ""), value),
            f"{name}: the file says the default",
            (told.get(name), value),
        )


def _same_time(one, other):
    units = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}

    def in_ms(text):
        match = re.fullmatch(r"(\d+)(ms|s|m|h)", text)
        return int(match[1]) * units[match[2]] if match else None

    return in_ms(one) is not None and in_ms(one) == in_ms(other)


def help_and_version_end_with_0_whatever_else_is_said(board):
    code, words = board.run("--help")
    same(code, 0, "--help: 0")
    for word in ("--journal.dir", "--check-config", "TASKBBS_SECTION_NAME", "Exit codes"):
        holds(word in words, f"--help tells of {word}", words)
    code, words = board.run("--version")
    same((code, bool(re.fullmatch(r"taskbbsd \d+\.\d+\.\d+\n", words))), (0, True), "--version")
    same(board.run("--help", "--no.such", "1")[0], 0, "--help helps where something is wrong")


def a_relative_directory_is_relative_to_where_the_daemon_was_started(board):
    code, words = board.run(options={"journal.dir": "here/../nowhere"})
    same(code, 1, "a missing directory: 1")
    holds("/nowhere" in words and "here/.." not in words, "its whole path is told", words)
