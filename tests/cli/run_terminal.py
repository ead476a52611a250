"""taskbbs run on a terminal: the bar, what it makes way for, and Ctrl-C as it is typed."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

from board import Board, run_tests, wait_for


class Terminal:
    """A process on a terminal of its own, and all that it has shown there. `apart`: its standard
    output is no part of that, but a pipe."""

    def __init__(self, board, *args, apart=False, columns=100, **environment):
        self.shown = b""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = board.started(subprocess.Popen(
            [board.taskbbs, "run", "--stack", "s", *args], stdin=slave,
            stdout=subprocess.PIPE if apart else slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(2, termios.TIOCSCTTY, 0),
            env={**board.cli.environment, "TERM": "xterm", **environment}))
        os.close(slave)

    def type(self, keys):
        os.write(self.master, keys)

    def sees(self, pattern, seconds=30):
        """Waits until `pattern` was shown; its match."""
        end = time.monotonic() + seconds
        while not (match := re.search(pattern, self.shown)):
            assert time.monotonic() < end, f"waited for {pattern}: {self.shown}"
            self.read(0.1)
        return match

    def read(self, seconds):
        """What comes within that time; False at the end."""
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            more = os.read(self.master, 65536)
        except OSError:  # nobody has the terminal open any more
            more = b""
        self.shown += more
        return bool(more)

    def ends(self, code):
        end = time.monotonic() + 30
        while self.read(0.1):
            assert time.monotonic() < end, self.shown
        assert self.process.wait(timeout=20) == code, self.shown
        os.close(self.master)


BAR = rb"\r\[(\x1b\[3[12]m)?#*(\x1b\[0m)?\.*\] "


def test_a_terminal_shows_a_bar_with_rate_and_time_left():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1")
        terminal = Terminal(board, "--", "sleep")
        terminal.type(b"0.6\n0.6\n")
        terminal.sees(BAR + rb"\d/2\+ done, \d+\.\d/s")
        terminal.type(b"1.2\n1.2\n\x04")
        terminal.sees(BAR + rb"[23]/4 done, \d+\.\d/s, \d+s left")
        terminal.ends(0)
        assert re.search(rb"4 done in \d+s", terminal.shown), terminal.shown


def test_the_bar_makes_way_for_outputs_and_is_gone_in_the_end():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1")
        terminal = Terminal(board, "--", "sh", "-c", "sleep 0.7; printf 'open %s' \"$0\"")
        terminal.type(b"one\ntwo\n\x04")
        terminal.ends(0)
        # Removed before the output; what has no end of line gets one before the next bar.
        assert re.search(rb"\r\x1b\[Kopen one(\r\n)?", terminal.shown), terminal.shown
        assert b"open two\r\ntaskbbs: run run-" in terminal.shown, terminal.shown
        assert not re.search(BAR, terminal.shown[terminal.shown.index(b"2 done in"):])


def test_outputs_that_go_elsewhere_are_as_they_are():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1")
        terminal = Terminal(board, "--", "sh", "-c", "sleep 0.5; printf %s $0", apart=True)
        terminal.type(b"a\nb\n\x04")
        terminal.sees(BAR)
        terminal.ends(0)
        assert terminal.process.stdout.read() == b"ab"


def test_colour_is_left_out_where_it_is_not_wanted():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1")
        for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
            terminal = Terminal(board, "--", "sleep", **environment)
            terminal.type(b"0.5\n\x04")
            terminal.sees(BAR)
            terminal.ends(0)
            assert (b"\x1b[3" in terminal.shown) == coloured, terminal.shown


def test_a_terminal_that_can_not_draw_gets_plain_lines():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1")
        terminal = Terminal(board, "--", "sleep", TERM="dumb")
        terminal.type(b"1.3\n\x04")
        terminal.sees(rb": 0/1 done, 0\.0/s\r\n")
        terminal.ends(0)
        assert b"\x1b" not in terminal.shown


def test_a_bar_is_no_wider_than_the_terminal():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1")
        terminal = Terminal(board, "--", "sleep", columns=20, NO_COLOR="1")
        terminal.type(b"0.5\n\x04")
        terminal.sees(rb"\r./1. ?done")
        terminal.ends(0)
        bars = re.findall(rb"\r([^\r\x1b]*)\x1b\[K", terminal.shown)
        assert bars and all(len(bar) < 20 for bar in bars), bars


def test_ctrl_c_cancels_what_is_open_and_tells_what_came_of_it():
    with Board() as board:
        board.executor("--stack", "s", "--slots", "1", "--ttl-ms", "1000")
        terminal = Terminal(board, "--", "sleep")
        terminal.type(b"0\n60\n60\n")
        terminal.sees(BAR + rb"1/3\+ done")
        terminal.type(b"\x03")
        terminal.ends(130)
        assert b"interrupted: cancelling what is open" in terminal.shown
        assert re.search(rb"1 done, 2 cancelled in ", terminal.shown), terminal.shown
        assert board.cli.json("list") == []


def test_a_second_ctrl_c_leaves_at_once():
    with Board() as board:
        terminal = Terminal(board, "--", "true", "x{}")
        terminal.type(b"\n")
        wait_for(lambda: len(board.cli.json("list")) == 1, "the task")
        board.kill()
        terminal.type(b"\x03")
        terminal.sees(rb"once more leaves at once")
        terminal.type(b"\x03")
        terminal.ends(130)


if __name__ == "__main__":
    os.environ.pop("TASKBBS_ENDPOINT", None)
    run_tests(dict(globals()))
