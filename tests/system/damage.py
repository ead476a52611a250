"""A journal that was damaged while nobody looked: refused where it was synced, cut where it was torn."""
import re

import whole_history
from expect import holds, same

DAMAGED = 75
BLOCK = 4096


def _filled(board, tasks=2000):
    """A journal of several segments, stopped in order; the events in it."""
    board.start()
    c = board.client()
    for at in range(tasks // 100):
        c.desire_many([f"g{at}-{k}" for k in range(100)], payload=b"p" * 4000)
    bodies = whole_history.read(c)
    board.terminate()
    return bodies


def _segments(board):
    return sorted(board.journal.glob("seg-*"))


def _end(segment):
    """Where the next batch would go: behind the last block that is not all zero."""
    data = segment.read_bytes()
    return -(-len(data.rstrip(b"\0")) // BLOCK) * BLOCK


def _body(segment, fraction):
    """An offset in the body of a batch, about there: in a payload."""
    data = segment.read_bytes()
    return data.index(b"pppp", int(_end(segment) * fraction))


def _flip(segment, offset):
    with open(segment, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 0x10]))


def a_byte_that_changed_is_refused_with_file_and_offset(board):
    _filled(board)
    segments = _segments(board)
    holds(len(segments) >= 3, "there are several segments", segments)
    first, last = segments[0], segments[-1]
    for segment, offset in (
        (first, 10),  # the segment's header
        (first, BLOCK + 20),  # a batch's header: the one that says that it began to serve
        (first, _body(first, 0)),
        (first, _body(first, 0.5)),
        (last, _body(last, 0)),
    ):
        _flip(segment, offset)
        words = board.refuses_to_start(DAMAGED, "journal_damaged", re.escape(str(segment)))
        told = int(re.search(r"(?:offset|byte) (\d+)", words).group(1))
        holds(told <= offset, "the offset of the batch that is damaged is told", (told, words))
        _flip(segment, offset)
    board.start()


def a_refused_journal_is_left_as_it_was(board):
    bodies = _filled(board, 500)
    first = _segments(board)[0]
    offset = _body(first, 0.3)
    _flip(first, offset)
    before = {path.name: path.read_bytes() for path in board.journal.iterdir()}
    board.refuses_to_start(DAMAGED)
    after = {path.name: path.read_bytes() for path in board.journal.iterdir()}
    holds(before == after, "nothing was changed", sorted(set(before) ^ set(after)))
    _flip(first, offset)
    board.start()
    holds(whole_history.read(board.client()) == bodies, "and it serves again once it is whole")


def a_segment_that_is_missing_is_refused(board):
    _filled(board)
    middle = _segments(board)[1]
    middle.rename(board.home / "taken")
    board.refuses_to_start(DAMAGED, "journal_damaged")
    (board.home / "taken").rename(middle)
    last = _segments(board)[-1]
    last.rename(board.home / "taken")
    board.refuses_to_start(DAMAGED, "journal_damaged")
    (board.home / "taken").rename(last)
    board.start()


def a_segment_that_was_cut_short_is_refused(board):
    _filled(board)
    first = _segments(board)[0]
    whole = first.read_bytes()
    first.write_bytes(whole[: len(whole) // 2 + 100])
    board.refuses_to_start(DAMAGED, re.escape(str(first)))
    first.write_bytes(whole)
    board.start()


def a_torn_tail_is_cut_kept_and_said(board):
    bodies = _filled(board, 200)
    board.start()
    board.client().desire("last")
    board.kill()
    last = _segments(board)[-1]
    offset, torn = _end(last), b"\x07torn" * 100
    with open(last, "r+b") as file:
        file.seek(offset)
        file.write(torn)
    board.start()
    found = board.says(r"torn_tail_cut bytes=(\d+) kept_as=(\S+)")
    kept = board.journal / found.group(2)
    holds(kept.read_bytes().startswith(torn), "what was cut is kept", kept)
    seen = whole_history.read(board.client())
    holds(seen[: len(bodies)] == bodies, "every acknowledged event is there")
    same(len(seen), len(bodies) + 1, "and no other")
    board.client().desire("more")
    board.terminate()
    board.start()
    holds("torn_tail_cut" not in board.words(), "said once", board.words())


def a_format_of_the_future_is_refused(board):
    _filled(board, 200)
    first = _segments(board)[0]
    header = first.read_bytes()[:64]
    first.write_bytes(b"\x7f" * 8 + first.read_bytes()[8:])
    board.refuses_to_start(DAMAGED, re.escape(str(first)))
    first.write_bytes(header + first.read_bytes()[64:])
    board.start()


def an_emptied_directory_begins_a_new_history(board):
    _filled(board, 200)
    board.start()
    before = board.client().call("hello")
    board.terminate()
    board.forget()
    board.start()
    after = board.client().call("hello")
    holds(after["log"] != before["log"], "§7: log names the history")
    same(board.client().desire("g")["seq"], 1, "§7: a new journal starts at 1")
