"""A disk that is full or read-only, on small file systems of the test's own (root only, else skipped).

They are mounted in a mount namespace of this process, so that they are gone with it.
"""
import ctypes
import os
import re
import shutil
import subprocess

from expect import holds, same
from snapshots import _tool
from system_board import Skipped, eventually

NOT_WRITTEN = 74
CLONE_NEWNS = 0x00020000
SMALL = {"journal.segment_bytes": "1MiB", "limits.batch_bytes": "256KiB"}


def _mount(board, size):
    """A tmpfs of this size as the board's journal directory."""
    if os.geteuid() != 0:
        raise Skipped("mounts a file system: needs root")
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        raise Skipped(f"no mount namespace: {os.strerror(ctypes.get_errno())}")
    for command in (
        ["mount", "--make-rprivate", "/"],
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(board.journal)],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Skipped(f"can't mount: {done.stderr.strip()}")


def _unmount(board):
    subprocess.run(["umount", "--lazy", str(board.journal)], check=True)


def _fill(board):
    """Takes every byte that is left."""
    path = board.journal / "somebody-elses"
    with open(path, "wb", buffering=0) as file:
        for size in (1 << 20, 4096):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                pass
    return path


def _work_until_it_ends(board):
    """Asks for events until the broker is gone: (requests by id, what was acknowledged: id -> seq)."""
    c = board.client()
    c.beat("e1")
    requests, told = {}, {}
    while board.process.poll() is None:
        part = [[c.next_id(), "drain", {"executor_id": "e1", "on": bool(at % 2)}] for at in range(50)]
        requests.update((request[0], request) for request in part)
        c.send(part)
        c.pump(0.5)
        while c.pump(0):
            pass
    while c.pump(0.1):
        pass
    for number in requests:
        for reply in c.inbox[number]:
            same(reply.status, "ok", "§6: drain goes on while the disk is full")
            told[number] = reply.body["seq"]
    return c, requests, told


def _nothing_was_lost(board, c, requests, told):
    """What was acknowledged is there; the rest is applied once, or was."""
    holds(max(told.values()) <= board.client().stats()["seq"], "§2: what was acknowledged is there")
    c.connect()
    c.inbox.clear()
    last = max(told) - 1500
    numbers = [number for number in requests if number > last or number not in told]
    for at in range(0, len(numbers), 500):
        c.send([requests[number] for number in numbers[at : at + 500]])
    for number in numbers:
        reply = c.reply(number)
        same(reply.status, "ok", "§2: a retry is accepted, or gets its first outcome")
        same(told.get(number, reply.body["seq"]), reply.body["seq"], "§2: the first outcome")
    # Numbers are dense, and each request makes one event.
    same(board.client().stats()["seq"], 1 + len(requests), "§2: each was applied once")


def _ends_with_74(board, reserve):
    board.start({**SMALL, "journal.reserve_bytes": reserve, "limits.unacked": 100_000})
    board.client().call("hello")
    filler = _fill(board)
    known = _work_until_it_ends(board)
    same(board.ends_by_itself(), NOT_WRITTEN, "a journal error ends the daemon with 74")
    errors = [line for line in board.words().splitlines() if " error " in line]
    same(len(errors), 1, "one line says why")
    holds(re.search("journal_failed .*No space left", errors[0]), "it says what failed", errors)
    holds("(free space there, or move journal.dir" in errors[0], "and what to do", errors)
    return filler, known


def a_full_disk_ends_it_with_74_and_nothing_acknowledged_is_lost(board):
    _mount(board, "12m")
    filler, known = _ends_with_74(board, "0")
    filler.unlink()
    board.start()
    _nothing_was_lost(board, *known)


def a_journal_that_is_moved_to_a_bigger_disk_goes_on_there(board):
    _mount(board, "12m")
    filler, known = _ends_with_74(board, "1MiB")
    filler.unlink()
    bigger = board.home / "bigger"
    shutil.copytree(board.journal, bigger)
    _unmount(board)
    board.journal = bigger
    board.start()
    _nothing_was_lost(board, *known)


def a_disk_that_stays_full_keeps_it_from_starting_or_serving_lies(board):
    """Restarted while nothing was freed: it says so, or serves what is there; it loses nothing."""
    _mount(board, "12m")
    filler, known = _ends_with_74(board, "0")
    board.launch()
    code = None
    try:
        code = board.process.wait(3)
    except subprocess.TimeoutExpired:
        board.kill()
    if code is not None:
        board.process = None
        same(code, 1, "it could not start")
        holds("No space left" in board.words(), "and says why", board.words())
    filler.unlink()
    board.start()
    _nothing_was_lost(board, *known)


def a_disk_too_small_for_a_segment_is_named(board):
    _mount(board, "512k")
    words = board.refuses_to_start(1, "not_started", r"No space left on device \(free space", options=SMALL)
    holds(str(board.journal) in words, "the directory is named", words)


def a_restore_without_room_tells_what_it_takes_and_what_is_free(board):
    board.start(SMALL)
    board.client().desire("g")
    backup = board.home / "backup"
    same(_tool(board, "backup", "--to", str(backup)).returncode, 0, "a backup is made")
    board.terminate()
    _mount(board, "3m")
    done = _tool(board, "restore", str(backup), "--journal.segment_bytes", "1MiB", "--limits.batch_bytes", "256KiB")
    same(done.returncode, 1, done.stderr)
    told = re.search(r"No space left on device \(it takes (\d+) bytes, (\d+) are free", done.stderr)
    holds(told and int(told[1]) > 3 << 20 >= int(told[2]), "both figures are told", done.stderr)
    same(list(board.journal.iterdir()), [], "nothing is left")


def a_read_only_file_system_is_named(board):
    _mount(board, "12m")
    board.start(SMALL)
    board.client().desire("g")
    board.terminate()
    subprocess.run(["mount", "-o", "remount,ro", str(board.journal)], check=True)
    board.refuses_to_start(1, str(board.journal), r"Read-only file system \(mount it to be written to")
    subprocess.run(["mount", "-o", "remount,rw", str(board.journal)], check=True)
    board.start()
    same(len(board.client().listing()), 1, "nothing was changed")


def short_of_space_it_takes_no_new_work_finishes_the_old_and_goes_on_when_there_is_space(board):
    _mount(board, "40m")
    board.start({**SMALL, "journal.reserve_bytes": "8MiB", "journal.snapshot_bytes": "1GiB"})
    c = board.client()
    guids = [f"old-{at}" for at in range(50)]
    for guid in guids:
        c.bring(guid, "running")
    filler = _fill(board)
    told = []
    while True:
        guid = f"new-{len(told)}"
        reply = c.ask("desire", {"task": {"guid": guid, "payload": b"p" * 10_000}})
        if reply.status == "read_only":
            break
        same(reply.status, "ok", "§4 desire: until there is no space")
        told.append(guid)
        holds(len(told) < 5000, "§6 read_only: disk space is short")
    same(c.stats()["read_only"], True, "§4 stats: read_only")
    board.says(r"warn read_only_begins disk_free_bytes=\d{1,7} ")  # by then, not a second before
    same(c.ask("acquire", {"executor_id": "e1"}).status, "read_only", "§6: acquire is refused")
    for guid in guids:
        c.complete(guid)
        c.resolving(guid)
        c.resolve(guid)
    filler.unlink()
    eventually(lambda: not c.stats()["read_only"], "it is left when there is space again")
    board.says("info read_only_ends")
    c.desire("at-last")
    board.kill()
    board.start()
    left = {task["guid"] for task in board.client().listing()}
    same(left, {*told, "at-last"}, "§2: what was acknowledged is there, what was refused is not")
