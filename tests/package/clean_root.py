#!/usr/bin/python3
"""The packages in a clean root: installed, configured, run, upgraded beside a running board, removed, purged.
One story, each rule of it a function; the first that does not hold ends it.

    clean_root.py DIRECTORY_OF_PACKAGES
"""
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from newer import NEWS, later
from root import ENVIRONMENT, Root, run

SOURCE = Path(__file__).resolve().parents[2]
sys.path.insert(1, str(SOURCE / "tests" / "install"))

from hardened import faults, programs_and_libraries  # noqa: E402  (the path comes first)
from links import dead_links  # noqa: E402

NAMES = ("taskbbsd", "taskbbs", "libtaskbbs1", "libtaskbbs-testing1", "libtaskbbs-dev")
ENDPOINT = "ipc:///run/taskbbs/requests"
GUIDS = [f"task-{number}" for number in range(20)]
BELONGS = {
    "taskbbsd": ("/usr/bin/taskbbsd", "/etc/taskbbs/taskbbsd.conf", "/lib/systemd/system/taskbbsd.service",
                 "/usr/lib/sysusers.d/taskbbsd.conf", "/usr/lib/tmpfiles.d/taskbbsd.conf",
                 "/usr/share/man/man8/taskbbsd.8.gz", "/usr/share/man/man5/taskbbsd.conf.5.gz"),
    "taskbbs": ("/usr/bin/taskbbs", "/lib/systemd/system/taskbbs-executor@.service",
                "/usr/share/bash-completion/completions/taskbbs", "/usr/share/zsh/vendor-completions/_taskbbs",
                "/usr/share/fish/vendor_completions.d/taskbbs.fish", "/usr/share/man/man1/taskbbs.1.gz",
                "/usr/share/doc/taskbbs/SECURITY.md", "/usr/share/doc/taskbbs/docs/protocol.md",
                "/usr/share/doc/taskbbs/config/prometheus/alerts.yml"),
    "libtaskbbs-dev": ("/usr/include/taskbbs/client.hpp",),
}


class Story:
    """What the rules below tell of: the root, the packages, the broker that runs."""

    def __init__(self, place):
        every = sorted(place.glob("*.deb"))
        self.debs = [deb for deb in every if "-dbgsym" not in deb.name]
        self.symbols = [deb for deb in every if "-dbgsym" in deb.name]
        self.root = Root(place.parent / "package-root" / "root", self.debs)
        self.before = self.root.listing()
        self.broker = None

    def path(self, inside):
        return self.root.place / inside.lstrip("/")

    def setting(self, name):
        unit = self.path("/lib/systemd/system/taskbbsd.service").read_text()
        return re.search(rf"^{name}=(.*)$", unit, re.MULTILINE)[1]

    def start(self):
        """As the unit does: its check first, its command line, its user, its directories."""
        user = self.root.run("id", "--user", self.setting("User")).strip()
        runtime = self.path("/run/taskbbs")
        runtime.mkdir(mode=0o750, exist_ok=True)
        os.chown(runtime, int(user), -1)
        words = self.root.command(*self.setting("ExecStart").split(), user=f"{user}:{user}")
        run(*words, "--check-config")
        self.broker = subprocess.Popen(words, stdin=subprocess.DEVNULL, env=ENVIRONMENT)
        self.path("/run/active").touch()

    def end(self, sign):
        self.broker.send_signal(sign)
        return self.broker.wait(60)

    def ask(self, *words):
        return self.root.run("taskbbs", *words, "--endpoint", ENDPOINT)

    def board(self):
        return sorted(self.ask("list", "-o", "id").split())


def the_packages_are_those_that_are_documented(story):
    assert {deb.name.split("_")[0] for deb in story.debs} == set(NAMES), story.debs
    wanted = {f"{name}-dbgsym" for name in NAMES if name != "libtaskbbs-dev"}
    assert {deb.name.split("_")[0] for deb in story.symbols} == wanted, story.symbols


