// Reading a journal for people.
#include "broker/journal_tools.hpp"

#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/replay.hpp"
#include "broker/journal/starting_point.hpp"
#include "broker/journal/truncate.hpp"
#include "broker/recover.hpp"
#include "protocol/fields.hpp"

#include <absl/strings/escaping.h>
#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <nlohmann/json.hpp>

namespace taskbbs::broker {

namespace {

using journal::Disk;
using journal::Replay;
using journal::Seq;
using Json = nlohmann::ordered_json;

// The directory's files, and whether nobody else writes to them.
struct Files {
    std::vector<Seq> segments;
    std::vector<Seq> snapshots;
    std::unique_ptr<journal::File> lock;  // null: a broker serves, or there is no LOCK
    bool serves = false;                  // a broker does
};

// Only read, so that it works where nobody may write. Every broker makes a LOCK.
Files files_of(Disk& disk) {
    const std::vector<std::string> names = disk.list();
    Files files{.segments = journal::segments_of(names), .snapshots = journal::snapshots_of(names)};
    if (files.segments.empty()) {
        throw std::runtime_error(fmt::format("{}: there is no journal here", disk.directory()));
    }
    const std::string lock(journal::lock_name);
    if (std::ranges::find(names, lock) != names.end()) {
        files.lock = disk.lock_to_read(lock);
        files.serves = !files.lock;
    }
    return files;
}

void run(Disk& disk, Replay& replay, const Files& files) {
    if (files.serves) {
        replay.run_sealed(files.segments);
        return;
    }
    replay.run(files.segments);
    if (files.lock) {
        journal::check_end_mark(disk, *files.lock, replay.tail());
    }
}

std::string tail_of(const Replay& replay, const Files& files) {
    if (files.serves) {
        return "a broker serves from this directory: the segment in use was left out\n";
    }
    const journal::Tail& tail = replay.tail();
    if (replay.data_end() > tail.offset) {
        return fmt::format(
            "{}: a torn write of {} bytes behind event {}, never acknowledged; the "
            "next start cuts it and keeps it\n",
            tail.file,
            replay.data_end() - tail.offset,
            tail.next_seq - 1);
    }
    return tail.confirmed ? "" : "the last batch is not confirmed by another one behind it\n";
}

// ---- verify ----------------------------------------------------------------------------------

// What a start would come to.
struct Start {
    Seq snapshot = 0;  // its last event; 0: it begins with the first event of all
    Seq seq = 0;
    std::uint64_t tasks = 0;

