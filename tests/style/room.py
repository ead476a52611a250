#!/usr/bin/python3
"""The service's MemoryMax= leaves room for two full boards, the broker's and the one that its snapshot's
process replays, as config/taskbbsd.conf bounds them and says what each thing costs."""
import re

import sources

OUTCOME_BYTES = 48  # twice its 24: a session's block of them doubles when it grows
UNITS = {"": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "K": 2**10, "M": 2**20, "G": 2**30}


def size(text):
    number, unit = re.fullmatch(r"(\d+)(\w*)", text).groups()
    return int(number) * UNITS[unit]


def full_board(conf):
    def limit(name):
        return size(re.search(rf"^{name} = (\w+)$", conf[conf.index("[limits]"):], re.MULTILINE)[1])

    comments = re.sub(r"\n# ?", " ", conf)
    task = int(re.search(r"A task costs up to (\d+) bytes", comments)[1])
    session = int(re.search(r"sessions \(up to (\d+) bytes each", comments)[1])
    return (limit("tasks") * task + limit("task_bytes") + limit("sessions") * session
            + limit("outcomes") * OUTCOME_BYTES)


if __name__ == "__main__":
    wanted = 2 * full_board(sources.text_of("config/taskbbsd.conf"))
    given = size(re.search(r"^MemoryMax=(\w+)$", sources.text_of("systemd/taskbbsd.service"), re.MULTILINE)[1])
    sources.verdict([] if given >= wanted else
                    [f"systemd/taskbbsd.service: MemoryMax={given} is less than two boards, {wanted}"])
