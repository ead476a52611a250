#!/usr/bin/python3
"""Every verb and every error of the code is named in docs/protocol.md. Skipped (77) until that is there."""
import os
import re
import sys

import sources

DOCUMENT = "docs/protocol.md"
# Where the words of an enumeration stand.
WORDS = {"Verb": "protocol/messages.hpp", "Status": "protocol/status.hpp"}


def words_of(enumeration):
    table = re.search(
        r"names<" + enumeration + r"> = std::to_array<std::string_view>\(\{(.*?)\}\)",
        sources.text_of(WORDS[enumeration]), re.DOTALL)
    return re.findall(r'"(\w+)"', table.group(1)) if table else []


def words_of_document():
    """Those in code (`so`, or an indented line) and in a table's first cell: prose names nothing."""
    text = sources.text_of(DOCUMENT)
    code = re.findall(r"`([^`]+)`", text)
    code += re.findall(r"^    .*$", text, re.MULTILINE)
    code += re.findall(r"^\|([^|]+)\|", text, re.MULTILINE)
    return {word for piece in code for word in re.findall(r"\w+", piece)}


if __name__ == "__main__":
    if not os.path.exists(os.path.join(sources.ROOT, DOCUMENT)):
        sys.exit(77)
    documented = words_of_document()
    complaints = []
    for kind in WORDS:
        words = words_of(kind)
        complaints += [] if words else [f"{WORDS[kind]}: no words of {kind} found"]
        complaints += [f"{DOCUMENT}: {word} ({kind}) is not named" for word in words if word not in documented]
    sources.verdict(complaints)
