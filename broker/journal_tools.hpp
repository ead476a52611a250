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

namespace taskbbs::broker {

// Reads every snapshot and every segment, and replays them; beside a broker that serves, what is
// sealed. Changes nothing. Returns lines for people; throws CorruptError, UnsupportedError,
// JournalError, or std::runtime_error where there is no journal.
std::string verify_journal(journal::Disk& disk, const core::Settings& settings);

struct DumpRange {
    std::optional<journal::Seq> from;
    std::optional<journal::Seq> to;
};

// Hands over every event of the range as one line of JSON: its publication, and under "private"
// what the journal alone holds, bytes in base64. Throws as verify_journal() does, after what was
// whole was handed over.
void dump_journal(journal::Disk& disk,
                  const DumpRange& range,
                  const std::function<void(std::string_view)>& line);

// Ends the history behind event `last` (journal/truncate). Returns lines for people.
std::string repair_journal(journal::Disk& disk,
                           const journal::Settings& settings,
                           journal::Seq last,
                           const std::string& writer);

}  // namespace taskbbs::broker