    std::string begins_with() const {
        return snapshot == 0 ? "the first event" : journal::snapshot_name(snapshot);
    }
};

// By what a start does, but for what that changes.
Start start(Disk& disk, const core::Settings& settings, const Files& files, std::string& said) {
    std::optional<Fold> fold;
    const journal::Visitor visitor = visitor_of(fold, settings, disk.directory());
    const auto choice = journal::load_newest(disk, files.snapshots, files.segments, visitor);
    Replay replay(disk, choice.from, visitor);
    run(disk, replay, files);
    const Start start{.snapshot = choice.from.next_seq - 1,
                      .seq = replay.tail().next_seq - 1,
                      .tasks = fold->board().tasks().size()};
    said += fmt::format("a start serves {} tasks as of event {}: it begins with {}\n",
                        start.tasks,
                        start.seq,
                        start.begins_with());
    said += tail_of(replay, files);
    return start;
}

std::string keeps_all(const Start& start) {
    return fmt::format("No task is lost: a start begins with {} and serves all events up to {}.",
                       start.begins_with(),
                       start.seq);
}

// Throws CorruptError, UnsupportedError where it does not hold.
journal::SnapshotHeader read_snapshot(Disk& disk, const core::Settings& settings, Seq seq) {
    std::optional<Fold> fold;
    const journal::Visitor visitor = visitor_of(fold, settings, disk.directory());
    visitor.on_begin();
    return journal::load_snapshot(disk, journal::snapshot_name(seq), visitor);
}

// Where a start is refused: no advice but one, which is above.
std::string states_of_snapshots(Disk& disk, const core::Settings& settings, const Files& files) {
    std::string said;
    for (const Seq seq : files.snapshots) {
        const std::string name = journal::snapshot_name(seq);
        try {
            read_snapshot(disk, settings, seq);
            said += fmt::format("{}: holds\n", name);
        } catch (const journal::CorruptError& error) {
            said += fmt::format("{}: damaged: {}\n", name, error.finding());
        } catch (const journal::UnsupportedError& error) {
            said += fmt::format("{}: {}\n", name, error.what());
        }
    }
    return said;
}

// Returns those that hold.
std::vector<Seq> verify_snapshots(Disk& disk,
                                  const core::Settings& settings,
                                  const Files& files,
                                  const Start& start,
                                  Verified& found) {
    std::vector<Seq> holding;
    for (const Seq seq : files.snapshots) {
        const std::string name = journal::snapshot_name(seq);
        try {
            const auto header = read_snapshot(disk, settings, seq);
            found.said += fmt::format(
                "{}: holds; {} rows, state {:016x}\n", name, header.rows, header.digest.value);
            holding.push_back(seq);
        } catch (const journal::CorruptError& error) {
            const auto advice = fmt::format(
                "{} Repair nothing, which would cut acknowledged events: move {} out of the "
                "directory, or leave it. A start passes over it, and the next snapshots take its "
                "place",
                keeps_all(start),
                name);
            found.damage.emplace_back(error.advising(advice).what());
        } catch (const journal::UnsupportedError& error) {
            found.damage.emplace_back(error.what());
        }
    }
    return holding;
}

// Replays from the oldest snapshot that holds and that the segments go on from, or from the first
// event.
std::string replay_all(Disk& disk,
                       const core::Settings& settings,
                       const Files& files,
                       const std::vector<Seq>& snapshots) {
    std::optional<Fold> fold;
    const journal::Visitor visitor = visitor_of(fold, settings, disk.directory());
    visitor.on_begin();
    journal::StartingPoint from;
    const Seq first = files.segments.front();
    const auto oldest = std::ranges::lower_bound(snapshots, first - 1);
    if (first > 1 && oldest != snapshots.end()) {
        const auto header = journal::load_snapshot(disk, journal::snapshot_name(*oldest), visitor);
        from = journal::starting_behind(header);
    }
    Replay replay(disk, from, visitor);
    run(disk, replay, files);
    return fmt::format("replayed: {} events from {} on; {} tasks, state {:016x} as journaled\n",
                       replay.events(),
                       from.next_seq,
                       fold->board().tasks().size(),
                       fold->digest().value);
}

// All of it, whether a start needs it or not.
std::string read_history(Disk& disk,
                         const core::Settings& settings,
                         const Files& files,
                         const std::vector<Seq>& snapshots) {
    const journal::Visitor nobody;
    Replay all(disk, journal::starting_at(disk, files.segments.front()), nobody);
    run(disk, all, files);
    return fmt::format("segments: {} hold; events {} to {}\n",
                       all.segments(),
                       files.segments.front(),
                       all.tail().next_seq - 1) +
           replay_all(disk, settings, files, snapshots);
}

// `read` reads what a start has no need of.
void verify_history(const std::function<std::string()>& read, const Start& start, Verified& found) {
    try {
        found.said += read();
    } catch (const journal::CorruptError& error) {
        const auto advice = fmt::format(
            "{} Only replay and history lack what is damaged. Repair nothing, "
            "which would cut acknowledged events: the segments before {} go when they are older "
            "than journal.retain_for, or move them out of the directory",
            keeps_all(start),
            journal::segment_name(start.snapshot + 1));
        found.damage.emplace_back(error.advising(advice).what());
    } catch (const journal::UnsupportedError& error) {
        found.damage.emplace_back(error.what());
    }
}

// ---- repair ----------------------------------------------------------------------------------

void check_no_later_snapshot(Disk& disk, const core::Settings& settings, Seq last) {
    const std::vector<Seq> snapshots = journal::snapshots_of(disk.list());
    for (const Seq seq : snapshots) {
        if (seq <= last) {
            continue;
        }
        try {
            read_snapshot(disk, settings, seq);
        } catch (const journal::CorruptError&) {
            continue;
        }
        throw std::runtime_error(fmt::format(
            "journal: {0} holds: a start needs nothing before event {1}, and to end the history "
            "with event {2} would cut acknowledged events. Nothing was changed. What is damaged, "
            "and what to do: taskbbsd journal verify --journal.dir {3}. To go back to event {2} "
            "all the same, move the snapshots of later events out of the directory first",
            journal::snapshot_name(seq),
            seq + 1,
            last,
            disk.directory()));
    }
}

// ---- JSON ------------------------------------------------------------------------------------

Json without_binary(const Json& value) {
    if (value.is_binary()) {
        const auto& bytes = value.get_binary();
        return absl::Base64Escape(
            absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    }
    if (!value.is_structured()) {
        return value;
    }
    Json copy = value;
    for (auto& [key, member] : copy.items()) {
        member = without_binary(member);
    }
    return copy;
}

Json parsed(std::string_view bytes) {
    return without_binary(Json::from_msgpack(bytes.begin(), bytes.end(), true, false));
}

// What the private part's short names stand for (core/record).
Json private_part(std::string_view rest) {
    static const std::map<std::string, std::string, std::less<>> names{{"p", "payload"},
                                                                       {"a", "annotation"},
                                                                       {"r", "result"},
                                                                       {"s", "session"},
                                                                       {"i", "request"},
                                                                       {"k", "acked"},
                                                                       {"v", "verb"}};
    const Json fields = parsed(rest);
    Json named = Json::object();
    for (const auto& [key, value] : fields.items()) {
        const auto name = names.find(key);
        named[name == names.end() ? key : name->second] = value;
    }
    return named;
}

std::string json_of(const journal::Record& record) {
    Json event = parsed(record.body);
    event["private"] = private_part(record.rest);
    return event.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Verified verify_journal(Disk& disk, const core::Settings& settings) {
    const Files files = files_of(disk);
    Verified found;
    Start begins;
    try {
        begins = start(disk, settings, files, found.said);
        found.starts = true;
    } catch (const journal::CorruptError& error) {
        found.damage.emplace_back(error.what());
    } catch (const journal::UnsupportedError& error) {
        found.damage.emplace_back(error.what());
    }
    if (!found.starts) {
        found.said = "a start is refused (exit code 75), and changes nothing\n";
        found.said += states_of_snapshots(disk, settings, files);
        return found;
    }
    const std::vector<Seq> holding = verify_snapshots(disk, settings, files, begins, found);
    verify_history([&] { return read_history(disk, settings, files, holding); }, begins, found);
    return found;
}

void dump_journal(Disk& disk,
                  const DumpRange& range,
                  const std::function<void(std::string_view)>& line) {
    const Files files = files_of(disk);
    const Seq from = range.from.value_or(1);
    const Seq to = range.to.value_or(protocol::max_integer);
    journal::Visitor visitor;
    visitor.on_record = [&](const journal::Record& record) {
        if (record.seq >= from && record.seq <= to) {
            line(json_of(record));
        }
    };
    try {
        Replay replay(disk, journal::starting_at(disk, files.segments.front()), visitor);
        run(disk, replay, files);
    } catch (const journal::CorruptError& error) {
        throw error.advising(
            fmt::format("What that costs, and what to do: taskbbsd journal verify --journal.dir {}",
                        disk.directory()));
    }
}

std::string repair_journal(Disk& disk,
                           const journal::Settings& settings,
                           const core::Settings& core,
                           Seq last,
                           const std::string& writer) {
    const auto lock = disk.lock(std::string(journal::lock_name));
    if (!lock) {
        throw journal::LockedError(disk.directory());
    }
    check_no_later_snapshot(disk, core, last);
    const journal::Truncated truncated = journal::end_history(disk, *lock, settings, last, writer);
    std::string said = fmt::format(
        "the history ends with event {} and goes on as log {}\n", truncated.last, truncated.log);
    for (const std::string& name : truncated.kept) {
        said += fmt::format("kept: {}\n", name);
    }
    return said;
}

}  // namespace taskbbs::broker
