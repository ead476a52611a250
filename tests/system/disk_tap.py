"""The library of tests/preload in the daemon of a board: what it is told, and what it tells.

It stands between the daemon and libc, sees every call on the state directory, and is asked through
its environment (tests/preload/settings.hpp) to hold syncs up or to let one call fail.
"""
import mmap
import pathlib
import struct

PAGE_BYTES = 256
LIBRARY = "tests/preload/libtaskbbs_disk_tap.so"  # in the build tree, beside the daemon


class DiskTap:
    """Goes into each daemon that the board starts, until `remove`. One page for all of them."""

    def __init__(self, board, **told):
        path = board.home / "tap"
        path.write_bytes(bytes(PAGE_BYTES))
        self.board = board
        self.sanitizers = board.environment.get("ASAN_OPTIONS", "")
        with open(path, "r+b") as file:
            self.page = mmap.mmap(file.fileno(), PAGE_BYTES)
        board.environment.update(
            {
                "LD_PRELOAD": str(pathlib.Path(board.daemon).parent / LIBRARY),
                # A sanitizer wants to be the first library; it works behind this one too.
                "ASAN_OPTIONS": f"{self.sanitizers}:verify_asan_link_order=0".lstrip(":"),
                "DISK_TAP_DIR": str(board.journal),
                "DISK_TAP_PAGE": str(path),
                **{f"DISK_TAP_{name.upper()}": str(value) for name, value in told.items()},
            }
        )

    def remove(self):
        """Daemons that are started from now on run without it."""
        for name in [one for one in self.board.environment if one.startswith("DISK_TAP_")]:
            del self.board.environment[name]
        del self.board.environment["LD_PRELOAD"]
        self.board.environment["ASAN_OPTIONS"] = self.sanitizers

    def durable(self):
        """The newest event whose sync has returned."""
        return self._number(0)

    def calls(self):
        """How many calls were counted: those that can have the fault."""
        return self._number(8)

    def hit(self):
        """The call that had the fault, as "fdatasync seg-00000000000000000001"; None: not yet."""
        if not self._number(16):
            return None
        return bytes(self.page[32:PAGE_BYTES]).split(b"\0")[0].decode()

    def syncs(self):
        """How many syncs have returned."""
        return self._number(24)

    def _number(self, offset):
        return struct.unpack_from("<Q", self.page, offset)[0]
