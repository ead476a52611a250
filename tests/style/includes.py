#!/usr/bin/python3
"""Includes run one way, and what is pure includes nothing that reads, writes, waits or tells the time.

    protocol <- core     core + journal + sockets <- broker <- main
    protocol <- journal  protocol <- sdk <- cli          sdk/testing alone sees SDK and broker
                         sdk <- examples                 as programs outside the tree do: public headers alone
"""
import os
import re

import sources

# The longest prefix of a path names its layer.
LAYERS = {
    "protocol/": "protocol",
    "keys/": "keys",
    "broker/core/": "core",
    "broker/journal/": "journal",
    "broker/metrics/histogram.hpp": "histogram",
    "broker/main.cpp": "main",
    "broker/": "broker",
    "sdk/testing/": "testing",
    "sdk/": "sdk",
    "cli/": "cli",
    "examples/": "examples",
}

# What a layer may include, itself aside. What is not listed (tests, bench) may include anything.
ALLOWED = {
    "protocol": set(),
    "keys": set(),
    "core": {"protocol"},
    "histogram": set(),
    "journal": {"protocol", "histogram"},
    "broker": {"protocol", "core", "journal", "keys", "histogram"},
    "main": {"protocol", "core", "journal", "broker"},
    "sdk": {"protocol", "keys"},
    "testing": {"protocol", "sdk", "core", "journal", "broker"},
    "cli": {"protocol", "sdk"},
    "examples": {"sdk", "testing"},
}

# The broker's shell; everything else of the layer is the loop as a machine, or values, and pure.
SHELL = {"authorized_keys", "backup_command", "backup_partial", "bind", "connected", "connections", "daemon", "driver", "event_queue", "ipc_file", "journal_command", "journald", "keygen_command", "keyring", "log",
         "lookout", "main", "monitor", "metrics/desk", "metrics/host", "metrics/http", "metrics/listener", "metrics/server",
         "next_step", "notify", "option_rows", "option_sources", "option_table", "options", "publisher", "recovery_lines", "reload", "reload_lines", "scrapes",
         "snapshot_care", "snapshot_process", "sockets", "start_check", "start_facts", "system", "unread", "zap"}

IMPURE_HEADERS = re.compile(
    r"<(zmq.*|fcntl\.h|unistd\.h|sys/(?!un\.h).*|systemd/.*|poll\.h|time\.h|ctime|fstream|iostream|cstdio|stdio\.h"
    r"|filesystem|thread|mutex|shared_mutex|condition_variable|atomic|future|random)>")
CLOCKS = re.compile(r"clock(?:_type)?::now\b|\bclock_gettime\b|\bgettimeofday\b|\bgetenv\b")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"][^>"]+[>"])')


def layer_of(path):
    prefixes = [prefix for prefix in LAYERS if path.startswith(prefix)]
    return LAYERS[max(prefixes, key=len)] if prefixes else None


def is_pure(path):
    layer = layer_of(path)
    return layer in ("protocol", "core", "histogram") or (layer == "broker" and not is_of_the_shell(path))


def is_of_the_shell(path):
    return os.path.splitext(path)[0].removeprefix("broker/") in SHELL


def included_path(include):
    """The file of this project that is meant, or None for one of a library."""
    name = include[1:-1]
    if name.startswith("taskbbs/testing"):
        return "sdk/testing/include/" + name
    if name.startswith("taskbbs/"):
        return "sdk/include/" + name
    return name if include[0] == '"' else None


def check(path):
    complaints = []
    layer, pure = layer_of(path), is_pure(path)
    for number, line in enumerate(sources.text_of(path).splitlines(), 1):
        place = f"{path}:{number}"
        if pure and CLOCKS.search(line.split("//")[0]):
            complaints.append(f"{place}: reads a clock or the environment, but {path} is pure")
        match = INCLUDE.match(line)
        if not match:
            continue
        include = match.group(1)
        if pure and IMPURE_HEADERS.fullmatch(include):
            complaints.append(f"{place}: includes {include}, but {path} is pure")
        target = included_path(include)
        if target is None:
            continue
        beside = os.path.join(os.path.dirname(path), target)
        in_tests = path.startswith("tests/") and os.path.exists(os.path.join(sources.ROOT, beside))
        made_of = (target, target + ".in")  # what CMake configures
        if not in_tests and not any(os.path.exists(os.path.join(sources.ROOT, source)) for source in made_of):
            complaints.append(f"{place}: {include} is not written from the root")
        other = layer_of(target)
        if layer and other and other != layer and other not in ALLOWED[layer]:
            complaints.append(f"{place}: {layer} may not include {include} of {other}")
        if pure and layer == "broker" and is_of_the_shell(target):
            complaints.append(f"{place}: the loop may not include {include} of the shell")
    return complaints


if __name__ == "__main__":
    sources.verdict([complaint for path in sources.files(".cpp", ".hpp") for complaint in check(path)])
