// Where settings come from: command line, environment and configuration file, each read as a list
// of options and texts with their places. Which of them wins is not known here.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

namespace taskbbs::broker {

inline constexpr std::string_view default_config_file = "/etc/taskbbs/taskbbsd.conf";
// A configuration file that is longer is refused unread.
inline constexpr std::size_t max_config_bytes = 1 << 20;

// What of the process options are read from. Values, so that a test needs no process of its own.
struct Sources {
    std::vector<std::string> arguments;  // without the program's name
    std::vector<std::string>
        environment;          // NAME=value; names that do not begin with TASKBBS_ are ignored
    std::string working_dir;  // absolute; what a relative journal.dir is relative to
    // A file's whole text.
    std::function<tl::expected<std::string, std::error_code>(const std::string& path)> read_file;
};

// Those of this process.
Sources process_sources(int argc, const char* const* argv, const char* const* environment);

// One thing that is wrong. `where`: `FILE:LINE`, `command line` or `environment NAME`.
struct Fault {
    std::string where;
    std::string what;
};

// An option that some source gives, its value still as text. `name` is one of the table's.
struct Setting {
    std::string name;
    std::string value;
    std::string where;
};

struct CommandLine {
    bool help = false;
    bool version = false;
    bool check_config = false;
    bool names_config = false;
    std::string config;  // of --config
    std::vector<Setting> settings;
};

// Each adds what it can't read, unknown names, names given twice and values that the option does
// not take to `faults`, in the order of the source, and goes on.
CommandLine read_command_line(const std::vector<std::string>& arguments,
                              std::vector<Fault>& faults);
std::vector<Setting> read_environment(const std::vector<std::string>& environment,
                                      std::vector<Fault>& faults);
// Lines: `[section]`, `name = value`, empty, or a comment. `#` begins a comment at the start of a
// line or after a blank.
std::vector<Setting> read_config(std::string_view file,
                                 std::string_view text,
                                 std::vector<Fault>& faults);

}  // namespace taskbbs::broker
