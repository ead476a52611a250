"""A terminal of 80x24 for what is to be tested on one: a program on a pseudo-terminal, what its screen
shows, and its keys. Of escape sequences it knows those that every terminal knows, and no other: a program
that sends more fails here."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata

SEQUENCE = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])")
WIDE = ("W", "F")


class Screen:
    """What bytes make of a terminal's screen. `colours`: parameters of SGR that were seen."""

    def __init__(self, rows, columns):
        self.modes = set()
        self.colours = set()
        self.clear_to(rows, columns)

    def clear_to(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.cells = [[" "] * columns for _ in range(rows)]
        self.row = self.column = 0

    def lines(self):
        return ["".join(cells).rstrip() for cells in self.cells]

    def text(self):
        return "\n".join(self.lines())

    def feed(self, text):
        """Returns what is the beginning of a sequence, for the next time."""
        while text:
            if text[0] != "\x1b":
                self.put(text[0])
                text = text[1:]
                continue
            match = SEQUENCE.match(text)
            if not match:
                assert len(text) < 20, f"an unknown sequence: {text[:20]!r}"
                return text
            self.obey(*match.groups())
            text = text[match.end():]
        return ""

    def put(self, character):
        assert character >= " ", f"a control character: {character!r}"
        width = 2 if unicodedata.east_asian_width(character) in WIDE else 1
        assert self.column + width <= self.columns, f"line {self.row} is too wide: {self.lines()[self.row]}"
        self.cells[self.row][self.column] = character
        if width == 2:
            self.cells[self.row][self.column + 1] = ""
        self.column += width

    def obey(self, private, parameters, final):
        if private:
            for mode in parameters.split(";"):
                (self.modes.add if final == "h" else self.modes.discard)(mode)
        elif final == "H":
            row, column = (int(number) for number in parameters.split(";"))
            assert row <= self.rows and column <= self.columns, "the cursor leaves the screen"
            self.row, self.column = row - 1, column - 1
        elif final == "J":
            assert parameters == "2"
            self.clear_to(self.rows, self.columns)
        elif final == "K":
            assert parameters == ""
            self.cells[self.row][self.column:] = [" "] * (self.columns - self.column)
        else:
            assert final == "m", f"a sequence that not every terminal knows: {final}"
            self.colours |= {number for number in parameters.split(";") if number[:1] == "3"}


class OnTerminal:
    """A program on a terminal of its own; `screen` is what it shows."""

    def __init__(self, program, environment, rows=24, columns=80):
        self.main, self.terminal = pty.openpty()
        self.before = termios.tcgetattr(self.terminal)
        self.screen = Screen(rows, columns)
        self.rest = ""
        self.resize(rows, columns)
        self.pid = os.fork()
        if self.pid == 0:
            self.take_terminal()
            os.execve(program[0], program, environment)
        self.status = None

    def take_terminal(self):
        """In the child: as its controlling one, so that keys make signals."""
        os.setsid()
        fcntl.ioctl(self.terminal, termios.TIOCSCTTY, 0)
        for number in range(3):
            os.dup2(self.terminal, number)
        os.close(self.main)

    def resize(self, rows, columns):
        """As a window would be: what it shows is garbage until it is drawn anew."""
        self.screen.clear_to(rows, columns)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys):
        os.write(self.main, keys.encode())

    def read(self, seconds):
        """What comes within so long. False: nothing came."""
        if not select.select([self.main], [], [], seconds)[0]:
            return False
        text = self.rest.encode("utf-8", "surrogateescape") + os.read(self.main, 65536)
        self.rest = self.screen.feed(self.decoded(text))
        return True

    def decoded(self, data):
        """A character's front waits for its end."""
        for cut in range(4):
            try:
                text = data[:len(data) - cut].decode()
                break
            except UnicodeDecodeError:
                continue
        else:
            raise AssertionError(f"no UTF-8: {data!r}")
        return text if cut == 0 else text + data[-cut:].decode("utf-8", "surrogateescape")

    def shows(self, *texts, seconds=30):
        """Waits until the screen shows all of them."""
        self.wait_until(lambda: all(text in self.screen.text() for text in texts), texts, seconds)

    def wait_until(self, condition, what, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"waited for {what}, but it shows:\n{self.screen.text()}"
            assert self.read(0.1) or self.poll() is None, f"ended with {self.status}, waiting for {what}"

    def poll(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            if pid and not os.WIFSTOPPED(status):
                self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def ends(self, seconds=30):
        """Waits for its end; its exit status, or minus its signal."""
        end = time.monotonic() + seconds
        while self.poll() is None:
            assert time.monotonic() < end, f"does not end; it shows:\n{self.screen.text()}"
            self.read(0.05)
        while self.read(0):
            pass
        return self.status

    def stops(self, seconds=30):
        """Waits until it is stopped, as by Ctrl-Z."""
        end = time.monotonic() + seconds
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            if pid and os.WIFSTOPPED(status):
                while self.read(0):
                    pass
                return
            assert time.monotonic() < end, "is not stopped"
            self.read(0.05)

    def signal(self, number):
        os.kill(self.pid, number)

    def is_restored(self):
        """The modes are as before, and the screen, the cursor and the margin as well."""
        return termios.tcgetattr(self.terminal) == self.before and self.screen.modes <= {"7", "25"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.poll() is None:
            self.signal(signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.main)
        os.close(self.terminal)
