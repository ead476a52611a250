// Each check is a function over the facts; all of them run, so that everything is said at once.
#include "broker/start_check.hpp"

#include "broker/units.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace taskbbs::broker {

namespace {

using Weight = Finding::Weight;
using Findings = std::vector<Finding>;

constexpr std::uint32_t of_others = 0007;
constexpr std::uint32_t writable_by_group = 0020;

std::string state_option(const StartFacts& facts) {
    return fmt::format("journal.dir = {}", facts.state.directory.path);
}

bool is_directory(const PathFacts& path) {
    return path.kind == PathFacts::Kind::directory;
}

void check_state_directory(const Options&, const StartFacts& facts, Findings& found) {
    const PathFacts& dir = facts.state.directory;
    const auto add = [&](Weight weight, std::string cause, std::string next_step) {
        found.push_back({weight, state_option(facts), std::move(cause), std::move(next_step)});
    };
    const std::string make = fmt::format("install -d -m 0700 -o taskbbs -g taskbbs {}", dir.path);
    if (dir.kind == PathFacts::Kind::missing && dir.has_parent) {
        add(Weight::note,
            "it is not there yet",
            "the service makes it when it starts (StateDirectory=); else: " + make);
    } else if (dir.kind == PathFacts::Kind::missing) {
        add(Weight::fault, "neither it nor the directory above it is there", make);
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
    if (is_directory(dir) && (dir.mode & (of_others | writable_by_group)) != 0) {
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
        if (dir.kind == PathFacts::Kind::missing) {
            add(dir.has_parent ? Weight::note : Weight::fault,
                fmt::format("{} is not there", dir.path),
                "the service makes one when it starts (RuntimeDirectory=); else make it");
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

// Root reads everything; the broker's user is taken to be who has the state directory.
bool is_readable(const PathFacts& file, const PathFacts& state) {
    constexpr std::uint32_t by_owner = 0400;
    constexpr std::uint32_t by_group = 0040;
    constexpr std::uint32_t by_others = 0004;
    const std::uint32_t needed = file.owner == state.owner   ? by_owner
                                 : file.group == state.group ? by_group
                                                             : by_others;
    return (file.mode & needed) != 0;
}

void check_keys(const Options&, const StartFacts& facts, Findings& found) {
    const PathFacts& state = facts.state.directory;
    if (facts.user != 0 || !is_directory(state) || state.owner == 0) {
        return;  // whoever looks has tried to read them
    }
    for (const KeyFacts& key : facts.keys) {
        if (key.file.kind == PathFacts::Kind::other && !is_readable(key.file, state)) {
            found.push_back(
                {Weight::fault,
                 fmt::format("{} = {}", key.option, key.file.path),
                 fmt::format("user {}, whose the state directory is, may not read it", state.owner),
                 fmt::format("chown {}:{} {}", state.owner, state.group, key.file.path)});
        }
    }
}

using Check = void (*)(const Options&, const StartFacts&, Findings&);

constexpr auto checks = std::to_array<Check>({
    check_state_directory,
    check_rights,
    check_contents,
    check_space,
    check_disk,
    check_sockets,
    check_keys,
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
