"""Versions: journals that were written once are served, those of later formats are refused."""
import base64
import json
import shutil
import struct

import whole_history
from backup import _destroy
from expect import holds, same
from snapshots import SMALL, _names, _taken, _tool
from system_board import eventually

AT_VERSION, AT_OLDEST_READER, AT_SIZE, AT_CRC = 8, 12, 80, 4092
LATER = 9


def _crc32c(data):
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def _rewrite(path, version, oldest_reader):
    """The file as a later version might have written it."""
    data = bytearray(path.read_bytes())
    struct.pack_into("<II", data, AT_VERSION, version, oldest_reader)
    struct.pack_into("<I", data, AT_CRC, _crc32c(bytes(data[:AT_CRC])))
    path.write_bytes(data)


def _contents(board):
    ours = ("seg-", "snap-")
    return {path.name: path.read_bytes() for path in board.journal.iterdir() if path.name.startswith(ours)}


def _lay_out(golden, journal):
    """A golden journal as it lay on a disk: the zeroes at the end of its segments were left out."""
    shutil.rmtree(journal)
    shutil.copytree(golden, journal)
    for path in journal.glob("seg-*"):
        data = path.read_bytes()
        (size,) = struct.unpack_from("<Q", data, AT_SIZE)
        path.write_bytes(data + bytes(size - len(data)))


def _plain(event):
    """An event as a line of JSON shows it: bytes in base64."""

    def plain(value):
        if isinstance(value, bytes):
            return base64.b64encode(value).decode()
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return [plain(one) for one in value] if isinstance(value, list) else value

    return plain(event)


def every_golden_journal_is_served_backed_up_and_written_on(board):
    goldens = sorted(path for path in (board.source / "tests/data/journals").glob("format-*/*") if path.is_dir())
    holds(len(goldens) >= 4, "there are golden journals", goldens)
    for golden in goldens:
        _lay_out(golden, board.journal)
        board.start({"journal.retain_for": "87600h"})
        c = board.client()
        lines = golden.with_suffix(".events.jsonl").read_text().splitlines()
        wanted = [{name: one for name, one in json.loads(line).items() if name != "private"} for line in lines]
        first, last = wanted[0]["seq"], wanted[-1]["seq"]
        seen = [_plain(body) for body in c.history(after=first - 1, limit=10000) if body["seq"] <= last]
        same(seen, wanted, f"{golden.name}: every event is what it was")
        holds(c.desire("written-on")["seq"] > last, f"{golden.name}: and it goes on")
        to = board.home / f"backup-{golden.name}"
        done = _tool(board, "backup", "--to", str(to), "--history")
        same((done.returncode, done.stderr), (0, ""), f"{golden.name}: it is backed up")
        before = {task["guid"]: task["seq"] for task in c.listing(limit=1000)}
        _destroy(board)
        done = _tool(board, "restore", str(to))
        same((done.returncode, done.stderr), (0, ""), f"{golden.name}: and restored")
        board.start()
        same({task["guid"]: task["seq"] for task in board.client().listing(limit=1000)}, before,
             f"{golden.name}: as it was")
        board.terminate()


def a_segment_of_a_later_format_is_refused_and_nothing_is_changed(board):
    board.start(SMALL)
    _taken(board.client(), 1)
    board.terminate()
    newest = board.journal / _names(board, "seg")[-1]
    _rewrite(newest, LATER, LATER)
    before = _contents(board)
    board.refuses_to_start(75, newest.name, "newer version", f"its format is {LATER}",
                           f"to be read by {LATER} and later; this version knows 1")
    same(_contents(board), before, "refusing changes nothing")
    for words in (["verify"], ["dump"], ["backup", "--to", str(board.home / "b")]):
        done = _tool(board, *words)
        same((done.returncode, "newer version" in done.stderr), (75, True), f"{words[0]}: {done.stderr}")


def a_later_format_that_says_that_this_version_can_read_it_is_read(board):
    board.start({**SMALL, "journal.retain_for": "1h"})
    c = board.client()
    _taken(c, 1)
    bodies = whole_history.read(c)
    board.terminate()
    for name in _names(board, "seg") + _names(board, "snap"):
        _rewrite(board.journal / name, LATER, 1)
    board.start()
    same(whole_history.read(board.client()), bodies, "nothing is lost")


def a_snapshot_of_a_later_format_is_refused_and_not_passed_over(board):
    board.start(SMALL)
    c = board.client()
    _taken(c, 2)
    eventually(lambda: len(_names(board, "snap")) == 2, "the two newest are kept")
    board.terminate()
    newest = board.journal / _names(board, "snap")[-1]
    _rewrite(newest, LATER, LATER)
    kept = _contents(board)
    board.refuses_to_start(75, newest.name, "newer version", f"to be read by {LATER} and later")
    same(_contents(board), kept, "refusing changes nothing, and sets nothing aside")
    for words in (["verify"], ["backup", "--to", str(board.home / "b")]):
        done = _tool(board, *words)
        same((done.returncode, "newer version" in done.stderr), (75, True), f"{words[0]}: {done.stderr}")
