#!/usr/bin/python3
"""Starts a program as the service's unit would, in what needs no systemd to put it on: limits, no
capabilities, the families of sockets and the filter of system calls; and the limits and oom_score_adj
that only root sets where this is root with all its capabilities.

    under_unit.py UNIT PROGRAM [ARGUMENT...]
"""
import contextlib
import ctypes
import errno
import os
import re
import resource
import socket
import subprocess
import sys

import seccomp

PR_CAPBSET_DROP = 24
LAST_CAPABILITY = 63
NICE_OF_LIMIT_0 = 20  # RLIMIT_NICE counts from there down


def settings(unit):
    """(name, value) of each line of [Service], in order."""
    with open(unit, encoding="utf-8") as file:
        service = file.read().split("[Service]")[1].split("[Install]")[0]
    return re.findall(r"^(\w+)=(.*)$", service, re.MULTILINE)


def calls_of(word):
    """The system calls that a word of SystemCallFilter= stands for."""
    if not word.startswith("@"):
        return {word}
    told = subprocess.run(["systemd-analyze", "syscall-filter", word], check=True, capture_output=True, text=True)
    words = re.findall(r"^ +([@\w-]+)$", told.stdout, re.MULTILINE)
    return set().union(*(calls_of(one) for one in words))


def allowed(values):
    """What is left when each line has added to the list, or taken from it."""
    calls = set()
    for value in values:
        named = set().union(*(calls_of(word) for word in value.lstrip("~").split()))
        calls = calls - named if value.startswith("~") else calls | named
    return calls


def raise_limit(which, value):
    with contextlib.suppress(ValueError):  # not allowed to go above the hard limit
        resource.setrlimit(which, (value, value))


def drop_capabilities():
    libc = ctypes.CDLL(None)
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # those that the kernel knows, where this is root


def filter_calls(calls):
    kernel = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for call in sorted(calls):
        number = seccomp.resolve_syscall(seccomp.Arch(), call)
        if number >= 0:  # a negative one: not of this architecture
            kernel.add_rule(seccomp.ALLOW, number)
    kernel.load()  # and no new privileges from here on


def restrict_families(names):
    """As RestrictAddressFamilies= does: other sockets are not supported."""
    kernel = seccomp.SyscallFilter(seccomp.ALLOW)
    beyond = 64  # no kernel has so many
    allowed_ones = {getattr(socket, name) for name in names}
    refusal = seccomp.ERRNO(errno.EAFNOSUPPORT)
    for family in set(range(beyond)) - allowed_ones:
        kernel.add_rule(refusal, "socket", seccomp.Arg(0, seccomp.EQ, family))
    kernel.add_rule(refusal, "socket", seccomp.Arg(0, seccomp.GE, beyond))
    kernel.load()


def main(unit, *command):
    told = settings(unit)
    one = dict(told)
    calls = allowed([value for name, value in told if name == "SystemCallFilter"])
    with contextlib.suppress(PermissionError):
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write(one["OOMScoreAdjust"])
    raise_limit(resource.RLIMIT_NICE, NICE_OF_LIMIT_0 - int(one["LimitNICE"]))
    raise_limit(resource.RLIMIT_NOFILE, int(one["LimitNOFILE"]))
    drop_capabilities()
    os.umask(int(one["UMask"], 8))
    restrict_families(one["RestrictAddressFamilies"].split())
    filter_calls(calls)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
