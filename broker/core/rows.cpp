// Rows from records, and their hashes.
#include "broker/core/rows.hpp"

#include "broker/core/slot_index.hpp"

#define XXH_INLINE_ALL  // rows are short: the call would cost as much as the hash
#include <xxhash.h>

namespace taskbbs::core {

namespace {

template <class Row>
Digest hash_of_bytes(const Row& row) {
    static_assert(std::has_unique_object_representations_v<Row>);
    return XXH3_64bits(&row, sizeof row);
}

std::int64_t count(Time time) {
    return time.time_since_epoch().count();
}

Time time_of(std::int64_t count) {
    return Time(Duration(count));
}

Digest hash_of_text(std::string_view text) {
    static const Digest of_none = hash_of({});
    return text.empty() ? of_none : hash_of(text);
}

std::array<Digest, 4> hashes_of(const std::array<std::string_view, 4>& texts) {
    return {hash_of_text(texts[0]),
            hash_of_text(texts[1]),
            hash_of_text(texts[2]),
            hash_of_text(texts[3])};
}

}  // namespace

TaskNumbers numbers_of(const TaskRecord& task, const Terms& terms) {
    return {.created_at = count(task.created_at),
            .pending_since = count(task.pending_since),
            .updated_at = count(task.updated_at),
            .completed_at = count(task.completed_at),
            .not_before = count(task.not_before),
            .born = task.born,
            .seq = task.seq,
            .epoch = task.epoch,
            .memory_mb = terms.memory_mb,
            .disk_mb = terms.disk_mb,
            .cpu_percent = terms.cpu_percent,
            .run_timeout = terms.run_timeout.count(),
            .time_to_claim = terms.time_to_claim.count(),
            .priority = task.priority,
            .max_rejections = terms.max_rejections,
            .rejection_count = task.rejection_count,
            .state = static_cast<std::uint8_t>(task.state),
            .on_executor_lost = static_cast<std::uint8_t>(terms.on_executor_lost),
            .failed = static_cast<std::uint8_t>(task.failed),
            .kicks = task.kicks};
}

void set_numbers(TaskRecord& task, const TaskNumbers& numbers) {
    task.created_at = time_of(numbers.created_at);
    task.pending_since = time_of(numbers.pending_since);
    task.updated_at = time_of(numbers.updated_at);
    task.completed_at = time_of(numbers.completed_at);
    task.not_before = time_of(numbers.not_before);
    task.born = numbers.born;
    task.seq = numbers.seq;
    task.epoch = numbers.epoch;
    task.priority = numbers.priority;
    task.rejection_count = numbers.rejection_count;
    task.state = static_cast<State>(numbers.state);
    task.failed = numbers.failed != 0;
    task.kicks = numbers.kicks;
}

Terms terms_of(const TaskNumbers& numbers) {
    return {.memory_mb = numbers.memory_mb,
            .disk_mb = numbers.disk_mb,
            .cpu_percent = numbers.cpu_percent,
            .run_timeout = milliseconds(numbers.run_timeout),
            .time_to_claim = milliseconds(numbers.time_to_claim),
            .max_rejections = numbers.max_rejections,
            .on_executor_lost = static_cast<OnExecutorLost>(numbers.on_executor_lost)};
}

Digest standing_digest(const TaskNumbers& numbers, const StandingHashes& hashes) {
    struct Standing {
        TaskNumbers numbers;
        StandingHashes hashes;
    };

    return hash_of_bytes(Standing{numbers, hashes});
}

Digest request_digest(Seq born, const std::array<std::string_view, 4>& texts) {
    struct Request {
        std::uint64_t part, born;
        std::array<Digest, 4> texts;
    };

    return hash_of_bytes(Request{1, static_cast<std::uint64_t>(born), hashes_of(texts)});
}

Digest outcome_digest(Seq born, const std::array<std::string_view, 4>& texts) {
    struct Outcome {
        std::uint64_t part, born;
        std::array<Digest, 4> texts;
    };

    for (const std::string_view text : texts) {
        if (!text.empty()) {
            return hash_of_bytes(Outcome{2, static_cast<std::uint64_t>(born), hashes_of(texts)});
        }
    }
    return 0;
}

Digest digest_of(const TaskRow& row) {
    const Seq born = row.numbers.born;
    return standing_digest(row.numbers,
                           {hash_of(row.domain), hash_of(row.stack), hash_of(row.executor_id)}) +
           request_digest(born, {row.guid, row.type, row.annotation, row.payload}) +
           outcome_digest(
               born, {row.container_handle, row.failure_reason, row.rejection_reason, row.result});
}

Digest digest_of(const ExecutorRow& row) {
    struct Numbers {
        Digest id, incarnation, departed_by;
        std::int64_t joined_at, ttl, left_at, lost_at, departed_id;
        std::uint32_t flags, formers;
    };

    Digest sum = hash_of_bytes(Numbers{
        .id = hash_of(row.id),
        .incarnation = hash_of(row.incarnation),
        .departed_by = hash_of(row.departed_by.view()),
        .joined_at = count(row.joined_at),
        .ttl = row.ttl.count(),
        .left_at = row.left_at,
        .lost_at = row.lost_at,
        .departed_id = row.departed_id,
        .flags = (row.present ? 1U : 0U) | (row.draining ? 2U : 0U) | (row.ever_joined ? 4U : 0U),
        .formers = static_cast<std::uint32_t>(row.former_incarnations.size()),
    });
    for (const std::string& former : row.former_incarnations) {
        sum = XXH3_64bits_withSeed(former.data(), former.size(), sum);
    }
    return sum;
}

Digest digest_of(const SessionNumbers& session) {
    return hash_of_bytes(session);
}

Digest digest_of(const SessionId& session, const OutcomeNumbers& outcome) {
    struct Numbers {
        SessionId session;
        OutcomeNumbers outcome;
    };

    return hash_of_bytes(Numbers{session, outcome});
}

Digest digest_of(const PausesRow& row) {
    struct Numbers {
        Digest before, domain, stack;
        std::int64_t since;
        std::uint64_t has_stack;
    };

    Digest sum = hash_of_bytes(row.ordinal);
    for (const Pause& pause : row.pauses) {
        sum = hash_of_bytes(Numbers{.before = sum,
                                    .domain = hash_of(pause.domain),
                                    .stack = hash_of_text(pause.stack.value_or(std::string())),
                                    .since = count(pause.since),
                                    .has_stack = pause.stack ? 1U : 0U});
    }
    return sum;
}

Digest digest_of(const BoardNumbers& board, Digest rows) {
    struct Numbers {
        BoardNumbers board;
        Digest rows;
    };

    return hash_of_bytes(Numbers{board, rows});
}

}  // namespace taskbbs::core
