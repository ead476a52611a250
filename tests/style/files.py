#!/usr/bin/python3
"""A file opens with what it is for, holds one idea's worth of lines, and leaves nothing to be done later."""
import re

import sources

MAX_SOURCE_LINES = 500
MAX_TEST_LINES = 400

CODE = (".cpp", ".hpp", ".py", ".sh", "run")
LEFT_TO_DO = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")


def check_opening(path, lines):
    first = lines[1:] if lines and lines[0].startswith("#!") else lines
    opening = '"""' if path.endswith(".py") else "//" if path.endswith((".cpp", ".hpp")) else "#"
    if not first or not first[0].startswith(opening):
        yield f"{path}:1: opens without a comment that says what it is for"


def check_length(path, lines):
    most = MAX_TEST_LINES if path.startswith("tests/") else MAX_SOURCE_LINES
    if len(lines) > most:
        yield f"{path}: {len(lines)} lines, more than {most}"


def check_leftovers(path, lines):
    for number, line in enumerate(lines, 1):
        if LEFT_TO_DO.search(line):
            yield f"{path}:{number}: leaves something to be done: {line.strip()}"


# CMake takes a name apart at a semicolon, and ctest then runs neither part.
TEST_NAME = re.compile(r'^TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', re.MULTILINE)


def check_test_names(path, content):
    for match in TEST_NAME.finditer(content):
        if ";" in match[1]:
            number = content.count("\n", 0, match.start()) + 1
            yield f"{path}:{number}: a semicolon in a test's name: ctest would not run it"


if __name__ == "__main__":
    complaints = []
    for name in sources.files(*CODE, "CMakeLists.txt"):
        content = sources.text_of(name).splitlines()
        complaints += check_leftovers(name, content)
        if name.endswith(CODE):
            complaints += check_opening(name, content)
            complaints += check_length(name, content)
        complaints += check_test_names(name, sources.text_of(name))
    sources.verdict(complaints)
