// The names of the ways.
#include "tests/simulation/branches.hpp"

#include "broker/journal/names.hpp"

#include <array>

namespace taskbbs::simulation {

namespace {

// All of them, so that one that is never taken shows as 0.
constexpr std::array all{"clean_stop",
                         "crash_within_recovery",
                         "empty_last_segment",
                         "from_events_alone",
                         "from_newest_snapshot",
                         "from_older_snapshot",
                         "new_journal",
                         "seal_mended",
                         "several_segments",
                         "temporary_removed",
                         "torn_tail_kept",
                         "valid_part_copied",
                         "whole_tail"};

}  // namespace

Branches::Branches(journal::MemoryDisk& disk) : disk_(disk) {
    disk.on_call = [this](const char* operation, const std::string& name) {
        see(operation, name);
        return std::nullopt;
    };
}

Branches::~Branches() {
    disk_.on_call = nullptr;
}

void Branches::see(const std::string& operation, const std::string& name) {
    const bool temporary = journal::is_temporary(name);
    if (operation == "write" && journal::parse_segment_name(name)) taken_.insert("seal_mended");
    if (operation == "unlink" && temporary) taken_.insert("temporary_removed");
    if (operation == "rename" && temporary) taken_.insert("valid_part_copied");
    if (operation == "rename" && journal::parse_snapshot_name(name))
        taken_.insert("from_older_snapshot");
}

void Branches::note(const journal::Recovered& recovered, bool crash_within) {
    const auto take = [&](bool taken, const char* name) {
        if (taken) taken_.insert(name);
    };
    take(recovered.fresh, "new_journal");
    take(recovered.clean_stop, "clean_stop");
    take(recovered.torn_bytes > 0, "torn_tail_kept");
    take(!recovered.fresh && !recovered.clean_stop && recovered.torn_bytes == 0, "whole_tail");
    take(recovered.snapshot > 0 && !taken_.contains("from_older_snapshot"), "from_newest_snapshot");
    take(!recovered.fresh && recovered.snapshot == 0, "from_events_alone");
    take(recovered.segments > 1, "several_segments");
    take(recovered.tail.offset == journal::segment_header_bytes, "empty_last_segment");
    take(crash_within, "crash_within_recovery");
}

void Branches::count(Tally& tally) const {
    for (const char* const name : all)
        tally.branches[name] += taken_.contains(name) ? 1 : 0;
}

}  // namespace taskbbs::simulation
