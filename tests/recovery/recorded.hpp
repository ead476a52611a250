// A journal that the daemon's own parts have written, on a disk in memory: segments, two snapshots,
// what lies between them; and the judgement of what recovery makes of it once it was damaged.
#pragma once

#include "tests/recovery/life.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace taskbbs::recovery_test {

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

// All contents by name.
std::map<std::string, std::string> contents(MemoryDisk& disk);

// The text of a refusal is one that an operator can act on.
void require_helpful(const std::string& text);

}  // namespace taskbbs::recovery_test
