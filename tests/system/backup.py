"""Backup beside a broker that serves, and restore: what is in it, who notices, what is refused."""
import contextlib
import fcntl
import itertools
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading

import whole_history
from client import Client
from expect import holds, same
from snapshots import SMALL, _names, _snapshots_of, _taken, _tool, _work
from system_board import Skipped, eventually

NOBODY = 65534
BIG = {**SMALL, "journal.retain_for": "1h"}


def _backup(board, to, *words, prefix=()):
    return subprocess.run(
        [*prefix, board.daemon, "journal", "backup", "--from", str(board.journal), "--to", str(to), *words],
        capture_output=True, text=True, check=False, env={},
    )


def _restore(board, backup, to=None, *words):
    return subprocess.run(
        [board.daemon, "journal", "restore", str(backup), "--to", str(to or board.journal),
         "--journal.segment_bytes", "256KiB", "--limits.batch_bytes", "128KiB", *words],
        capture_output=True, text=True, check=False, env={},
    )


def _said(done):
    """What one line said: {name: value}."""
    same((done.returncode, done.stderr), (0, ""), "it is done")
    return dict(re.findall(r"(\w+)=(\S+)", done.stdout.splitlines()[0]))


def _destroy(board):
    board.kill()
    eventually(lambda: not _snapshots_of(board.journal), "a snapshot's process ends with its broker")
    shutil.rmtree(board.journal)


def _shown(c):
    return {task["guid"]: task for task in c.listing(limit=1000)}


def a_backup_of_a_quiet_broker_comes_back_as_it_was_under_another_log(board):
    board.start(SMALL)
    c = board.client()
    _taken(c, 1)
    c.desire("last")
    before, stats, log = _shown(c), c.stats(), c.call("hello")["log"]
    to = board.home / "backup"
    said = _said(_backup(board, to))
    same((int(said["seq"]), int(said["tasks"]), said["log"]), (stats["seq"], len(before), log), "it tells")
    _destroy(board)
    restored = _said(_restore(board, to))
    same(restored["seq"], said["seq"], "restore tells the same event")
    holds(restored["log"] != log, "and another log", restored)
    board.start()
    c = board.client()
    same(c.call("hello")["log"], restored["log"], "hello: the new log")
    same(_shown(c), before, "every task is there, in its state")
    c.desire("after")
    same(c.stats()["seq"], stats["seq"] + 1, "and numbers go on")


def a_backup_taken_while_segments_are_retired_and_reused_holds(board):
    """Segments become spares, are zeroed and written anew, while backups of them are made."""
    board.start(SMALL)
    enough, trouble = threading.Event(), []

    def work():
        c = Client(board.context, board.requests)
        try:
            at = 0
            while not enough.is_set():
                _work(c, 1, f"load{at}-")
                at += 1
        except Exception as error:
            trouble.append(error)
        c.close()

    loads = [threading.Thread(target=work)]
    for one in loads:
        one.start()
    try:
        c = board.client()
        seqs = []
        for number in range(8):
            before = c.stats()["seq"]
            said = _said(_backup(board, board.home / f"b{number}", *(["--history"] if number % 2 else [])))
            holds(int(said["seq"]) >= before, "all that was acknowledged before it is in it", (said, before))
            seqs.append(int(said["seq"]))
        same(seqs, sorted(seqs), "each is further than the one before")
        holds(c.stats()["snapshots"] > 0, "snapshots were taken meanwhile")
    finally:
        enough.set()
        for one in loads:
            one.join()
    same(trouble, [], "the load was served")
    for number in range(8):
        same(_said(_restore(board, board.home / f"b{number}", board.home / f"r{number}"))["seq"], str(seqs[number]),
             "each can be restored")
    board.terminate()
    same(_tool(board, "verify").returncode, 0, "and the journal itself holds")


