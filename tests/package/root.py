"""A root of Debian's with what the packages depend on and nothing of theirs, in a directory. Programs run in
it by chroot; a systemctl stands in for systemd's, which writes down what it is asked to do."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

SYSTEMCTL = """#!/bin/sh
# Writes down what it is asked to do; a service is active while /run/active is there. Links of units are
# made by the real one.
case " $* " in
    *" preset "*) SYSTEMD_OFFLINE=1 exec /run/systemctl.real "$@" ;;
    *" --version "*) echo "systemd 252 (252)" ;;
    *" is-active "*) test -e /run/active ;;
    *) echo "$*" >>/run/asked ;;
esac
"""
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
# What any package leaves behind: its installer's own notes, caches and backups.
CHANGES_ANYWAY = re.compile(r"(proc|sys|dev|tmp|run|var/(lib/dpkg|log|cache))(/|$)"
                            r"|etc/(ld\.so\.cache|\.pwd\.lock|(passwd|group|shadow|gshadow)-)$")


def run(*command, **more):
    """Its standard output; it has to succeed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=600, check=False, **more)
    assert done.returncode == 0, f"{command}: {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def depends_of(debs):
    """The packages of Debian that they depend on: of alternatives the first."""
    ours = {run("dpkg-deb", "-f", deb, "Package").strip() for deb in debs}
    words = ", ".join(run("dpkg-deb", "-f", deb, "Depends").strip() for deb in debs).split(",")
    return sorted({re.match(r"\s*([\w.+-]+)", word)[1] for word in words if word.strip()} - ours)


def sources_of_apt():
    """Where this machine gets its packages; nothing: from Debian's own mirror."""
    place = Path("/etc/apt")
    return [path for path in [place / "sources.list", *sorted((place / "sources.list.d").glob("*"))]
            if path.suffix in (".list", ".sources") and path.is_file() and path.stat().st_size > 0]


def fill(place, packages):
    """Makes the root; from an archive beside it where one was made before of the same packages."""
    name = re.search(r"^VERSION_CODENAME=(\w+)$", Path("/etc/os-release").read_text(encoding="utf-8"), re.MULTILINE)[1]
    key = hashlib.sha256(" ".join([name, *packages]).encode()).hexdigest()[:12]
    archive = place.parent / f"root-{key}.tar"
    if not archive.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        run("mmdebstrap", "--mode=root", "--format=tar", "--variant=minbase", f"--include={','.join(packages)}", name,
            f"{archive}.new", *sources_of_apt(), env={**os.environ, "TMPDIR": str(place.parent)})
        Path(f"{archive}.new").rename(archive)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    run("tar", "-x", "--numeric-owner", "-C", place, "-f", archive)


class Root:
    """In mount and process namespaces of its own: what is mounted and what runs ends with this process."""

    def __init__(self, place, debs):
        self.place = place
        fill(place, depends_of(debs))
        run("mount", "-t", "proc", "proc", place / "proc")
        run("mount", "-t", "tmpfs", "tmpfs", place / "run")
        (place / "run/systemd/system").mkdir(parents=True)  # as where systemd runs
        stand_in = place / "run/systemctl"
        stand_in.write_text(SYSTEMCTL)
        stand_in.chmod(0o755)
        shutil.copy(place / "usr/bin/systemctl", place / "run/systemctl.real")
        run("mount", "--bind", stand_in, place / "usr/bin/systemctl")

    def command(self, *words, user=None):
        return ["chroot", *([f"--userspec={user}"] if user else []), str(self.place), *(str(word) for word in words)]

    def run(self, *words, **more):
        return run(*self.command(*words), env=ENVIRONMENT, **more)

    def asked(self):
        """What systemctl was asked to do since this was asked last."""
        path = self.place / "run/asked"
        text = path.read_text() if path.exists() else ""
        path.unlink(missing_ok=True)
        return [line for line in text.splitlines() if "daemon-reload" not in line]

    def dpkg(self, *words):
        """Runs dpkg; what systemctl was asked to do meanwhile."""
        self.asked()
        self.run("dpkg", *words)
        return self.asked()

    def install(self, debs, *options):
        into = self.place / "tmp/debs"
        into.mkdir()
        for deb in debs:
            shutil.copy(deb, into)
        try:
            return self.dpkg(*options, "--install", *(f"/tmp/debs/{deb.name}" for deb in debs))
        finally:
            shutil.rmtree(into)

    def listing(self):
        """Path and contents of everything that a package has no business to leave or to change."""
        found = {}
        for folder, folders, files in os.walk(self.place):
            for name in folders + files:
                path = Path(folder, name)
                inside = str(path.relative_to(self.place))
                if not CHANGES_ANYWAY.match(inside):
                    found[inside] = contents(path)
        return found


def contents(path):
    if path.is_symlink():
        return os.readlink(path)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else path.lstat().st_mode
