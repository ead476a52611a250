"""Packages as a later release would bring them: another version, and a configuration that says one thing
more. Made of those that were built, which takes seconds."""

import hashlib
import re
import shutil

from root import run

CONFIGURATION = "etc/taskbbs/taskbbsd.conf"
NEWS = "# What a later release has to say.\n"


def later(deb, into):
    """The package's file in the directory `into`."""
    tree = into / deb.stem
    run("dpkg-deb", "--raw-extract", deb, tree)
    control = tree / "DEBIAN/control"
    version = re.search(r"^Version: (.*)$", control.read_text(), re.MULTILINE)[1]
    control.write_text(control.read_text().replace(version, f"{version}+later"))
    configuration = tree / CONFIGURATION
    if configuration.exists():
        configuration.write_text(configuration.read_text() + NEWS)
        refresh_sum(tree, configuration)
    made = into / deb.name.replace(version, f"{version}+later")
    run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, made)
    shutil.rmtree(tree)
    return made


def refresh_sum(tree, path):
    sums = tree / "DEBIAN/md5sums"
    name = str(path.relative_to(tree))
    digest = hashlib.md5(path.read_bytes()).hexdigest()
    sums.write_text(re.sub(rf"^\w+(  {re.escape(name)})$", rf"{digest}\1", sums.read_text(), flags=re.MULTILINE))
