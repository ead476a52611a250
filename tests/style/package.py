#!/usr/bin/python3
"""The Debian packages are built with what ./run installs to build, less what only tests need."""
import re

import sources

# Every Debian package is built with a compiler; the cache and the tests are the developers'.
NOT_TO_PACKAGE = {"g++", "ccache", "python3", "catch2", "librapidcheck-dev", "libbenchmark-dev"}
DEBHELPER = {"debhelper-compat", "dh-sequence-installsysusers"}


def installed_to_build():
    words = re.search(r"^build_packages=\(([^)]*)\)", sources.text_of("run"), re.MULTILINE)[1]
    return set(words.split())


def named_by_control():
    field = re.search(r"^Build-Depends:(.*?)^\S", sources.text_of("debian/control"), re.MULTILINE | re.DOTALL)[1]
    return {re.match(r"[\w.+-]+", word.strip())[0] for word in field.split(",")}


def complaints():
    wanted, named = installed_to_build() - NOT_TO_PACKAGE | DEBHELPER, named_by_control()
    yield from (f"debian/control: Build-Depends lacks {name}, which ./run installs" for name in sorted(wanted - named))
    yield from (f"run: build_packages lacks {name}, which debian/control names" for name in sorted(named - wanted))


if __name__ == "__main__":
    sources.verdict(list(complaints()))
