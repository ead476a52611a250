// One function a subcommand.
#include "broker/journal_command.hpp"

#include "broker/backup_command.hpp"
#include "broker/backup_job.hpp"
#include "broker/journal/error.hpp"
#include "broker/journal/posix_disk.hpp"
#include "broker/journal_tools.hpp"
#include "broker/journal_usage.hpp"
#include "broker/next_step.hpp"
#include "broker/options.hpp"
#include "broker/snapshot_job.hpp"
#include "broker/snapshot_process.hpp"
#include "broker/system.hpp"
#include "broker/units.hpp"
#include "broker/version.hpp"
#include "protocol/fields.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fmt/core.h>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace taskbbs::broker {

namespace {

// What one of these commands takes besides the broker's options.
using Flags = std::map<std::string, std::string, std::less<>>;

// Takes the words of these names out of the arguments, which have no value.
Flags take_switches(std::vector<std::string>& arguments,
                    std::initializer_list<std::string_view> names) {
    Flags switches;
    for (const std::string_view name : names) {
        if (std::erase(arguments, name) > 0) {
            switches.emplace(name, "");
        }
    }
    return switches;
}

// The word that names no option, if that is the first one.
std::string take_operand(std::vector<std::string>& arguments) {
    if (arguments.empty() || arguments.front().starts_with("--")) {
        return {};
    }
    std::string operand = std::move(arguments.front());
    arguments.erase(arguments.begin());
    return operand;
}

// Takes `--name value` and `--name=value` of these names out of the arguments.
Flags take_flags(std::vector<std::string>& arguments,
                 std::initializer_list<std::string_view> names) {
    Flags flags;
    for (const std::string_view name : names) {
        const auto at = std::ranges::find_if(arguments, [&](const std::string& word) {
            return word == name || word.starts_with(fmt::format("{}=", name));
        });
        if (at == arguments.end()) {
            continue;
        }
        if (at->size() > name.size()) {
            flags.emplace(name, at->substr(name.size() + 1));
            arguments.erase(at);
        } else if (at + 1 != arguments.end()) {
            flags.emplace(name, *(at + 1));
            arguments.erase(at, at + 2);
        }
    }
    return flags;
}

ConfigurationError wrong(std::string_view what) {
    return ConfigurationError({{"command line", std::string(what)}});
}

std::optional<journal::Seq> seq_of(const Flags& flags, std::string_view name) {
    const auto found = flags.find(name);
    if (found == flags.end()) {
        return std::nullopt;
    }
    const auto seq = parse_count(found->second);
    if (!seq || *seq > static_cast<std::uint64_t>(protocol::max_integer)) {
        throw wrong(fmt::format("{}: \"{}\" is no number of an event", name, found->second));
    }
    return static_cast<journal::Seq>(*seq);
}

// Processors that share no cache, or none that the kernel knows of, as a virtual machine's may: it
// leaves the one that runs something idle to that, while all others crowd on the rest. So this
// process lets go of its own for as long as it had it.
void rest_now_and_then() {
    constexpr long turn_us = 4000;
    struct sigaction rest = {};
    rest.sa_handler = [](int) {
        const timespec turn{0, turn_us * 1000};
        nanosleep(&turn, nullptr);
    };
    rest.sa_flags = SA_RESTART;
    sigaction(SIGPROF, &rest, nullptr);
    const itimerval of_its_time{{0, turn_us}, {0, turn_us}};
    setitimer(ITIMER_PROF, &of_its_time, nullptr);
}

// At low priority it gets what nobody else wants of processors and disk; an urgent one goes before
// the broker, whose journal grows meanwhile, where it may: root, or a limit (LimitNICE=). It ends
// with the broker that started it, so that it never writes beside another one's.
void serve_broker(const Flags& flags) {
    const auto priority = flags.find("--for-broker");
    if (priority == flags.end()) {
        return;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    go_first_out_of_memory();
    if (priority->second == "low") {
        constexpr int idle_class = 3;
        constexpr int class_shift = 13;
        constexpr int whole_process = 1;
        constexpr int lowest = 19;
        setpriority(PRIO_PROCESS, 0, lowest);  // where the next one is refused
        // Beside a mere nice value, each wake-up of the broker may wait for the end of a slice.
        const sched_param none{};
        sched_setscheduler(0, SCHED_IDLE, &none);
        rest_now_and_then();
        syscall(SYS_ioprio_set, whole_process, 0, idle_class << class_shift);
    } else {
        constexpr int before_others = -10;
        setpriority(PRIO_PROCESS, 0, before_others);
    }
}

// What a subcommand is called with. Its options are read: journal.dir is where it works.
struct Call {
    Options options;
    Flags flags;
    std::string operand;

    std::unique_ptr<journal::Disk> disk() const {
        return std::make_unique<journal::PosixDisk>(options.journal.dir, options.journal.sync);
    }

    std::string flag(std::string_view name) const {
        const auto found = flags.find(name);
        return found == flags.end() ? std::string() : found->second;
    }
};

Exit snapshot(const Call& call) {
    const auto& [options, flags, operand] = call;
    const auto disk = call.disk();
    serve_broker(flags);
    const auto lock = disk->lock("SNAPSHOT");
    if (!lock) {
        fmt::print("another snapshot is being taken\n");
        return Exit::not_started;
    }
    const journal::RecoveryOptions how{
        .writer = std::string(version),
        .report = [](std::string_view line) { fmt::print(stderr, "{}\n", line); }};
    const auto taken = take_snapshot(*disk, options.core, how);
    if (!taken) {
        fmt::print("no segment was sealed since the newest snapshot\n");
        return Exit::stopped;
    }
    std::printf(snapshot_line, taken->seq, taken->before, taken->bytes);
    std::printf(" events=%lu tasks=%lu\n", taken->events, taken->tasks);
    return Exit::stopped;
}

Exit verify(const Call& call) {
    const Verified found = verify_journal(*call.disk(), call.options.core);
    fmt::print("{}", found.said);
    for (const std::string& line : found.damage) {
        fmt::print(stderr, "{}\n", line);
    }
    return found.damage.empty() ? Exit::stopped : Exit::damaged;
}

Exit dump(const Call& call) {
    dump_journal(*call.disk(),
                 {.from = seq_of(call.flags, "--from"), .to = seq_of(call.flags, "--to")},
                 [](std::string_view line) { fmt::print("{}\n", line); });
    return Exit::stopped;
}

Exit repair(const Call& call) {
    const auto seq = seq_of(call.flags, "--truncate-at");
    if (!seq) {
        throw wrong("repair needs --truncate-at SEQ: the last event to keep (verify names one)");
    }
    fmt::print(
        "{}",
        repair_journal(
            *call.disk(), call.options.journal, call.options.core, *seq, std::string(version)));
    return Exit::stopped;
}

Exit backup(const Call& call) {
    if (call.flag("--to").empty()) {
        throw wrong("backup needs --to DIR: where it is made, absent or empty");
    }
    const auto reach =
        call.flags.contains("--history") ? journal::Reach::history : journal::Reach::snapshot;
    return run_backup(call.options, call.flag("--to"), reach);
}

Exit restore(const Call& call) {
    if (call.operand.empty()) {
        throw wrong("restore needs the directory of a backup: restore DIR [--to STATE_DIR]");
    }
    return run_restore(call.options, call.operand);
}

// Where the directory is named, how this host's broker is configured says nothing, nor what is
// wrong there. A file that is named is read.
void leave_defaults_out(Sources& sources) {
    std::vector<Fault> told_later;
    const CommandLine line = read_command_line(sources.arguments, told_later);
    const bool names_directory =
        std::ranges::find(line.settings, "journal.dir", &Setting::name) != line.settings.end();
    if (names_directory && !line.names_config) {
        sources.environment.clear();
        sources.arguments.insert(sources.arguments.end(), {"--config", "/dev/null"});
    }
}

using Command = Exit (*)(const Call&);

struct Subcommand {
    std::string_view name;
    Command run;
    // The flag that stands for journal.dir here, if there is one.
    std::string_view directory;
    bool has_operand = false;
};

constexpr std::array<Subcommand, 6> commands{{
    {"snapshot", snapshot, ""},
    {"verify", verify, ""},
    {"dump", dump, ""},
    {"repair", repair, ""},
    {"backup", backup, "--from"},
    {"restore", restore, "--to", true},
}};

// To the broker that asked, which says it where an operator looks; else to the operator.
Exit failed(Exit exit, std::string_view text, const Flags& flags) {
    fmt::print(flags.contains("--for-broker") ? stdout : stderr, "{}\n", text);
    return exit;
}

Exit failed(Exit exit, const std::exception& error, const Flags& flags) {
    return failed(exit, error.what(), flags);
}

Exit disk_failed(const journal::JournalError& error, const Call& call) {
    const std::string text = call.flags.contains("--for-broker")
                                 ? with_next_step(error, call.options.journal.dir)
                                 : with_next_step_of_tool(error);
    return failed(Exit::not_started, text, call.flags);
}

}  // namespace

bool is_journal_command(int argc, const char* const* argv) {
    return argc > 1 && std::string_view(argv[1]) == "journal";
}

Exit run_journal_command(const Sources& sources) {
    Sources rest = sources;
    std::vector<std::string>& words = rest.arguments;
    const std::string name = words.empty() ? "" : words.front();
    const auto command = std::ranges::find(commands, name, &Subcommand::name);
    if (command == commands.end()) {
        const bool asks = name == "--help" || name == "help";
        fmt::print(asks ? stdout : stderr, "{}", journal_usage);
        return asks ? Exit::stopped : Exit::configuration;
    }
    words.erase(words.begin());
    Call call;
    call.operand = command->has_operand ? take_operand(words) : std::string();
    call.flags = take_flags(words, {"--for-broker", "--from", "--to", "--truncate-at"});
    call.flags.merge(take_switches(words, {"--history"}));
    if (const std::string directory = call.flag(command->directory); !directory.empty()) {
        words.insert(words.end(), {"--journal.dir", directory});
    }
    leave_defaults_out(rest);
    call.options = parse_options(rest);
    if (call.options.mode != Mode::serve) {
        fmt::print("{}", journal_usage);
        return Exit::stopped;
    }
    const Flags& flags = call.flags;
    try {
        return command->run(call);
    } catch (const ConfigurationError&) {
        throw;
    } catch (const StateMismatch& error) {
        return failed(Exit::mismatch, error, flags);
    } catch (const journal::CorruptError& error) {
        return failed(Exit::damaged, error, flags);
    } catch (const journal::MissingError& error) {
        return failed(Exit::damaged, error, flags);
    } catch (const BackupError& error) {
        return failed(Exit::damaged, error, flags);
    } catch (const journal::UnsupportedError& error) {
        return failed(Exit::damaged, error, flags);
    } catch (const journal::JournalError& error) {
        return disk_failed(error, call);
    } catch (const std::exception& error) {
        return failed(Exit::not_started, error, flags);
    }
}

}  // namespace taskbbs::broker