def with_history_a_backup_holds_all_events_that_are_kept(board):
    board.start(BIG)
    c = board.client()
    _taken(c, 1)
    bodies = whole_history.read(c)
    _said(_backup(board, board.home / "all", "--history"))
    _said(_backup(board, board.home / "newest"))
    holds(len(list((board.home / "newest").glob("seg-*"))) < len(list((board.home / "all").glob("seg-*"))),
          "without it: what a restart needs")
    _destroy(board)
    _said(_restore(board, board.home / "all"))
    board.start()
    same(whole_history.read(board.client()), bodies, "each event is there, byte for byte")


def a_stopped_broker_is_backed_up_as_well_and_so_is_an_empty_journal(board):
    board.start(SMALL)
    board.client().call("hello")
    board.terminate()
    same(_said(_backup(board, board.home / "empty"))["seq"], "0", "no event")
    shutil.rmtree(board.journal)
    _said(_restore(board, board.home / "empty"))
    board.start()
    same(board.client().desire("first")["seq"], 1, "numbers begin with 1")


def the_root_of_a_file_system_is_empty_enough_for_a_restore(board):
    board.start(SMALL)
    board.client().desire("g")
    _said(_backup(board, board.home / "backup"))
    _destroy(board)
    (board.journal / "lost+found").mkdir(parents=True)
    whole = (board.home / "backup" / "seg-00000000000000000001").read_bytes()
    (board.home / "backup" / "seg-00000000000000000001").write_bytes(whole[:5000])
    same(_restore(board, board.home / "backup").returncode, 75, "a damaged one")
    same([path.name for path in board.journal.iterdir()], ["lost+found"], "leaves it as it was")
    (board.home / "backup" / "seg-00000000000000000001").write_bytes(whole)
    _said(_restore(board, board.home / "backup"))
    board.start()
    same(list(_shown(board.client())), ["g"], "the task is there")


def a_backup_lock_that_the_broker_may_not_open_costs_it_the_reuse_alone(board):
    board.start(SMALL)
    c = board.client()
    c.call("hello")
    (board.journal / "BACKUP").mkdir()  # nobody can lock that
    _taken(c, 3)
    eventually(lambda: _names(board, "seg")[0] != "seg-00000000000000000001", "segments go all the same")
    eventually(lambda: list(board.journal.glob("spare-*")), "and spares are made")


def a_broker_does_not_serve_from_a_backup(board):
    board.start(SMALL)
    board.client().desire("g")
    to = board.home / "backup"
    _said(_backup(board, to))
    board.refuses_to_start(1, "is a backup", "journal restore", options={"journal.dir": to})
    code, words = board.run("--check-config", options={"journal.dir": to})
    same(code, 78, "--check-config sees it")
    holds("journal restore" in words, "and says what to do", words)


def a_target_that_is_in_use_is_left_alone(board):
    board.start(SMALL)
    board.client().desire("g")
    full = board.home / "full"
    full.mkdir()
    (full / "letter").write_text("dear")
    for done, words in (
        (_backup(board, full), "absent or empty"),
        (_backup(board, board.home / "no" / "parent"), "its parent must be there"),
        (_tool(board, "backup", "--to", str(board.home / "b"), at=board.home / "nothing"), "nothing: No such file"),
    ):
        same(done.returncode, 1, f"it can't be done: {done.stderr}")
        holds(words in done.stderr, f"it says {words!r}", done.stderr)
    same((full / "letter").read_text(), "dear", "nothing was touched")
    _said(_backup(board, board.home / "b"))
    for done, words in (
        (_restore(board, board.home / "b"), "is not empty"),
        (_restore(board, full, board.home / "r"), "is no backup"),
        (_restore(board, board.home / "absent", board.home / "r"), "there is no such backup"),
        (_restore(board, board.home / "b", board.home / "b" / "in"), "is in the backup"),
        (_tool(board, "backup", "--to", str(board.home / "c"), at=board.home / "b"), "is a backup itself"),
    ):
        same(done.returncode, 1, f"it can't be done: {done.stderr}")
        holds(words in done.stderr, f"it says {words!r}", done.stderr)
    holds(not (board.home / "r").exists(), "nothing was left", list(board.home.iterdir()))
    holds(not (board.home / "b" / "BACKUP").exists(), "nor in a backup", list((board.home / "b").iterdir()))
    for words in (["backup"], ["restore"]):
        same(_tool(board, *words).returncode, 78, "a missing directory is a matter of usage")


