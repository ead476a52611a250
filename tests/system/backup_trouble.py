"""Backups that others make as well, of journals that are damaged, or that may only be read."""
import os
import pathlib
import re
import shutil
import subprocess

from backup import BIG, NOBODY, _backup, _held, _restore, _said
from expect import holds, same
from snapshots import SMALL, _names, _taken, _tool
from system_board import Skipped, eventually


def two_journals_are_not_backed_up_into_one_directory_at_once(board):
    board.start(BIG)
    _taken(board.client(), 1)
    to = board.home / "b"
    partial = board.home / "b.partial"
    partial.mkdir()
    (partial / "seg-00000000000000000001").write_text("of another journal")
    with _held(partial / "LOCK"):
        done = _backup(board, to)
        same((done.returncode, f"being made in {partial}" in done.stderr), (1, True), f"it says so: {done.stderr}")
        same((partial / "seg-00000000000000000001").read_text(), "of another journal", "and touches nothing")
        holds(not to.exists(), "nothing was made")
    _said(_backup(board, to))
    holds(not partial.exists(), "what an ended one left is taken over")
    _said(_restore(board, to, board.home / "restored"))


def several_backups_into_one_directory_at_once_make_one_that_holds(board):
    board.start(BIG)
    _taken(board.client(), 1)
    board.terminate()
    other = board.home / "other"
    shutil.copytree(board.journal, other)
    to = board.home / "b"
    made = [
        subprocess.Popen([board.daemon, "journal", "backup", "--from", str(source), "--to", str(to)],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={})
        for source in (board.journal, other) * 3
    ]
    done = [(one.communicate()[1], one.returncode) for one in made]
    same(sorted(code for _, code in done), [0, 1, 1, 1, 1, 1], f"one is made: {done}")
    for words, code in done:
        holds(code == 0 or re.search("another backup|is there already", words), "the others say why", words)
    holds(not pathlib.Path(f"{to}.partial").exists(), "nothing is left")
    _said(_restore(board, to, board.home / "restored"))


