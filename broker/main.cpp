// taskbbsd: reads its options, then serves, or says what it was asked.
#include "broker/core/slot_index.hpp"
#include "broker/daemon.hpp"
#include "broker/journal_command.hpp"
#include "broker/keygen_command.hpp"
#include "broker/keyring.hpp"
#include "broker/options.hpp"
#include "broker/sockets.hpp"
#include "broker/start_check.hpp"
#include "broker/system.hpp"
#include "broker/version.hpp"

#include <csignal>
#include <cstdlib>
#include <fmt/core.h>
#include <random>
#include <unistd.h>
#include <vector>

namespace {

using namespace taskbbs::broker;

int code(Exit exit) {
    return static_cast<int>(exit);
}

// Empty: they can be used.
std::string keyring_faults(const Options& options) {
    try {
        load_keyring(options);
        return {};
    } catch (const ConfigurationError& error) {
        return fmt::format("{}\n", error.what());
    }
}

Exit check(const Options& options) {
    const std::string of_keys = keyring_faults(options);
    const std::vector<Finding> findings = findings_of(options, look_at_start(options));
    if (has_fault(findings) || !of_keys.empty()) {
        fmt::print(stderr, "{}{}", of_keys, text_of(findings));
        return Exit::configuration;
    }
    fmt::print("{}{}", summary(options), text_of(findings));
    return Exit::stopped;
}

void print(const ConfigurationError& error) {
    fmt::print(stderr, "{}\n", error.what());
}

LogStyle style_of(LogFormat format) {
    return log_style(format, STDERR_FILENO, std::getenv("JOURNAL_STREAM"));
}

// To a person as they are; where programs read the log, they are lines of it.
void say(const ConfigurationError& error) {
    const auto format = error.log_format();
    const LogStyle style = format ? style_of(*format) : LogStyle::text;
    if (style == LogStyle::text) {
        return print(error);
    }
    Log log(STDERR_FILENO, style, Level::error);
    for (const Fault& fault : error.faults()) {
        log.error(
            "configuration_wrong",
            {{"where", std::string_view(fault.where)}, {"says", std::string_view(fault.what)}});
    }
    log.finish();
}

// One that comes while options are read waits, and is a reload later. Other signals still end that.
void hold_hangups() {
    sigset_t hangup;
    sigemptyset(&hangup);
    sigaddset(&hangup, SIGHUP);
    sigprocmask(SIG_BLOCK, &hangup, nullptr);
}

int run(const Sources& sources) {
    hold_hangups();
    const Options options = parse_options(sources);
    switch (options.mode) {
        case Mode::help:
            fmt::print("{}", help_text());
            return code(Exit::stopped);
        case Mode::version:
            fmt::print("taskbbsd {}\n", version);
            return code(Exit::stopped);
        case Mode::check_config:
            return code(check(options));
        case Mode::serve:
            break;
    }
    // From here on they wait, while a journal is replayed too.
    const Signals signals;
    std::signal(SIGPIPE, SIG_IGN);
    Keyring keyring = load_keyring(options);
    Log log(STDERR_FILENO, style_of(options.log_format), options.log_level);
    const Exit exit = serve(
        options, std::move(keyring), log, [&sources] { return parse_options(sources); }, signals);
    log.finish();
    if (Sockets::are_abandoned()) {
        std::_Exit(code(exit));
    }
    return code(exit);
}

int serve_or_tell(const Sources& sources) {
    try {
        return run(sources);
    } catch (const ConfigurationError& error) {
        say(error);
        return code(Exit::configuration);
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::random_device random;
        const std::uint64_t high = random();
        taskbbs::core::seed_indexes(high << 32 | random());
        if (is_keygen_command(argc, argv)) {
            return code(run_keygen_command(argc, argv));
        }
        if (is_journal_command(argc, argv)) {
            return code(run_journal_command(process_sources(argc - 1, argv + 1, environ)));
        }
        return serve_or_tell(process_sources(argc, argv, environ));
    } catch (const ConfigurationError& error) {
        print(error);
        return code(Exit::configuration);
    }
}