def a_target_in_the_state_directory_and_a_symbolic_link_are_refused_at_once(board):
    board.start(SMALL)
    board.client().desire("g")
    (board.home / "real").mkdir()
    (board.home / "link").symlink_to(board.home / "real")
    for to, words in ((board.journal / "inside", "is in the state directory"), (board.journal, "is in the state directory"),
                      (board.home / "link", "is a symbolic link")):
        done = _backup(board, to)
        same(done.returncode, 1, f"{to}: {done.stderr}")
        holds(words in done.stderr, f"it says {words!r}", done.stderr)
    same(_names(board, "inside"), [], "nothing was made there")


def where_there_is_no_journal_nothing_is_made(board):
    (board.home / "nobody").mkdir()
    done = _tool(board, "backup", "--to", str(board.home / "b"), at=board.home / "nobody")
    same(done.returncode, 1, done.stderr)
    holds("no journal here" in done.stderr, "it says so", done.stderr)
    same(list((board.home / "nobody").iterdir()), [], "nothing is left")


def a_backup_that_lost_files_is_not_restored(board):
    board.start(BIG)
    _taken(board.client(), 1)
    to = board.home / "backup"
    _said(_backup(board, to))
    for name in ("LOCK", *sorted(path.name for path in to.glob("seg-*"))):
        kept = (to / name).read_bytes()
        (to / name).unlink()
        done = _restore(board, to, board.home / "restored")
        same(done.returncode, 75, f"without {name}: {done.stderr}")
        holds("take an older backup" in done.stderr, "the next step is told", done.stderr)
        holds(not (board.home / "restored").exists(), "nothing is left")
        (to / name).write_bytes(kept)
    _said(_restore(board, to, board.home / "restored"))


def a_damaged_backup_is_not_restored(board):
    board.start(SMALL)
    c = board.client()
    _taken(c, 1)
    _work(c, 1, "more-")
    to = board.home / "backup"
    _said(_backup(board, to))
    for path in sorted(to.glob("snap-*")) + sorted(to.glob("seg-*")):
        whole = path.read_bytes()
        at = 9000 if path.name.startswith("snap-") else 4096 + 50  # the header of the first batch
        for spoilt in (
            whole[: len(whole) // 2],
            whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:],
            whole[:4096] + bytes(len(whole) - 4096),
        ):
            path.write_bytes(spoilt)
            done = _restore(board, to, board.home / "restored")
            same(done.returncode, 75, f"{path.name}: damage is 75: {done.stderr}")
            holds("take an older backup" in done.stderr, "the next step is told", done.stderr)
            holds(not (board.home / "restored").exists(), "nothing is left")
        path.write_bytes(whole)
    _said(_restore(board, to, board.home / "restored"))


