// What the benchmarks work with: one task as a requester would ask for it, its way over the board
// as events, and a board that is not empty. All of it is the same in every run.
#pragma once

#include "broker/core/board.hpp"
#include "protocol/messages.hpp"

#include <array>
#include <string>
#include <string_view>

namespace taskbbs::bench {

inline constexpr core::Time noon{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) +
                                 std::chrono::hours(12)};
inline constexpr std::size_t payload_bytes = 300;

inline const std::string& payload() {
    static const std::string bytes(payload_bytes, 'p');
    return bytes;
}

inline protocol::TaskView task_of(std::string_view guid) {
    protocol::TaskView task;
    task.guid = guid;
    task.domain = "tenant";
    task.stack = "lucid64";
    task.payload = payload();
    task.annotation = "for the record";
    task.memory_mb = 256;
    return task;
}

// From desire to resolve. The events point to `guid`.
inline std::array<core::Event, 6> life_of(std::string_view guid) {
    using core::Kind;
    using core::State;
    return {{{.kind = Kind::desired, .guid = guid, .desired = task_of(guid)},
             {.kind = Kind::claimed, .to = State::claimed, .guid = guid, .executor_id = "cell-7"},
             {.kind = Kind::started,
              .to = State::running,
              .guid = guid,
              .container_handle = "box-of-this-task"},
             {.kind = Kind::completed,
              .to = State::completed,
              .guid = guid,
              .ending = core::Ending{.result = "it went well"}},
             {.kind = Kind::resolving, .to = State::resolving, .guid = guid},
             {.kind = Kind::resolved, .to = State::resolved, .guid = guid}}};
}

inline std::string guid_of(std::size_t number) {
    return "a-task-with-a-name-" + std::to_string(number);
}

// So many pending tasks: guid_of(0) and on.
inline void fill(core::Board& board, std::size_t tasks) {
    board.begin_batch(noon, noon);
    for (std::size_t i = 0; i < tasks; ++i) {
        const std::string guid = guid_of(i);
        core::Event event = life_of(guid).front();
        event.origin.id = static_cast<core::RequestId>(i + 1);
        event.origin.acked = static_cast<core::RequestId>(i);
        event.origin.verb = core::Verb::desire;
        board.number(event, noon);
        board.apply(event);
    }
}

}  // namespace taskbbs::bench