def installing_makes_the_user_enables_the_service_and_starts_nothing(story):
    asked = story.root.install(story.debs)
    assert not [line for line in asked if "taskbbsd" in line and "start" in line], asked
    assert story.root.run("getent", "passwd", "taskbbs").strip().endswith(":/var/lib/taskbbs:/usr/sbin/nologin")
    link = story.path("/etc/systemd/system/multi-user.target.wants/taskbbsd.service")
    assert os.readlink(link) == "/lib/systemd/system/taskbbsd.service"
    state = story.path("/var/lib/taskbbs").stat()
    assert (state.st_mode & 0o777, state.st_uid) == (0o700, int(story.root.run("id", "-u", "taskbbs")))


def each_file_is_in_its_package(story):
    for package, paths in BELONGS.items():
        for path in paths:
            assert story.root.run("dpkg", "--search", path).split(":")[0] == package, path
    assert story.root.run("dpkg-query", "-W", "-f", "${Conffiles}", "taskbbsd").split()[0] == "/etc/taskbbs/taskbbsd.conf"


def the_documents_lead_from_one_to_the_other(story):
    dead = dead_links(story.path("/usr/share/doc/taskbbs"))
    assert not dead, dead


def programs_and_libraries_are_hardened_and_their_symbols_are_packaged(story):
    packaged = "".join(run("dpkg-deb", "--contents", deb) for deb in story.symbols)
    found = [path for path in programs_and_libraries(story.path("/usr")) if "taskbbs" in path.name]
    assert len(found) == 4, found
    for path in found:
        assert not faults(path), f"{path.name}: missing: {', '.join(faults(path))}"
        build_id = re.search(r"Build ID: (\w+)", run("readelf", "--notes", path))[1]
        assert f".build-id/{build_id[:2]}/{build_id[2:]}.debug" in packaged, path


def systemd_accepts_the_units_and_finds_little_to_reach_from_the_brokers(story):
    for unit in ("taskbbsd.service", "taskbbs-executor@linux.service"):
        done = subprocess.run(story.root.command("systemd-analyze", "verify", "--man=no", unit),
                              capture_output=True, text=True, check=False)
        told = [line for line in (done.stdout + done.stderr).splitlines() if "taskbbs" in line]
        assert done.returncode == 0 and not told, (unit, done)
    story.root.run("systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager",
                   "/lib/systemd/system/taskbbsd.service")


def the_shipped_configuration_is_accepted(story):
    assert story.path("/etc/taskbbs/taskbbsd.conf").read_text() == (SOURCE / "config/taskbbsd.conf").read_text()
    story.root.run("setpriv", "--reuid=taskbbs", "--regid=taskbbs", "--clear-groups", *story.setting("ExecStart").split(), "--check-config")


def the_broker_serves_as_its_unit_starts_it(story):
    configuration = story.path("/etc/taskbbs/taskbbsd.conf")
    text = configuration.read_text().replace("tcp://127.0.0.1:7411", ENDPOINT)
    configuration.write_text(text.replace("tcp://127.0.0.1:7412", "ipc:///run/taskbbs/events"))
    story.start()
    assert story.board() == []


def a_program_that_is_built_with_the_development_package_runs_with_the_librarys(story):
    tree = story.path("/tmp/development")
    for deb in story.debs:
        run("dpkg-deb", "--extract", deb, tree)
    place = next(tree.glob("usr/lib/*/pkgconfig"))
    flags = run("pkg-config", "--cflags", "--libs", "taskbbs", env={**os.environ, "PKG_CONFIG_PATH": str(place)}).split()
    run("g++", SOURCE / "tests/install/consumer/main.cpp", *flags, "-o", story.path("/tmp/consumer"))
    told = story.root.run("/tmp/consumer", ENDPOINT)
    assert told.startswith("hello back, then not_found\n"), told


