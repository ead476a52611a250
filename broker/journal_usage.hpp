// How `taskbbsd journal` is called: its help, and a part of taskbbsd(8).
#pragma once

#include <string_view>

namespace taskbbs::broker {

inline constexpr std::string_view journal_usage =
    "usage: taskbbsd journal COMMAND [OPTION...]\n\n"
    "  verify                      reads everything and says whether it holds, and what a start\n"
    "                              would serve; changes nothing\n"
    "  dump [--from SEQ] [--to SEQ]  events as lines of JSON\n"
    "  repair --truncate-at SEQ    ends the history behind event SEQ; keeps what it cuts; not\n"
    "                              before the newest snapshot that holds\n"
    "  backup --to DIR [--from STATE_DIR] [--history]\n"
    "                              copies it while a broker serves: from the newest snapshot\n"
    "                              on, or all that is kept; proves that the copy holds\n"
    "  restore DIR [--to STATE_DIR]  makes a state directory of a backup; clients see another log\n"
    "  snapshot                    takes a snapshot of what is sealed, as the broker does\n\n"
    "The journal is journal.dir of the broker's options: --journal.dir DIR, --config FILE, ...\n"
    "STATE_DIR stands for it. Where it is named so, and no --config, neither the default\n"
    "configuration file nor the environment is read.\n"
    "Exit codes: 0 it holds, or is done; 1 it could not be done; 75 journal or backup is damaged;\n"
    "76 the snapshot came to another state; 78 usage.\n";

}  // namespace taskbbs::broker
