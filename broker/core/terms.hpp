// What a task asks of whoever runs it, and of the board while it waits. Most tasks share theirs
// with many others, so each is kept once (Tasks::terms()), and a record holds its number.
#pragma once

#include "protocol/task.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace taskbbs::core {

using protocol::OnExecutorLost;

struct Terms {
    std::int64_t memory_mb = 0;
    std::int64_t disk_mb = 0;
    std::int64_t cpu_percent = 0;
    protocol::milliseconds run_timeout{0};
    protocol::milliseconds time_to_claim{0};
    std::uint16_t max_rejections = 0;
    OnExecutorLost on_executor_lost = OnExecutorLost::fail;
    std::array<std::uint8_t, 5> zero{};

    bool operator==(const Terms&) const = default;

    static Terms of(const protocol::TaskView& task) {
        return {.memory_mb = task.memory_mb,
                .disk_mb = task.disk_mb,
                .cpu_percent = task.cpu_percent,
                .run_timeout = task.run_timeout,
                .time_to_claim = task.time_to_claim,
                .max_rejections = task.max_rejections,
                .on_executor_lost = task.on_executor_lost};
    }

    // As the label that it is kept under.
    std::string_view bytes() const { return {reinterpret_cast<const char*>(this), sizeof(Terms)}; }
};

static_assert(std::has_unique_object_representations_v<Terms>, "equal ones have equal bytes");

}  // namespace taskbbs::core
