#!/usr/bin/python3
"""Every option of the daemon stands in config/taskbbsd.conf, and nothing stands there that is none. What waits
for a restart stands in docs/operations.md.

    options.py PATH/TO/taskbbsd
"""
import fnmatch
import re
import subprocess
import sys

import sources

CONFIG = "config/taskbbsd.conf"
ROWS = "broker/option_rows.cpp"
OPERATIONS = "docs/operations.md"


def options_of_help(daemon):
    text = subprocess.run([daemon, "--help"], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"^\s*--([a-z]+\.[a-z_]+)", text, re.MULTILINE))


def options_of_config():
    section, names = "", set()
    for line in sources.text_of(CONFIG).splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            section = match.group(1)
        elif match := re.match(r"(\w+) =", line):
            names.add(f"{section}.{match.group(1)}")
    return names


def taken_by_a_reload():
    rows = re.split(r'\{"(?=[a-z]+\.)', sources.text_of(ROWS))[1:]
    return {row[: row.index('"')] for row in rows if "Reload::yes" in row}


def said_to_wait(options):
    """`section.*` stands for all of a section."""
    words = re.search(r"^What waits for a restart .*?\n\n", sources.text_of(OPERATIONS), re.MULTILINE | re.DOTALL)[0]
    patterns = re.findall(r"`([a-z]+\.(?:\*|[a-z_]+))`", words)
    return {name for name in options if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)}


if __name__ == "__main__":
    known, written = options_of_help(sys.argv[1]), options_of_config()
    complaints = [] if known else ["--help lists no option"]
    complaints += [f"{CONFIG}: {name} is missing" for name in sorted(known - written)]
    complaints += [f"{CONFIG}: {name} is no option" for name in sorted(written - known)]
    waits, told = known - taken_by_a_reload(), said_to_wait(known)
    complaints += [f"{OPERATIONS}: {name} waits for a restart" for name in sorted(waits - told)]
    complaints += [f"{OPERATIONS}: {name} does not wait for a restart" for name in sorted(told - waits)]
    sources.verdict(complaints)
