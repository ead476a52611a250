"""The version is one, wherever it is written."""

import re

from installation import Installation, ROOT, run, run_tests


def test_cmake_changelogs_headers_library_packages_pkg_config_and_programs_agree():
    version = re.search(r"project\(taskbbs VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
    newest = re.search(r"^## ([0-9.]+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[1]
    assert newest == version, "the changelog's newest heading"
    with Installation() as installed:
        header = (installed.prefix / "include/taskbbs/version.hpp").read_text()
        assert f'"{version}"' in header, header
        numbers = re.findall(r"#define TASKBBS_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header)
        assert ".".join(numbers) == version, numbers
        assert installed.flags("--modversion") == [version]
        abi = re.search(r"^set\(TASKBBS_ABI (\d+)\)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]
        assert (installed.lib / "libtaskbbs.so").resolve().name == f"libtaskbbs.so.{abi}.{version}"
        soname = re.search(r"soname: \[(.*)\]", run("readelf", "-d", installed.lib / "libtaskbbs.so"))[1]
        assert soname == f"libtaskbbs.so.{abi}", soname
        package = (ROOT / "debian/control").read_text()
        assert f"\nPackage: libtaskbbs{abi}\n" in package and f"\nPackage: libtaskbbs-testing{abi}\n" in package
        debian = re.match(r"taskbbs \((.*)-\w+\) ", (ROOT / "debian/changelog").read_text())[1]
        assert debian == version, "the newest entry of debian/changelog"
        for program in ("taskbbs", "taskbbsd"):
            told = run(installed.prefix / "bin" / program, "--version")
            assert version in told.split(), told


run_tests(globals())