def a_killed_backup_leaves_a_partial_directory_that_the_next_one_takes_over(board):
    board.start(BIG)
    c = board.client()
    _taken(c, 1)
    to = board.home / "backup"
    partial = pathlib.Path(f"{to}.partial")
    for sign in (signal.SIGKILL, signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen(
            [board.daemon, "journal", "backup", "--from", str(board.journal), "--to", str(to)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={},
        )
        eventually(lambda: partial.exists() or to.exists(), "it begins")
        process.send_signal(sign)
        process.wait()
        if to.exists():  # it was faster
            _said(_restore(board, to, board.home / "restored"))
            shutil.rmtree(board.home / "restored")
            shutil.rmtree(to)
    partial.mkdir(exist_ok=True)
    (partial / "snap-00000000000000000001").write_text("left by one that was killed")
    _said(_backup(board, to))
    holds(not partial.exists(), "it became the backup", list(board.home.iterdir()))
    holds(not (to / "snap-00000000000000000001").exists(), "without what was left", list(to.iterdir()))
    known = r"LOCK|BACKUP|SNAPSHOT|reserve|(seg|snap|idx|spare)-\d+(\.tmp)?"
    strange = [path.name for path in board.journal.iterdir() if not re.fullmatch(known, path.name)]
    same(strange, [], "nothing of it is in the state directory")
    partial.mkdir()
    (partial / "letter").write_text("dear")
    done = _backup(board, board.home / "backup2")
    same(done.returncode, 0, "another one")
    shutil.rmtree(to)
    done = _backup(board, to)
    same((done.returncode, "none of a backup's" in done.stderr), (1, True), "others' files are left alone")


@contextlib.contextmanager
def _held(path):
    """Locked, as by a backup that reads."""
    with open(path, "a", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def a_second_backup_at_once_says_so(board):
    board.start(BIG)
    _taken(board.client(), 1)
    with _held(board.journal / "BACKUP"):
        done = _backup(board, board.home / "b")
    same((done.returncode, "another backup" in done.stderr), (1, True), f"it says so: {done.stderr}")
    _said(_backup(board, board.home / "b"))


def while_a_backup_reads_no_segment_is_overwritten(board):
    board.start(SMALL)
    c = board.client()
    c.call("hello")
    kept = {}
    with _held(board.journal / "BACKUP"), contextlib.ExitStack() as files:
        for at in itertools.count():
            if len(kept) >= 20 and _names(board, "seg")[0] > min(kept):
                break  # segments were retired meanwhile
            holds(at < 500, "segments are retired while a backup reads", _names(board, "seg"))
            for path in board.journal.glob("seg-" + "[0-9]" * 20):
                if path.name not in kept:
                    with contextlib.suppress(FileNotFoundError):  # it went just now
                        kept[path.name] = files.enter_context(open(path, "rb"))
            _work(c, 1, f"w{at}-")
        for name, file in kept.items():
            same(file.read(8), b"TASKBBS\n", f"{name} reads as it was")


def a_full_target_is_said_and_left_empty(board):
    if os.geteuid() != 0:
        raise Skipped("mounting a small disk wants root")
    disk = board.home / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=False)
    if mounted.returncode != 0:
        raise Skipped("a tmpfs can't be mounted here")
    try:
        board.start(BIG)
        _taken(board.client(), 1)
        backup = board.home / "backup"
        _said(_backup(board, backup, "--history"))
        for done in (_backup(board, disk / "b", "--history"), _restore(board, backup, disk / "r")):
            same(done.returncode, 1, f"it can't be done: {done.stderr}")
            holds(re.search(r"No space left.*it takes \d+ bytes, \d+ are free", done.stderr),
                  "what it takes is told", done.stderr)
        same(list(disk.iterdir()), [], "nothing is left there")
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def what_root_makes_belongs_to_the_owner_of_the_directory(board):
    if os.geteuid() != 0:
        raise Skipped("it wants root")
    os.chmod(board.home, 0o755)
    os.chown(board.journal, NOBODY, NOBODY)
    board.prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    board.start(SMALL)
    c = board.client()
    _taken(c, 1)
    _said(_backup(board, board.home / "backup"))
    owners = {path.name: path.stat().st_uid for path in board.journal.iterdir()}
    same(set(owners.values()), {NOBODY}, f"root left nothing in the state directory: {owners}")
    _taken(c, 2)
    _destroy(board)
    board.journal.mkdir(mode=0o700)
    os.chown(board.journal, NOBODY, NOBODY)
    _said(_restore(board, board.home / "backup"))
    board.start()
    board.client().desire("goes-on")
    done = _backup(board, board.home / "denied", prefix=board.prefix)
    same((done.returncode, "Permission denied" in done.stderr), (1, True), f"no permission: {done.stderr}")
