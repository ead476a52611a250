// Each check is a function over the facts; all of them run, so that everything is said at once.
#include "broker/start_check.hpp"

#include "broker/open_files.hpp"
#include "broker/units.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace taskbbs::broker {

namespace {

using Weight = Finding::Weight;
using Findings = std::vector<Finding>;

constexpr std::uint32_t any_of_others = 0007;
constexpr std::uint32_t writable_by_group = 0020;

// What systemd/taskbbsd.service makes by itself: StateDirectory=, RuntimeDirectory=.
constexpr std::string_view unit_state = "/var/lib/taskbbs";
constexpr std::string_view unit_runtime = "/run/taskbbs";

bool is_same_directory(std::string_view path, std::string_view unit) {
    return path == unit || path == std::string(unit) + '/';
}

std::string state_option(const StartFacts& facts) {
    return fmt::format("journal.dir = {}", facts.state.directory.path);
}

bool is_directory(const PathFacts& path) {
    return path.kind == PathFacts::Kind::directory;
}

// Of a path whatever lies there: nothing more is known of it then.
Finding unreachable(const StartFacts& facts, std::string where, const PathFacts& path) {
    return {Weight::fault,
            std::move(where),
            fmt::format("user {} may not pass through {}", facts.user, path.barrier),
            fmt::format("choose a path that this user can reach, or chmod a+x {}", path.barrier)};
}

void check_state_directory(const Options&, const StartFacts& facts, Findings& found) {
    const PathFacts& dir = facts.state.directory;
    const auto add = [&](Weight weight, std::string cause, std::string next_step) {
        found.push_back({weight, state_option(facts), std::move(cause), std::move(next_step)});
    };
    const std::string make = fmt::format("install -d -m 0700 -o taskbbs -g taskbbs {}", dir.path);
    const bool is_missing = dir.kind == PathFacts::Kind::missing;
    if (!dir.barrier.empty()) {
        found.push_back(unreachable(facts, state_option(facts), dir));
    } else if (is_missing && is_same_directory(dir.path, unit_state) && dir.has_parent) {
        add(Weight::note,
            "it is not there yet",
            "the service makes it when it starts (StateDirectory=); else: " + make);
    } else if (is_missing) {
        add(Weight::fault,
            dir.has_parent ? "it is not there, and a start does not make it"
                           : "neither it nor the directory above it is there",
            make);
    } else if (!is_directory(dir)) {
        add(Weight::fault, "it is no directory", "choose another path, or move what lies there");
    } else if (dir.read_only) {
        add(Weight::fault,
            "its file system is read-only here",
            fmt::format("under systemd: systemctl edit taskbbsd, [Service] ReadWritePaths={}; else "
                        "mount it to be written to",
                        dir.path));
    } else if (!dir.usable) {
        add(Weight::fault,
            fmt::format("user {} may not read and write it; it belongs to user {}, mode {}",
                        facts.user,
                        dir.owner,
                        format_mode(dir.mode)),
            "give it to the broker's user (chown), or check as that user: runuser -u taskbbs -- "
            "taskbbsd --check-config");
    }
}

// Who can read a journal reads every payload; who can write to it decides what the board holds.
void check_rights(const Options&, const StartFacts& facts, Findings& found) {
    const PathFacts& dir = facts.state.directory;
    if (is_directory(dir) && (dir.mode & (any_of_others | writable_by_group)) != 0) {
        found.push_back({Weight::note,
                         state_option(facts),
                         fmt::format("its mode {} lets in more than its owner, and payloads lie "
                                     "in it",
                                     format_mode(dir.mode)),
                         fmt::format("chmod 0700 {}", dir.path)});
    }
    if (is_directory(dir) && facts.user == 0 && dir.owner != 0) {
        found.push_back({Weight::note,
                         state_option(facts),
                         fmt::format("it belongs to user {}, and root checks: what that user may "
                                     "not do is not seen",
                                     dir.owner),
                         "runuser -u taskbbs -- taskbbsd --check-config"});
    }
}

void check_contents(const Options&, const StartFacts& facts, Findings& found) {
    const std::string& path = facts.state.directory.path;
    if (facts.state.is_backup) {
        found.push_back({Weight::fault,
                         state_option(facts),
                         "it holds a backup, or a restore that did not come to its end",
                         fmt::format("of a backup: taskbbsd journal restore {} --to STATE_DIR; "
                                     "after a restore: empty it, and restore again",
                                     path)});
    }
}

// As of a copy that another user made.
void check_journal_files(const Options&, const StartFacts& facts, Findings& found) {
    const StateFacts& state = facts.state;
    const PathFacts& file = state.closed;
    if (state.closed_files == 0 || !state.directory.usable) {
        return;
    }
    const std::size_t others = state.closed_files - 1;
    found.push_back(
        {Weight::fault,
         state_option(facts),
         fmt::format("user {} may not open {}{}: it belongs to user {}, mode {}",
                     facts.user,
                     file.path,
                     others > 0 ? fmt::format(" (nor {} more files there)", others) : "",
                     file.owner,
                     format_mode(file.mode)),
         file.owner == facts.user
             ? fmt::format("chmod -R u+rwX {}", state.directory.path)
             : fmt::format("chown -R {} {}", facts.user, state.directory.path)});
}

void check_space(const Options& options, const StartFacts& facts, Findings& found) {
    const StateFacts& state = facts.state;
    if (!is_directory(state.directory)) {
        return;
    }
    const std::uint64_t segment = options.journal.segment_bytes;
    const std::uint64_t wanted = options.journal.reserve_bytes + 2 * segment;
    const std::uint64_t there = state.free_bytes + state.held_bytes;
    if (!state.has_journal && there < segment) {
        found.push_back({Weight::fault,
                         state_option(facts),
                         fmt::format("{} bytes are free: no room for the first segment, of {}",
                                     state.free_bytes,
                                     format_size(segment)),
                         "free space, or lower journal.segment_bytes"});
    } else if (there < wanted) {
        found.push_back(
            {Weight::note,
             state_option(facts),
             fmt::format("{} bytes are free or held: less than journal.reserve_bytes and two "
                         "segments, so new tasks are refused (read_only)",
                         there),
             fmt::format("free {} bytes, or lower journal.reserve_bytes", wanted - there)});
    }
}

void check_disk(const Options& options, const StartFacts& facts, Findings& found) {
    const StateFacts& state = facts.state;
    if (!state.volatile_as.empty() && options.journal.sync == journal::Sync::always) {
        found.push_back({Weight::note,
                         state_option(facts),
                         fmt::format("it is on {}: the board is gone when the machine restarts",
                                     state.volatile_as),
                         "choose a directory on a disk; for tests, journal.sync = never"});
    }
    if (!state.remote_as.empty()) {
        found.push_back({Weight::note,
                         state_option(facts),
                         fmt::format("it is on {}: what a sync promises there, another machine "
                                     "has to keep",
                                     state.remote_as),
                         "choose a directory on a disk of this machine"});
    }
}

void check_sockets(const Options&, const StartFacts& facts, Findings& found) {
    for (const SocketFacts& socket : facts.sockets) {
        const PathFacts& dir = socket.directory;
        const std::string where = fmt::format("{} = ipc://{}", socket.option, socket.file.path);
        const auto add = [&](Weight weight, std::string cause, std::string next_step) {
            found.push_back({weight, where, std::move(cause), std::move(next_step)});
        };
        const bool is_missing = dir.kind == PathFacts::Kind::missing;
        if (!dir.barrier.empty()) {
            found.push_back(unreachable(facts, where, dir));
        } else if (is_missing && is_same_directory(dir.path, unit_runtime) && dir.has_parent) {
            add(Weight::note,
                fmt::format("{} is not there", dir.path),
                "the service makes it when it starts (RuntimeDirectory=); else make it");
        } else if (is_missing) {
            add(Weight::fault,
                fmt::format("{} is not there, and a start does not make it", dir.path),
                fmt::format("install -d -m 0750 -o taskbbs -g taskbbs {}, or choose a path in {}, "
                            "which the service makes",
                            dir.path,
                            unit_runtime));
        } else if (!is_directory(dir) || !dir.usable) {
            add(Weight::fault,
                fmt::format("user {} can't make files in {}", facts.user, dir.path),
                "choose a directory of the broker's user, or chown it");
        }
        if (socket.file.kind == PathFacts::Kind::directory ||
            socket.file.kind == PathFacts::Kind::other) {
            add(Weight::fault, "what lies there is no socket", "move it, or choose another path");
        }
    }
}

void check_interfaces(const Options&, const StartFacts& facts, Findings& found) {
    for (const InterfaceFacts& one : facts.interfaces) {
        if (!one.is_there) {
            found.push_back({Weight::fault,
                             fmt::format("{} = {}", one.option, one.endpoint),
                             fmt::format("this host has no network interface {}", one.name),
                             "write one of those that it has (ip link), an address of it, or *"});
        }
    }
}

// Whoever looks for themselves has tried to read them.
void check_files(const Options&, const StartFacts& facts, Findings& found) {
    if (!facts.for_service) {
        return;
    }
    std::vector<KeyFacts> files = facts.keys;
    files.push_back({"--config", facts.config});
    for (const auto& [option, file] : files) {
        const std::string where = fmt::format("{} = {}", option, file.path);
        if (!file.barrier.empty()) {
            found.push_back(unreachable(facts, where, file));
        } else if (file.kind == PathFacts::Kind::other && !file.readable) {
            found.push_back({Weight::fault,
                             where,
                             fmt::format("user {}, the service's, may not read it: it belongs to "
                                         "user {}, mode {}",
                                         facts.user,
                                         file.owner,
                                         format_mode(file.mode)),
                             fmt::format("chown {} {}", facts.user, file.path)});
        }
    }
}

// A note: the service has a limit of its own, which is not seen here.
void check_open_files(const Options& options, const StartFacts& facts, Findings& found) {
    const std::size_t possible = connections_within(facts.open_files);
    const std::uint64_t wanted = options.core.limits.connections;
    if (possible < wanted) {
        found.push_back(
            {Weight::note,
             fmt::format("limits.connections = {}", wanted),
             fmt::format(
                 "the limit of open files here, {}, allows {} of them", facts.open_files, possible),
             "the service has LimitNOFILE= of its own (systemctl edit taskbbsd); else "
             "raise it: ulimit -n"});
    }
}

using Check = void (*)(const Options&, const StartFacts&, Findings&);

constexpr auto checks = std::to_array<Check>({
    check_state_directory,
    check_rights,
    check_contents,
    check_journal_files,
    check_space,
    check_disk,
    check_sockets,
    check_interfaces,
    check_files,
    check_open_files,
});

}  // namespace

std::vector<Finding> findings_of(const Options& options, const StartFacts& facts) {
    Findings found;
    for (const Check check : checks) {
        check(options, facts, found);
    }
    std::ranges::stable_sort(found, std::greater<>(), &Finding::weight);
    return found;
}

bool has_fault(const std::vector<Finding>& findings) {
    return std::ranges::find(findings, Weight::fault, &Finding::weight) != findings.end();
}

std::string text_of(const std::vector<Finding>& findings) {
    std::string text;
    for (const Finding& one : findings) {
        const bool is_note = one.weight == Weight::note;
        text += fmt::format(
            "{}{}: {}; {}\n", is_note ? "note: " : "", one.where, one.cause, one.next_step);
    }
    return text;
}

}  // namespace taskbbs::broker
