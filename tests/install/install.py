"""What `cmake --install` leaves is used as docs/install.md says: programs outside the tree find the SDK
by CMake and by pkg-config, are built with it and take a task from desire to resolve."""

import os
import shutil
import sys

from installation import BUILD, Installation, ROOT, board, run, run_tests
from links import dead_links

CONSUMER = ROOT / "tests" / "install" / "consumer"


def test_a_consumer_is_built_by_cmake_and_by_pkg_config_and_runs_against_the_installed_broker():
    with Installation() as installed:
        sys.argv[1:] = [installed.prefix / "bin" / name for name in ("taskbbs", "taskbbsd")]
        by_cmake, by_pkg_config = installed.dir / "by-cmake", installed.dir / "by-pkg-config"
        run("cmake", "-S", CONSUMER, "-B", by_cmake, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={installed.prefix}")
        run("cmake", "--build", by_cmake)
        run("g++", CONSUMER / "main.cpp", *installed.flags("--cflags", "--libs"), "-o", by_pkg_config)
        with board.Board() as it:
            version = run(installed.prefix / "bin" / "taskbbs", "--version").split()[1]
            for program in (by_cmake / "consumer", by_pkg_config):
                told = run(program, it.requests, env=installed.environment)
                assert told == f"hello back, then not_found\ntaskbbs {version}\n", told


def test_a_consumer_tests_without_a_broker_by_cmake_and_by_pkg_config():
    with Installation() as installed:
        by_cmake, by_pkg_config = installed.dir / "by-cmake", installed.dir / "by-pkg-config"
        run("cmake", "-S", CONSUMER, "-B", by_cmake, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={installed.prefix}")
        run("cmake", "--build", by_cmake, "--target", "consumer_testing")
        flags = installed.flags("--cflags", "--libs", package="taskbbs-testing")
        run("g++", CONSUMER / "testing.cpp", *flags, "-o", by_pkg_config)
        for program in (by_cmake / "consumer_testing", by_pkg_config):
            assert run(program, env=installed.environment) == "not claimed within time limit\n"


def test_find_package_takes_this_major_version_from_the_wanted_minor_on():
    with Installation() as installed:
        project = installed.dir / "finds"
        project.mkdir()
        (project / "CMakeLists.txt").write_text("""cmake_minimum_required(VERSION 3.25)
project(finds NONE)
foreach(wanted 0.0.1 0.1 0.999 1.0)
  find_package(taskbbs ${wanted} QUIET CONFIG)
  message(STATUS "${wanted}: ${taskbbs_FOUND}")
endforeach()
""")
        told = run("cmake", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={installed.prefix}")
        for line in ("0.0.1: 1", "0.1: 1", "0.999: 0", "1.0: 0"):
            assert f"-- {line}\n" in told, told


def test_programs_units_and_documents_are_where_they_belong():
    with Installation() as installed:
        for path in ("bin/taskbbsd", "bin/taskbbs", "lib/systemd/system/taskbbsd.service",
                     "lib/systemd/system/taskbbs-executor@.service", "lib/sysusers.d/taskbbsd.conf",
                     "lib/tmpfiles.d/taskbbsd.conf", "share/doc/taskbbs/LICENSE", "share/doc/taskbbs/SECURITY.md",
                     "share/doc/taskbbs/docs/install.md", "share/doc/taskbbs/config/taskbbsd.conf",
                     "share/doc/taskbbs/config/prometheus/alerts.yml",
                     "share/doc/taskbbs/config/grafana/taskbbs.json",
                     "share/doc/taskbbs/examples/monitor/monitor.py"):
            assert (installed.prefix / path).is_file(), path
        example = installed.prefix / "share/doc/taskbbs/config/taskbbsd.conf"
        run(installed.prefix / "bin/taskbbsd", "--config", example, "--journal.dir", installed.dir, "--check-config")


def test_the_documents_by_themselves_lead_from_one_to_the_other():
    with Installation() as installed:
        there = installed.dir / "documentation"
        run("cmake", "--install", BUILD, "--prefix", there, "--component", "documentation")
        assert not dead_links(there), dead_links(there)


def test_each_shell_finds_the_completions_that_the_command_prints():
    with Installation() as installed:
        for shell, path in (("bash", "bash-completion/completions/taskbbs"), ("zsh", "zsh/site-functions/_taskbbs"),
                            ("fish", "fish/vendor_completions.d/taskbbs.fish")):
            printed = run(installed.prefix / "bin/taskbbs", "completion", shell)
            assert printed and (installed.prefix / "share" / path).read_text() == printed, shell


def test_systemd_makes_the_user_and_the_directory_that_the_unit_names():
    with Installation() as installed:
        root = installed.dir / "root"
        (root / "etc").mkdir(parents=True)
        shutil.copytree(installed.prefix / "lib", root / "usr/lib")
        run("systemd-sysusers", f"--root={root}", "taskbbsd.conf")
        user = next(line for line in (root / "etc/passwd").read_text().splitlines() if line.startswith("taskbbs:"))
        unit = (installed.prefix / "lib/systemd/system/taskbbsd.service").read_text()
        assert "\nUser=taskbbs\nGroup=taskbbs\nStateDirectory=taskbbs\n" in unit, unit
        if os.geteuid() == 0:  # to give a directory away
            run("systemd-tmpfiles", f"--root={root}", "--create", "taskbbsd.conf")
            state = (root / "var/lib/taskbbs").stat()
            assert (str(state.st_uid), state.st_mode & 0o777) == (user.split(":")[2], 0o700), (user, state)


def test_a_unit_starts_the_programs_of_its_prefix():
    with Installation() as installed:
        there = installed.dir / "there"
        run("cmake", "--install", BUILD, "--prefix", there, "--component", "broker")
        run("cmake", "--install", BUILD, "--prefix", there, "--component", "cli")
        for name, start in (("taskbbsd.service", "taskbbsd --config"), ("taskbbs-executor@.service", "taskbbs executor")):
            unit = (there / "lib/systemd/system" / name).read_text()
            assert f"\nExecStart={there}/bin/{start}" in unit, unit
            assert "/usr/bin" not in unit, unit
        usual = (installed.prefix / "lib/systemd/system/taskbbsd.service").read_text()
        assert usual == (ROOT / "systemd" / "taskbbsd.service").read_text()


def test_each_component_is_installed_by_itself():
    with Installation() as installed:
        for component, has, has_not in (("broker", "bin/taskbbsd", "bin/taskbbs"),
                                        ("cli", "bin/taskbbs", "bin/taskbbsd"),
                                        ("library", "lib*/**/libtaskbbs.so.*", "include"),
                                        ("development", "include/taskbbs/client.hpp", "lib*/**/libtaskbbs.so.*"),
                                        ("documentation", "share/doc/taskbbs/LICENSE", "include")):
            there = installed.dir / component
            run("cmake", "--install", BUILD, "--prefix", there, "--component", component)
            assert list(there.glob(has)) and not list(there.glob(has_not)), (component, os.listdir(there))


run_tests(globals())
