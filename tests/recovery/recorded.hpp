// A journal that the daemon's own parts have written, on a disk in memory: segments, two snapshots,
// what lies between them; and the judgement of what recovery makes of it once it was damaged.
#pragma once

#include "broker/core/snapshot.hpp"
#include "broker/journal/record.hpp"
#include "broker/recover.hpp"
#include "tests/journal/memory_disk.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace taskbbs::recovery_test {

using journal::MemoryDisk;
using journal::Seq;

inline constexpr std::size_t block_bytes = 4096;

// A board, as far as it can be compared: equal digests, equal boards.
struct State {
    Seq seq = 0;
    core::Digest digest = 0;

    bool operator==(const State&) const = default;
};

struct Recorded {
    std::unique_ptr<MemoryDisk> disk;
    State end;
    State before_last;             // without the last batch that holds events
    std::string newest;            // the segment in use
    std::uint64_t last_batch = 0;  // where in it that batch begins
    std::uint64_t tail = 0;        // where in it the next batch would go

    std::vector<std::string> segments() const;
    std::vector<std::string> snapshots() const;
    // Both.
    std::vector<std::string> files() const;
    // The segment lies behind the newest snapshot: recovery reads it.
    bool is_read(const std::string& segment) const;
};

// How it ended. `killed`: the last batch is confirmed by nothing.
enum class End { stopped, killed };

// The same each time but for the journal's identity, which comes from the seed. The segments before
// the older snapshot are retired.
Recorded record(End end, unsigned seed = 1);

// Runs that had nothing to do, one after the other, until a segment took the place of the one that
// was full of their empty batches; then one event, and a kill. There is no snapshot.
Recorded record_idle_runs();

enum class Verdict {
    refused,   // by a message that helps, and nothing was changed
    harmless,  // the state is the one that was acknowledged
    cut,       // the state is the one before the last batch: damage looked like a torn write
};

// Recovers as the daemon does. Anything else than the verdicts fails the test.
Verdict judge(MemoryDisk& damaged, const Recorded& recorded);
// And once more where it succeeded: that must come to the same.
Verdict judge_twice(MemoryDisk& damaged, const Recorded& recorded);

// As the daemon does when it starts.
broker::RecoveredBoard recover(MemoryDisk& disk);

// All contents by name.
std::map<std::string, std::string> contents(MemoryDisk& disk);

// The text of a refusal is one that an operator can act on.
void require_helpful(const std::string& text);

core::Settings board_settings();
journal::Settings journal_settings();

}  // namespace taskbbs::recovery_test
