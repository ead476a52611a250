// Snapshots are tried from the newest to the oldest.
#include "broker/journal/starting_point.hpp"

#include "broker/journal/batch_reader.hpp"
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"

#include <exception>
#include <fmt/format.h>

namespace taskbbs::journal {

namespace {

// No repair makes up for a snapshot: it would only cut events besides.
constexpr std::string_view only_a_backup =
    "Nothing was changed. No other snapshot holds and the segments do not reach back to the first "
    "event: no repair helps. Keep a copy of the whole directory before anything else. Then restore "
    "it from a backup";

std::string line_about(const std::string& name, std::string_view damage) {
    return fmt::format(
        "a snapshot is passed over: {}. No task is lost by that: what is older holds, and the "
        "segments behind it tell the rest. Repair nothing: the file is set aside as {}{}, to be "
        "looked at and removed, and the next snapshot takes its place",
        damage,
        name,
        bad_suffix);
}

[[noreturn]] void throw_first(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const CorruptError& damage) {
        throw damage.advising(only_a_backup);
    }
}

}  // namespace

StartingPoint starting_behind(const SnapshotHeader& header) {
    return {.next_seq = header.seq + 1,
            .chain = header.chain,
            .last_time = header.last_time,
            .digest = header.digest};
}

StartingPoint starting_at(Disk& disk, Seq first_seq) {
    const std::string name = segment_name(first_seq);
    const SegmentHeaderRead read = read_segment_header(*disk.open_to_read(name));
    if (!read.damage.empty()) {
        throw CorruptError(disk.directory() + "/" + name, 0, first_seq, read.damage);
    }
    return {.next_seq = first_seq, .chain = read.header.chain};
}

SnapshotHeader load_snapshot(Disk& disk, const std::string& name, const Visitor& visitor) {
    SnapshotReader reader(disk, name);
    const SnapshotHeader& header = reader.header();
    const auto refuse = [&](const std::string& what) {
        throw CorruptError(disk.directory() + "/" + name, 0, header.seq, what);
    };
    if (parse_snapshot_name(name) != header.seq) {
        refuse(fmt::format("by its header it is {}", snapshot_name(header.seq)));
    }
    std::uint64_t rows = 0;
    while (const auto row = reader.next()) {
        ++rows;
        if (visitor.on_read) visitor.on_read(row->size(), 0);
        if (visitor.on_row && !visitor.on_row(*row)) {
            refuse(fmt::format("row {} of it is not one that this version knows", rows));
        }
    }
    if (!visitor.digest) return header;
    const StateDigest made = visitor.digest();
    if (made.version == header.digest.version && made.value != header.digest.value) {
        refuse(fmt::format("its rows come to the state {:016x}, not {:016x} as it says",
                           made.value,
                           header.digest.value));
    }
    return header;
}

SnapshotChoice load_newest(Disk& disk,
                           const std::vector<Seq>& snapshots,
                           const std::vector<Seq>& segments,
                           const Visitor& visitor) {
    SnapshotChoice choice;
    std::exception_ptr first_failure;
    const auto pass_over = [&](const std::string& name, std::string damage) {
        if (!first_failure) first_failure = std::current_exception();
        choice.bad.push_back({name, std::move(damage)});
    };
    const std::vector<Seq> newest_first(snapshots.rbegin(), snapshots.rend());
    for (const Seq seq : newest_first) {
        const std::string name = snapshot_name(seq);
        try {
            if (visitor.on_begin) visitor.on_begin();
            const SnapshotHeader header = load_snapshot(disk, name, visitor);
            choice.from = starting_behind(header);
            choice.bytes = header.bytes;
            return choice;
        } catch (const UnsupportedError&) {
            throw;  // it is whole: whoever can read it is to go on from it
        } catch (const CorruptError& damage) {
            pass_over(name, damage.damage());
        } catch (const std::runtime_error& failure) {
            pass_over(name, failure.what());
        }
    }
    const bool from_the_first = !segments.empty() && segments.front() == 1;
    if (first_failure && !from_the_first) throw_first(first_failure);
    if (visitor.on_begin) visitor.on_begin();
    return choice;
}

void set_aside(Disk& disk, const std::vector<PassedOver>& snapshots, const Report& report) {
    for (const auto& [name, damage] : snapshots) {
        say(report, line_about(name, damage));
        disk.rename(name, name + std::string(bad_suffix));
    }
    if (!snapshots.empty()) disk.sync_directory();
}

}  // namespace taskbbs::journal
