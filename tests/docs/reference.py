"""The reference is made without a warning and has every comment of every public header in it."""

import re
import subprocess
import tempfile
import xml.etree.ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEADERS = sorted((ROOT / "sdk").rglob("include/**/*.hpp"))


def letters(text):
    """What is left of a text where markup and line breaks don't count."""
    return re.sub(r"[^A-Za-z0-9.,;:()]", "", text)


def comments(header):
    """Its comments, each as one text: a block of lines, or what stands behind code."""
    texts, column = [], None
    for line in header.read_text().splitlines():
        found = re.search(r"(?:^\s*|  )//(?: (.*))?$", line)
        if not found or line.startswith("}") or "----" in line:
            column = None
            continue
        at = line.index("//", found.start())
        goes_on = at == column and not line[:at].strip()
        texts.append((texts.pop() if goes_on else "") + " " + (found[1] or ""))
        column = at
    return texts


def main():
    assert len(HEADERS) > 5, HEADERS
    with tempfile.TemporaryDirectory(prefix="taskbbs-reference-") as out:
        settings = "\n".join(["@INCLUDE = docs/doxygen/Doxyfile", f"OUTPUT_DIRECTORY = {out}", "GENERATE_XML = YES",
                              "XML_PROGRAMLISTING = NO"])  # which would have every comment anyway
        done = subprocess.run(["doxygen", "-"], input=settings, cwd=ROOT, capture_output=True, text=True,
                              check=False)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        pages = [xml.etree.ElementTree.parse(file).getroot() for file in Path(out, "xml").glob("*.xml")]
        assert Path(out, "html", "index.html").is_file()
    text = letters(" ".join(" ".join(page.itertext()) for page in pages))
    looked_for = 0
    for header in HEADERS:
        for comment in comments(header):
            looked_for += 1
            assert letters(comment) in text, f"{header.name}: not in the reference:{comment}"
    assert looked_for > 200, looked_for


main()
