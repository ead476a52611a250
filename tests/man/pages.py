#!/usr/bin/python3
"""Each manual page holds every command and option that its program knows, and reads without a warning.

    pages.py TASKBBS TASKBBSD DIRECTORY_OF_PAGES SOURCES
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

taskbbs, taskbbsd = sys.argv[1:3]
pages, sources = (Path(path) for path in sys.argv[3:5])


def output(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=60).stdout


def plain(name):
    """A page without its macros and escapes."""
    text = (pages / name).read_text(encoding="utf-8")
    text = re.sub(r"^\.\w+ ?", "", text, flags=re.MULTILINE)
    for escape, meaning in (("\\-", "-"), ("\\fB", ""), ("\\fR", ""), ("\\&", ""), ("\\(dq", '"'), ("\\e", "\\")):
        text = text.replace(escape, meaning)
    return text


def missing(name, words):
    text = plain(name)
    return [f"{name}: {word} is missing" for word in sorted(words)
            if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)]


def options_of(text):
    return set(re.findall(r"^\s+(?:-[a-z], )?(--[a-z][a-z_.-]*)", text, re.MULTILINE))


def check_command():
    text = output(taskbbs, "--help")
    commands = re.findall(r"^  ([a-z][a-z-]*) +[A-Z]", text, re.MULTILINE)
    words = set(options_of(text))
    examples = []
    for command in commands:
        own = output(taskbbs, command, "--help")
        words |= options_of(own)
        examples += re.findall(r"^Example: (.*)$", own, re.MULTILINE)
    whole = plain("taskbbs.1")
    yield from [] if len(commands) > 20 and len(words) > 40 else ["taskbbs --help lists too little"]
    yield from missing("taskbbs.1", words)
    yield from (f"taskbbs.1: no section for {one}" for one in commands if f'"taskbbs {one}' not in whole)
    yield from (f"taskbbs.1: {one} is missing" for one in examples if one not in whole)


def check_daemon():
    options = options_of(output(taskbbsd, "--help"))
    yield from [] if len(options) > 30 else ["taskbbsd --help lists too little"]
    yield from missing("taskbbsd.8", options)
    yield from missing("taskbbsd.8", {"verify", "dump", "repair", "--truncate-at"})
    for name in sorted(option for option in options if "." in option):
        section, key = name.removeprefix("--").split(".")
        yield from missing("taskbbsd.conf.5", {f"TASKBBS_{section}_{key}".upper(), f"[{section}]"})


def check_protocol():
    document = (sources / "docs" / "protocol.md").read_text(encoding="utf-8")
    # Rows of tables, but for their headers.
    cells = re.findall(r"^\| `?([a-z_.]+)`? \|.*$(?!\n\|-)", document, re.MULTILINE)
    yield from [] if len(cells) > 40 else ["docs/protocol.md has few tables"]
    yield from missing("taskbbs-protocol.7", cells)
    headings = re.findall(r"^## (.*)$", document, re.MULTILINE)
    yield from (f"taskbbs-protocol.7: {one} is missing" for one in headings
                if one.upper() not in plain("taskbbs-protocol.7"))


def check_reading(name):
    if shutil.which("groff") is None:
        print(f"no groff here: {name} was not read")
        return
    done = subprocess.run(["groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-z", pages / name],
                          capture_output=True, text=True, timeout=60, check=False)
    yield from (f"{name}: {line}" for line in done.stderr.splitlines())


if __name__ == "__main__":
    complaints = [*check_command(), *check_daemon(), *check_protocol()]
    for page in ("taskbbs.1", "taskbbsd.8", "taskbbsd.conf.5", "taskbbs-protocol.7"):
        complaints += check_reading(page)
    print("\n".join(complaints))
    sys.exit(1 if complaints else 0)
