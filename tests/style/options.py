#!/usr/bin/python3
"""Every option of the daemon stands in config/taskbbsd.conf, and nothing stands there that is none.

    options.py PATH/TO/taskbbsd
"""
import re
import subprocess
import sys

import sources

CONFIG = "config/taskbbsd.conf"


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


if __name__ == "__main__":
    known, written = options_of_help(sys.argv[1]), options_of_config()
    complaints = [] if known else ["--help lists no option"]
    complaints += [f"{CONFIG}: {name} is missing" for name in sorted(known - written)]
    complaints += [f"{CONFIG}: {name} is no option" for name in sorted(written - known)]
    sources.verdict(complaints)
