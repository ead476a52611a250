#!/usr/bin/python3
"""Shows Doxygen the plain comments of a header as documentation:

    // about what follows                   /// about what follows
    int a;  // about a                      int a;  ///< about a
    int b;  // about b, which goes          int b;  ///< about b, which goes
            // on here                              ///< on here
    // a note to nothing in particular:     /// \\file
                                            /// a note ...
                                            (a blank line follows it; so is the file's opening)

Rules of dashes (// ---- verbs ----) are dropped. Called with the header's path; writes what Doxygen reads,
line for line where the opening of a note does not add one.
"""
import re
import sys

COMMENT = re.compile(r"^(\s*)//(?: (.*))?$")
TRAILING = re.compile(r"^(\s*\S.*?)  // (.*)$")
RULE = re.compile(r"-{4,}")
COMMAND = re.compile(r"[\\@<>#&%]")
# Of 65'536: to Doxygen it opens a character, which ends with the next apostrophe of any comment.
SEPARATOR = re.compile(r"(?<=\d)'(?=\d)")


def as_code(code):
    return SEPARATOR.sub("", code)


def as_text(words):
    """Nothing in it is a command or a tag to Doxygen; code between backticks stays as it is."""
    pieces = words.split("`")
    pieces[::2] = [COMMAND.sub(lambda found: "\\" + found[0], piece) for piece in pieces[::2]]
    return "`".join(pieces)


def block_at(lines, start):
    """The comment that begins there: its lines."""
    end = start
    while end < len(lines) and COMMENT.match(lines[end]):
        end += 1
    return lines[start:end]


def shown_block(block, is_note):
    """A comment that has lines to itself."""
    if RULE.search(block[0]):
        yield ""
        block = block[1:]
    if block and is_note:
        yield "/// \\file"
    for line in block:
        indent, words = COMMENT.match(line).groups()
        yield f"{indent}/// {as_text(words or '')}".rstrip()


def continuation(lines, start, column):
    """The lines that go on with a trailing comment of this column."""
    end = start
    while end < len(lines) and COMMENT.match(lines[end]) and lines[end].index("//") == column:
        end += 1
    return lines[start:end]


def shown(lines):
    at = 0
    while at < len(lines):
        line = lines[at]
        if COMMENT.match(line):
            block = block_at(lines, at)
            at += len(block)
            is_first = at == len(block)
            is_note = is_first or at == len(lines) or not lines[at].strip()
            yield from shown_block(block, is_note)
        elif (found := TRAILING.match(line)) and found[1].strip() != "}":
            column = len(found[1]) + 2
            more = continuation(lines, at + 1, column)
            at += 1 + len(more)
            yield f"{as_code(found[1])}  ///< {as_text(found[2])}"
            for words in more:
                yield f"{words[:column]}///< {as_text(words[column + 3:])}"
        else:
            at += 1
            yield as_code(line)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as header:
        print("\n".join(shown(header.read().splitlines())))
