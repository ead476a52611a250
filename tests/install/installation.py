"""An installation in a directory that was moved after it was made: what the scripts of this directory
share. They are called with the build directory."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv[1]).resolve()

sys.path.insert(1, str(ROOT / "tests" / "cli"))

import board  # noqa: E402, F401  (the path comes first)
from board import run_tests  # noqa: E402, F401


def run(*command, **more):
    """Its standard output; it has to succeed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False, **more)
    assert done.returncode == 0, f"{command}: {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


class Installation:
    """With-statement: made for /usr below a DESTDIR, as packages are, then moved to `prefix`."""

    def __enter__(self):
        self.dir = Path(tempfile.mkdtemp(prefix="taskbbs-install-test-"))
        self.prefix = self.dir / "moved"
        run("cmake", "--install", BUILD, "--prefix", "/usr", env={**os.environ, "DESTDIR": self.dir / "stage"})
        (self.dir / "stage" / "usr").rename(self.prefix)
        left = list((self.dir / "stage").rglob("*"))
        assert not left, f"it is all below the prefix: {left}"
        self.lib = next(self.prefix.glob("lib/**/libtaskbbs.so")).parent
        self.environment = {**os.environ, "PKG_CONFIG_PATH": str(self.lib / "pkgconfig"),
                            "LD_LIBRARY_PATH": str(self.lib)}
        return self

    def headers(self):
        return sorted((self.prefix / "include").rglob("*.hpp"))

    def flags(self, *options, package="taskbbs"):
        return run("pkg-config", *options, package, env=self.environment).split()

    def __exit__(self, *_):
        shutil.rmtree(self.dir)
