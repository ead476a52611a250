// What of the options may change while the broker serves (SIGHUP), and what is in force: pure.
#pragma once

#include "broker/options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::broker {

// An option that another reading of the sources gives another value.
struct Change {
    std::string_view option;
    std::string from;
    std::string to;
    bool applies;  // else it waits for a restart
};

// In the order of the table.
std::vector<Change> changes(const Options& running, const Options& read);

// What the file says in vain (Options::hidden) and did not when it was read last.
struct Hidden {
    std::string option;
    std::string value;
    std::string at;
    std::string by;  // the place of what is in force
};

std::vector<Hidden> newly_hidden(const Options& running, const Options& read);

// `running` with those that apply.
Options with_changes(const Options& running,
                     const Options& read,
                     const std::vector<Change>& changed);

// Those that are not at their defaults, as a configuration would say them: "name = value; ...".
// Secrets are not among them, only the names of their files.
std::string settings_text(const Options& options);

}  // namespace taskbbs::broker