def a_damaged_snapshot_costs_no_backup_where_an_older_one_holds(board):
    board.start(SMALL)
    _taken(board.client(), 2)
    eventually(lambda: _names(board, "seg")[0] != "seg-00000000000000000001", "the first segment goes")
    board.terminate()
    newest, older = [board.journal / name for name in reversed(_names(board, "snap"))]
    data = bytearray(newest.read_bytes())
    data[len(data) // 2] ^= 1
    newest.write_bytes(data)
    done = _backup(board, board.home / "b")
    same(done.returncode, 0, f"it is made: {done.stderr}")
    holds(re.search(f"passed over.*{newest}", done.stderr), "what was passed over is named", done.stderr)
    holds(".partial" not in done.stderr and "--truncate-at" not in done.stderr, "where it lies", done.stderr)
    same([path.name for path in (board.home / "b").glob("snap-*")], [older.name], "it begins with the older one")
    _said(_restore(board, board.home / "b", board.home / "restored"))
    older.write_bytes(older.read_bytes()[:5000])
    done = _backup(board, board.home / "c")
    same((done.returncode, str(older) in done.stderr), (75, True), f"with neither there is none: {done.stderr}")
    holds(".partial" not in done.stderr and "journal verify" in done.stderr, "the next step is told", done.stderr)


def a_backup_of_all_history_that_lost_its_first_segment_is_not_restored(board):
    board.start(BIG)
    _taken(board.client(), 1)
    to = board.home / "backup"
    _said(_backup(board, to, "--history"))
    sorted(to.glob("seg-*"))[0].unlink()
    done = _restore(board, to, board.home / "restored")
    same((done.returncode, "take an older backup" in done.stderr), (75, True), done.stderr)
    holds(re.search(r"tells of .*segments=\d+", done.stderr), "what is missing is told", done.stderr)
    holds(not (board.home / "restored").exists(), "nothing is left")


def a_backup_whose_note_is_damaged_or_cut_short_is_not_restored(board):
    board.start(SMALL)
    board.client().desire("g")
    to = board.home / "backup"
    _said(_backup(board, to))
    note = (to / "backup.txt").read_text()
    for spoilt in (note[: len(note) // 2], note.replace("tasks=1", "tasks=2"), ""):
        (to / "backup.txt").write_text(spoilt)
        done = _restore(board, to, board.home / "restored")
        same((done.returncode, "backup.txt is damaged" in done.stderr), (75, True), done.stderr)
    (to / "backup.txt").write_text(note)
    _said(_restore(board, to, board.home / "restored"))


def who_may_only_read_can_verify_and_dump(board):
    if os.geteuid() != 0:
        raise Skipped("it wants root")
    board.start(SMALL)
    board.client().desire("g")
    os.chmod(board.home, 0o755)
    os.chmod(board.journal, 0o755)
    reader = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]

    def read(*words):
        for path in board.journal.iterdir():
            os.chmod(path, 0o644)
        return subprocess.run([*reader, board.daemon, "journal", *words, "--journal.dir", str(board.journal)],
                              capture_output=True, text=True, check=False, env={})

    served = read("verify")
    same((served.returncode, served.stderr), (0, ""), "beside a broker")
    holds("a broker serves" in served.stdout, "which it sees", served.stdout)
    board.terminate()
    for words, told in (("verify", "a start serves 1 tasks as of event 1"), ("dump", '"guid":"g"')):
        done = read(words)
        same((done.returncode, told in done.stdout), (0, True), f"{words}: {done.stdout}{done.stderr}")


def a_backup_that_its_user_may_not_read_is_what_a_restore_tells_of(board):
    if os.geteuid() != 0:
        raise Skipped("it wants root")
    board.start(SMALL)
    board.client().desire("g")
    _said(_backup(board, board.home / "b"))
    os.chmod(board.home, 0o755)
    reader = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    done = subprocess.run(
        [*reader, board.daemon, "journal", "restore", str(board.home / "b"), "--to", str(board.home / "restored")],
        capture_output=True, text=True, check=False, env={})
    same((done.returncode, f"{board.home / 'b'}: Permission denied (run this as root, or as" in done.stderr), (1, True),
         done.stderr)
    holds("journal.dir" not in done.stderr, "the state directory is another matter", done.stderr)


def where_nothing_can_be_written_a_journal_is_verified_dumped_and_backed_up(board):
    if os.geteuid() != 0:
        raise Skipped("mounting wants root")
    board.start(SMALL)
    board.client().desire("g")
    there = board.home / "read-only"
    there.mkdir()
    mounted = subprocess.run(["mount", "--bind", "-o", "ro", str(board.journal), str(there)], check=False)
    if mounted.returncode != 0:
        raise Skipped("nothing can be mounted here")
    try:
        done = _tool(board, "backup", "--to", str(board.home / "b"), at=there)
        same((done.returncode, "a broker serves from it" in done.stderr), (1, True), f"beside a broker: {done.stderr}")
        board.terminate()
        for words in (["verify"], ["dump"], ["backup", "--to", str(board.home / "b")]):
            done = _tool(board, *words, at=there)
            same((done.returncode, done.stderr), (0, ""), f"{words[0]} of what can't be written")
    finally:
        subprocess.run(["umount", str(there)], check=False)
    _said(_restore(board, board.home / "b", board.home / "restored"))


def a_command_that_is_given_its_directories_needs_nothing_of_this_hosts_configuration(board):
    board.start(BIG)
    _taken(board.client(), 1)
    board.terminate()
    to = board.home / "b"

    def run(*words, **environment):
        return subprocess.run([board.daemon, "journal", *words], capture_output=True, text=True, check=False,
                              env={"TASKBBS_NONSENSE": "1", **environment})

    for words in (("backup", "--from", str(board.journal), "--to", str(to)),
                  ("restore", str(to), "--to", str(board.home / "restored")),
                  ("verify", "--journal.dir", str(board.home / "restored"))):
        done = run(*words)
        same(done.returncode, 0, f"{words[0]}: {done.stderr}")
    done = run("verify", TASKBBS_JOURNAL_DIR=str(board.journal))
    same((done.returncode, "TASKBBS_NONSENSE" in done.stderr), (78, True), "what is of use is read, and judged")
    broken = board.home / "broken.conf"
    broken.write_text("[nosuch]\n")
    done = run("verify", "--journal.dir", str(board.journal), "--config", str(broken))
    same((done.returncode, f"{broken}:1" in done.stderr), (78, True), "a file that is named counts")
