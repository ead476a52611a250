"""Which files the demo hashes: the regular, readable ones below a directory; and how their names
are shown, whatever bytes they hold."""

import os
import stat
from collections import Counter
from typing import NamedTuple

# What two cores hash within the minute that the demo may take, with much to spare.
MOST_FILES = 4000
MOST_BYTES = 2 << 30
LARGEST = 32 << 20


class Found(NamedTuple):
    files: list      # paths, in order
    passed: Counter  # reason -> how many were passed over
    cut: bool        # there are more


def reason_against(path):
    """Why the demo passes a file over; None where it does not."""
    try:
        about = os.lstat(path)
    except OSError:
        return "gone"
    if stat.S_ISLNK(about.st_mode):
        return "symbolic links"
    if not stat.S_ISREG(about.st_mode):
        return "pipes, sockets or devices"
    if about.st_size > LARGEST:
        return f"larger than {LARGEST >> 20} MiB"
    return None if os.access(path, os.R_OK) else "unreadable"


def files_of(directory, most, check=lambda: None):
    """Up to `most` files, and no more than the bounds above. `check` is called on the way."""
    found = Found([], Counter(), False)
    total = 0

    def unreadable(_):
        found.passed["unreadable directories"] += 1

    for parent, directories, names in os.walk(directory, onerror=unreadable):
        check()
        directories.sort()
        links = [name for name in directories if os.path.islink(os.path.join(parent, name))]
        found.passed["symbolic links"] += len(links)
        for name in sorted(names):
            path = os.path.join(parent, name)
            reason = reason_against(path)
            if reason:
                found.passed[reason] += 1
                continue
            total += os.path.getsize(path)
            if len(found.files) == min(most, MOST_FILES) or total > MOST_BYTES:
                return found._replace(cut=True)
            found.files.append(path)
    return found


def passed_in_words(passed):
    """'3 passed over: 2 symbolic links, 1 unreadable'; empty where none was."""
    reasons = [f"{count} {reason}" for reason, count in sorted(passed.items()) if count]
    return f"{sum(passed.values())} passed over: {', '.join(reasons)}" if reasons else ""


def shown(path):
    """A path as one line of text."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode()
                   for letter in text)
