"""The version is one, wherever it is written."""

import re

from installation import Installation, ROOT, run, run_tests


def test_cmake_changelog_headers_library_pkg_config_and_programs_agree():
    version = re.search(r"project\(taskbbs VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
    newest = re.search(r"^## ([0-9.]+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[1]
    assert newest == version, "the changelog's newest heading"
    with Installation() as installed:
        header = (installed.prefix / "include/taskbbs/version.hpp").read_text()
        assert f'"{version}"' in header, header
        numbers = re.findall(r"#define TASKBBS_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header)
        assert ".".join(numbers) == version, numbers
        assert installed.flags("--modversion") == [version]
        assert (installed.lib / "libtaskbbs.so").resolve().name == f"libtaskbbs.so.{version}"
        soname = re.search(r"soname: \[(.*)\]", run("readelf", "-d", installed.lib / "libtaskbbs.so"))[1]
        assert soname == f"libtaskbbs.so.{version.split('.')[0]}", soname
        for program in ("taskbbs", "taskbbsd"):
            told = run(installed.prefix / "bin" / program, "--version")
            assert version in told.split(), told


run_tests(globals())
