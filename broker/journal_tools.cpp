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
    std::unique_ptr<journal::File> lock;  // null: a broker serves
};

Files files_of(Disk& disk) {
    const std::vector<std::string> names = disk.list();
    Files files{.segments = journal::segments_of(names), .snapshots = journal::snapshots_of(names)};
    if (files.segments.empty()) {
        throw std::runtime_error(fmt::format("{}: there is no journal here", disk.directory()));
    }
    files.lock = disk.lock(std::string(journal::lock_name));
    return files;
}

void run(Disk& disk, Replay& replay, const Files& files) {
    if (files.lock) {
        replay.run(files.segments);
        journal::check_end_mark(disk, *files.lock, replay.tail());
    } else {
        replay.run_sealed(files.segments);
    }
}

// Replays from the oldest snapshot that the segments go on from, or from the first event.
std::string replay_all(Disk& disk, const core::Settings& settings, const Files& files) {
    std::optional<Fold> fold;
    const journal::Visitor visitor = visitor_of(fold, settings, disk.directory());
    visitor.on_begin();
    journal::StartingPoint from;
    const Seq first = files.segments.front();
    const auto oldest = std::ranges::lower_bound(files.snapshots, first - 1);
    if (first > 1 && oldest != files.snapshots.end()) {
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

std::string tail_of(const Replay& replay, const Files& files) {
    if (!files.lock) {
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

std::string verify_journal(Disk& disk, const core::Settings& settings) {
    const Files files = files_of(disk);
    std::string said;
    for (const Seq seq : files.snapshots) {
        std::optional<Fold> fold;
        const journal::Visitor visitor = visitor_of(fold, settings, disk.directory());
        visitor.on_begin();
        const auto header = journal::load_snapshot(disk, journal::snapshot_name(seq), visitor);
        said += fmt::format("{}: holds; {} rows, state {:016x}\n",
                            journal::snapshot_name(seq),
                            header.rows,
                            header.digest.value);
    }
    const journal::Visitor nobody;
    Replay all(disk, journal::starting_at(disk, files.segments.front()), nobody);
    run(disk, all, files);
    said += fmt::format("segments: {} hold; events {} to {}\n",
                        all.segments(),
                        files.segments.front(),
                        all.tail().next_seq - 1);
    said += tail_of(all, files);
    return said + replay_all(disk, settings, files);
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
    Replay replay(disk, journal::starting_at(disk, files.segments.front()), visitor);
    run(disk, replay, files);
}

std::string repair_journal(Disk& disk,
                           const journal::Settings& settings,
                           Seq last,
                           const std::string& writer) {
    const journal::Truncated truncated = journal::truncate_history(disk, settings, last, writer);
    std::string said = fmt::format(
        "the history ends with event {} and goes on as log {}\n", truncated.last, truncated.log);
    for (const std::string& name : truncated.kept) {
        said += fmt::format("kept: {}\n", name);
    }
    return said;
}

}  // namespace taskbbs::broker
