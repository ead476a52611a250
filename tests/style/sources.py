"""The project's own files, for the checks beside this one."""
import os
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
SKIPPED = {".git", "build", "__pycache__"}


def files(*endings):
    """Paths from the root of all files that end so, sorted."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in SKIPPED]
        for name in names:
            if name.endswith(endings):
                found.append(os.path.relpath(os.path.join(folder, name), ROOT))
    return sorted(found)


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def verdict(complaints):
    """Ends the check: prints what was found, and succeeds where that is nothing."""
    for complaint in complaints:
        print(complaint)
    sys.exit(1 if complaints else 0)