def what_was_acknowledged_survives_a_kill(story):
    story.ask("desire", *GUIDS)
    assert story.end(signal.SIGKILL) == -signal.SIGKILL
    story.start()
    assert story.board() == sorted(GUIDS)


def an_upgrade_restarts_the_service_that_runs_and_keeps_configuration_and_board(story):
    configuration = story.path("/etc/taskbbs/taskbbsd.conf")
    ours = configuration.read_text()
    into = story.path("/tmp/later")
    into.mkdir()
    asked = story.root.install([later(deb, into) for deb in story.debs], "--force-confold")
    assert [line.split()[-2:] for line in asked if "taskbbsd" in line] == [["try-restart", "taskbbsd.service"]], asked
    assert story.root.run("dpkg-query", "-W", "-f", "${Version}", "taskbbsd").endswith("+later")
    assert configuration.read_text() == ours and NEWS in Path(f"{configuration}.dpkg-dist").read_text()
    assert story.board() == sorted(GUIDS), "until it is restarted, the former one serves"
    assert story.end(signal.SIGTERM) == 0
    story.start()
    assert story.board() == sorted(GUIDS)


def removing_stops_the_service_and_keeps_configuration_and_board(story):
    assert story.end(signal.SIGTERM) == 0  # as systemd does when it is asked to
    asked = story.root.dpkg("--remove", *NAMES)
    assert [line.split()[-2:] for line in asked if "taskbbsd" in line] == [["stop", "taskbbsd.service"]], asked
    assert not story.path("/usr/bin/taskbbsd").exists()
    assert ENDPOINT in story.path("/etc/taskbbs/taskbbsd.conf").read_text()
    assert list(story.path("/var/lib/taskbbs").glob("**/seg-*"))


def purging_leaves_nothing_but_the_administrators_drop_ins(story):
    dropped_in = story.path("/etc/systemd/system/taskbbsd.service.d/override.conf")
    dropped_in.parent.mkdir()
    dropped_in.write_text("[Service]\nMemoryMax=4G\n")
    for name in ("server.key", "executor-linux.env"):
        story.path(f"/etc/taskbbs/{name}").write_text("the operator's\n")
    story.root.dpkg("--purge", *NAMES)
    dropped_in.unlink()
    dropped_in.parent.rmdir()
    after = story.root.listing()
    left = sorted(path for path in {*after, *story.before} if after.get(path) != story.before.get(path))
    assert not left, f"left, changed or missing: {left}"
    assert not story.path("/run/taskbbs").exists()
    known = subprocess.run(story.root.command("dpkg-query", "-W", *NAMES), capture_output=True, text=True, check=False)
    assert not known.stdout.strip(), known.stdout


def purging_ends_well_while_a_process_of_the_user_lives_and_says_what_is_left(story):
    story.root.install(story.debs)
    user = story.root.run("id", "--user", "taskbbs").strip()
    alive = subprocess.Popen(story.root.command("sleep", "600", user=f"{user}:{user}"))
    done = subprocess.run(story.root.command("dpkg", "--purge", *NAMES), capture_output=True, text=True, check=False,
                          env=ENVIRONMENT)
    alive.kill()
    alive.wait()
    assert done.returncode == 0 and "the user taskbbs is left" in done.stderr, done
    story.root.run("userdel", "taskbbs")


RULES = [rule for name, rule in list(globals().items())
         if callable(rule) and getattr(rule, "__module__", "") == __name__ and not isinstance(rule, type)]


def tell(place):
    story = Story(place)
    for rule in RULES:
        began = time.monotonic()
        rule(story)
        print(f"ok   package.{rule.__name__} {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "--inside":
        tell(Path(sys.argv[2]))
    else:
        # What is mounted, and what runs, ends with this process, however it ends.
        os.execvp("unshare", ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                              sys.executable, "-B", __file__, "--inside", str(Path(sys.argv[1]).resolve())])
