// Everything an operator may choose, as one value. Each option has one name everywhere:
// `--section.name value` on the command line, TASKBBS_SECTION_NAME in the environment, `name =
// value` under [section] in the configuration file; the first of these that gives it wins.
// broker/option_table lists them.
#pragma once

#include "broker/core/settings.hpp"
#include "broker/journal/settings.hpp"
#include "broker/log.hpp"
#include "broker/option_sources.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::broker {

// What the command line asks for: serve, or one of --check-config, --version, --help.
enum class Mode : std::uint8_t { serve, check_config, version, help };

struct Options {
    Mode mode = Mode::serve;

    journal::Settings journal;  // its dir is absolute
    core::Settings core;
    std::string requests_endpoint = "tcp://127.0.0.1:7411";
    std::string events_endpoint = "tcp://127.0.0.1:7412";
    std::string events_advertise;  // empty: as bound
    std::string metrics_endpoint;  // empty: off
    Level log_level = Level::info;
    LogFormat log_format = LogFormat::automatic;

    std::string config_file;        // that was read; empty: none
    std::vector<Setting> settings;  // those that were given, in the order of the table
};

// The configuration can't be used (exit code 78). Nothing was done yet.
class ConfigurationError : public std::runtime_error {
  public:
    // `faults` is not empty; what() is all of them, a line each.
    explicit ConfigurationError(const std::vector<Fault>& faults);
};

// Reads all sources, checks each value and what must hold between them. Throws ConfigurationError
// with everything that is wrong, each with its place, what it is and what would be accepted; also
// for values that another source overrides. For --help and --version nothing else is looked at: the
// other fields are defaults.
Options parse_options(const Sources& sources);

// What the command line takes besides the table's options, and what the process ends with: for
// help.
struct ProgramOption {
    std::string_view name;
    std::string_view value;  // how help calls it; empty where there is none
    std::string why;
};

struct ExitMeaning {
    int code;
    std::string_view meaning;
};

std::vector<ProgramOption> program_options();
std::vector<ExitMeaning> exit_codes();

// For --help: every option with its default and why one would change it.
std::string help_text();
// For --check-config, once it holds: the file that was read, and each setting with its place.
std::string summary(const Options& options);

}  // namespace taskbbs::broker
