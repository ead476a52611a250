"""Whether what is shipped of documents leads from one to the other: markdown's links to files."""

import re

CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)[^)\s]*\)")


def dead_links(tree):
    """(document, link) of each link in a document below `tree` to a file that is not there."""
    documents = sorted(tree.rglob("*.md"))
    assert documents, f"{tree} has documents"
    return [(str(document.relative_to(tree)), link)
            for document in documents
            for link in LINK.findall(CODE.sub("", document.read_text(encoding="utf-8")))
            if not (document.parent / link).exists()]
