// The board's state as flat rows: what of it follows from the journal, and nothing else. One
// definition for two uses: a row's hash is its share of the board's digest, its bytes are what a
// snapshot holds (docs/journal-format.md, "Snapshot").
#pragma once

#include "broker/core/executor_record.hpp"
#include "broker/core/task_record.hpp"
#include "broker/core/terms.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace taskbbs::core {

static_assert(std::endian::native == std::endian::little, "rows are little-endian as they lie");

// A sum, modulo 2^64, of the hashes of rows: a change takes the old row's hash out and puts the new
// one's in.
using Digest = std::uint64_t;

// What the digests mean. Another number where a row, or what an event does to it, changes: digests
// of different numbers are not compared.
inline constexpr std::uint32_t digest_version = 1;

// Times and spans in nanoseconds and milliseconds, as in the records.
struct TaskNumbers {
    std::int64_t created_at = 0;
    std::int64_t pending_since = 0;
    std::int64_t updated_at = 0;
    std::int64_t completed_at = 0;
    std::int64_t not_before = 0;
    std::int64_t born = 0;
    std::int64_t seq = 0;
    std::int64_t epoch = 0;
    std::int64_t memory_mb = 0;
    std::int64_t disk_mb = 0;
    std::int64_t cpu_percent = 0;
    std::int64_t run_timeout = 0;
    std::int64_t time_to_claim = 0;
    std::int32_t priority = 0;
    std::uint16_t max_rejections = 0;
    std::uint16_t rejection_count = 0;
    std::uint8_t state = 0;
    std::uint8_t on_executor_lost = 0;
    std::uint8_t failed = 0;
    std::uint8_t kicks = 0;
    std::uint32_t zero = 0;
};

static_assert(std::has_unique_object_representations_v<TaskNumbers>, "every byte is hashed");

TaskNumbers numbers_of(const TaskRecord& task, const Terms& terms);
// All but its terms.
void set_numbers(TaskRecord& task, const TaskNumbers& numbers);
Terms terms_of(const TaskNumbers& numbers);

struct TaskRow {
    TaskNumbers numbers;
    std::string_view domain, stack, executor_id;
    std::string_view guid, type, annotation, payload;
    std::string_view container_handle, failure_reason, rejection_reason, result;
};

// Of the words that a task shares with others, whose hashes are kept with the words.
struct StandingHashes {
    Digest domain = 0;
    Digest stack = 0;
    Digest executor = 0;
};

// A task's share comes in three parts, so that a transition does not hash the payload again.
Digest standing_digest(const TaskNumbers& numbers, const StandingHashes& hashes);
Digest request_digest(Seq born, const std::array<std::string_view, 4>& texts);
Digest outcome_digest(Seq born, const std::array<std::string_view, 4>& texts);  // 0: all are empty
Digest digest_of(const TaskRow& row);

struct ExecutorRow {
    std::string id;
    bool present = false;
    bool draining = false;
    bool ever_joined = false;
    std::string incarnation;
    std::vector<std::string> former_incarnations;  // newest last
    Time joined_at{};
    milliseconds ttl{0};
    Seq left_at = 0;        // number of the event by which it left; 0: it is not remembered as left
    Seq lost_at = 0;        // as in ExecutorRecord; 0: it is not being lost
    SessionId departed_by;  // whose depart that was; request 0: nobody's
    RequestId departed_id = 0;
};

Digest digest_of(const ExecutorRow& row);

struct SessionNumbers {
    SessionId id;
    std::int64_t acked = 0;
    std::int64_t last_used = 0;  // ns of serving time
};

static_assert(std::has_unique_object_representations_v<SessionNumbers>, "every byte is hashed");

struct OutcomeNumbers {
    std::int64_t id = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::uint32_t verb = 0;
    std::uint32_t state = 0;
};

static_assert(std::has_unique_object_representations_v<OutcomeNumbers>, "every byte is hashed");

Digest digest_of(const SessionNumbers& session);
Digest digest_of(const SessionId& session, const OutcomeNumbers& outcome);

struct Pause {
    std::string domain;
    std::optional<std::string> stack;  // as in Queues
    Time since{};

    Pause(const Queues& queues, Time from)
        : domain(queues.domain), stack(queues.stack), since(from) {}

    Queues queues() const { return {domain, stack}; }
};

// There only once something was paused: what came before has neither it nor its share of the
// digest.
struct PausesRow {
    std::int64_t ordinal = 0;  // the newest one of the stream
    std::vector<Pause> pauses;
};

Digest digest_of(const PausesRow& row);

// Streams whose ordinals are the board's own; that of queues goes with the pauses.
inline constexpr std::size_t board_streams = 7;

// What is neither task, executor, session nor pause.
struct BoardNumbers {
    std::int64_t seq = 0;
    std::array<std::int64_t, board_streams> ordinals{};
    std::int64_t last_stamp = 0;
    std::int64_t serving = 0;     // ns of serving time
    std::int64_t last_batch = 0;  // its time
};

static_assert(std::has_unique_object_representations_v<BoardNumbers>, "every byte is hashed");

// Of the whole board: `rows` is the sum over all rows.
Digest digest_of(const BoardNumbers& board, Digest rows);

}  // namespace taskbbs::core
