// An event as the bytes of the journal say it, as plain values: read here without the core, so that
// the model does not believe what the core believes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::simulation {

using Seq = std::int64_t;

// Who asked for it. An empty session: nobody, the broker acted on its own.
struct Asker {
    std::string session;
    std::int64_t id = 0;
    std::int64_t acked = 0;
    std::string verb;
};

struct Fact {
    Seq seq = 0;
    std::string stream;
    std::int64_t ordinal = 0;
    std::int64_t at = 0;
    std::string kind;
    std::string cause;
    Asker asker;
    std::uint64_t hash = 0;  // of the record's bytes

    // Of a task.
    std::string guid;
    std::string domain;  // of queues too
    std::string stack;   // only where `has_stack`
    bool has_stack = false;
    std::string state;
    std::string executor_id;  // of an executor's event too
    std::string container_handle;
    Seq epoch = 0;
    Seq task_seq = 0;
    std::int64_t not_before = 0;
    bool failed = false;
    std::string failure_reason;
    std::int64_t rejection_count = 0;
    std::int64_t max_rejections = 3;
    std::string rejection_reason;
    std::string payload;
    std::string annotation;
    std::string result;

    // Of an executor.
    std::string incarnation;
    std::string reason;
};

// Throws Finding where the bytes are not an event of the contract.
Fact read_fact(std::string_view body, std::string_view rest);

// Names these bytes.
std::uint64_t hash_of_record(std::string_view body, std::string_view rest);

}  // namespace taskbbs::simulation
