// What `taskbbsd journal` does with a journal, as functions over a disk.
#pragma once

#include "broker/core/settings.hpp"
#include "broker/journal/disk.hpp"
#include "broker/journal/record.hpp"
#include "broker/journal/settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::broker {

// What a journal was found to be, as lines for people.
struct Verified {
    std::string said;                 // what holds, and what a start would serve
    std::vector<std::string> damage;  // what does not hold, each with what to do
    bool starts = false;              // a start would serve, whatever is damaged
};

// Does what a start would do; then reads every snapshot and every segment, and replays them; beside
// a broker that serves, what is sealed. Changes nothing. Where a start would be refused, that
// is said, and which snapshots hold. Throws JournalError, or std::runtime_error where there is no
// journal.
Verified verify_journal(journal::Disk& disk, const core::Settings& settings);

struct DumpRange {
    std::optional<journal::Seq> from;
    std::optional<journal::Seq> to;
};

// Hands over every event of the range as one line of JSON: its publication, and under "private"
// what the journal alone holds, bytes in base64. Throws CorruptError, UnsupportedError after what
// was whole was handed over; JournalError, or std::runtime_error where there is no journal.
void dump_journal(journal::Disk& disk,
                  const DumpRange& range,
                  const std::function<void(std::string_view)>& line);

// Ends the history behind event `last` (journal/truncate). Returns lines for people. Throws as
// truncate_history() does, and std::runtime_error where a snapshot of a later event holds: a start
// needs nothing that is before it, so there is no damage that such an end would mend.
std::string repair_journal(journal::Disk& disk,
                           const journal::Settings& settings,
                           const core::Settings& core,
                           journal::Seq last,
                           const std::string& writer);

}  // namespace taskbbs::broker
