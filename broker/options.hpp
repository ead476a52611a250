// Everything an operator may choose, as one value. Each option has one name everywhere:
// `--section.name value` on the command line, TASKBBS_SECTION_NAME in the environment, `name =
// value` under [section] in the configuration file; the first of these that gives it wins.
// broker/option_table lists them.
#pragma once

#include "broker/core/settings.hpp"
#include "broker/journal/settings.hpp"
#include "broker/log_line.hpp"
#include "broker/option_sources.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::broker {

// The broker's user and its group: who is in it may connect.
inline constexpr std::uint32_t default_ipc_mode = 0660;

// What the command line asks for: serve, or one of --check-config, --version, --help.
enum class Mode : std::uint8_t { serve, check_config, version, help };

// A choice that an option spells true or false.
enum class Flag : std::uint8_t { off, on };

struct Options {
    Mode mode = Mode::serve;

    journal::Settings journal;  // its dir is absolute
    core::Settings core;
    std::string requests_endpoint = "tcp://127.0.0.1:7411";
    std::string events_endpoint = "tcp://127.0.0.1:7412";
    std::string events_advertise;  // empty: as bound
    std::string server_key;        // a file; empty: no CURVE
    std::string authorized_keys;   // a file
    Flag allow_plaintext = Flag::off;
    // Of the files of ipc sockets, whatever the umask.
    std::uint32_t requests_ipc_mode = default_ipc_mode;
    std::uint32_t events_ipc_mode = default_ipc_mode;
    std::string metrics_endpoint;  // empty: off
    Level log_level = Level::info;
    LogFormat log_format = LogFormat::automatic;

    std::string config_file;        // that was read; empty: none
    std::vector<Setting> settings;  // those that were given, in the order of the table
    std::vector<Setting> hidden;    // what the file says in vain, as another source says otherwise
};

// Whether clients are known by their keys, and what they say is encrypted.
inline bool has_curve(const Options& options) {
    return !options.server_key.empty();
}

// Whether another host may reach an endpoint, and nothing is encrypted.
bool is_open_plaintext(const Options& options);

// The configuration can't be used (exit code 78). Nothing was done yet.
class ConfigurationError : public std::runtime_error {
  public:
    // `faults` is not empty; what() is all of them, a line each. `log_format`: they are the log's
    // to say, in this format, as a broker was to be started.
    explicit ConfigurationError(std::vector<Fault> faults,
                                std::optional<LogFormat> log_format = {});

    const std::vector<Fault>& faults() const noexcept { return faults_; }

    std::optional<LogFormat> log_format() const noexcept { return log_format_; }

  private:
    std::vector<Fault> faults_;
    std::optional<LogFormat> log_format_;
};

// Payloads and results are no longer than the message that brings them.
void fit_into_messages(core::LimitSettings& limits);

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

namespace taskbbs::protocol {

template <>
inline constexpr auto names<broker::Flag> = std::to_array<std::string_view>({"false", "true"});

}  // namespace taskbbs::protocol
