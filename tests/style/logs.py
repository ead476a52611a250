#!/usr/bin/python3
"""Each line that the broker may log stands in docs/logs.md with its level, its fields and its message id, and
nothing stands there that no source logs."""
import re

import sources

DOCUMENT = "docs/logs.md"
OPERATIONS = "docs/operations.md"
CALL = re.compile(r'\b(?:log|log_)\.(error|warn|info|debug)\(\s*"([a-z_]+)"|\bput\((level), "([a-z_]+)"')
ROW = re.compile(r"^\| `([a-z_]+)` \| (error|warn|info|debug|as `of`) \| ([^|]*)\|", re.MULTILINE)
ID_IN_DOCUMENT = re.compile(r"^\| `([a-z_]+)` \| `([0-9a-f]{32})` \|", re.MULTILINE)
ID_IN_SOURCE = re.compile(r'\{"([a-z_]+)", "([0-9a-f]{32})"\}')


def call_at(text, begin):
    """What stands between the parentheses of the call that begins there; those in strings count as well."""
    depth = 0
    for at in range(text.index("(", begin), len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return text[begin:at]
    return text[begin:]


def logged():
    """event -> (level, its fields in order) of every call, and calls that name no event."""
    lines, strange = {}, []
    for name in sources.files(".cpp"):
        if not name.startswith("broker/"):
            continue
        text = sources.text_of(name)
        for match in CALL.finditer(text):
            level, event = match.group(1) or "as `of`", match.group(2) or match.group(4)
            fields = re.findall(r'\{\s*"([a-z_]+)",', call_at(text, match.start()))
            if lines.setdefault(event, (level, fields)) != (level, fields):
                strange.append(f"{name}: {event} is logged in two ways: {lines[event]}, {(level, fields)}")
        for match in re.finditer(r"\b(?:log|log_)\.(?:error|warn|info|debug)\((?!\s*\")", text):
            strange.append(f"{name}: a call names no event: {text[match.start():match.end() + 30]!r}")
    return lines, strange


def main():
    lines, complaints = logged()
    complaints += [] if len(lines) > 20 else ["the sources log hardly anything"]
    document = sources.text_of(DOCUMENT)
    rows = {event: (level, re.findall(r"`([a-z_]+)`", fields)) for event, level, fields in ROW.findall(document)}
    for event in sorted(lines.keys() | rows.keys()):
        if lines.get(event) != rows.get(event):
            complaints.append(f"{DOCUMENT}: {event}: {rows.get(event)}, and the sources have {lines.get(event)}")
    known = ID_IN_SOURCE.findall(sources.text_of("broker/message_ids.cpp"))
    if known != ID_IN_DOCUMENT.findall(document):
        complaints.append(f"{DOCUMENT}: its message ids are not those of broker/message_ids.cpp, in their order")
    for event in {event for event, _ in known} - lines.keys():
        complaints.append(f"broker/message_ids.cpp: nothing logs {event}")
    operations = sources.text_of(OPERATIONS)
    for event, (level, _) in lines.items():
        if level in ("error", "warn") and f"| `{event}` |" not in operations:
            complaints.append(f"{OPERATIONS}: no row of {event}")
        if level in ("error", "warn") and event not in dict(known):
            complaints.append(f"broker/message_ids.cpp: {event} has no id")
    if len(dict(known)) != len(known) or len({number for _, number in known}) != len(known):
        complaints.append("broker/message_ids.cpp: an event or an id is there twice")
    sources.verdict(complaints)


if __name__ == "__main__":
    main()
