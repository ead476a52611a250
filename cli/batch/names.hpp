// What the tasks of a batch are called: NAME-NUMBER, and NAME-NUMBER-rATTEMPT where one is tried
// anew: build-000007, build-000007-r1. So whoever knows the name of a batch finds its tasks. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::cli::batch {

// The type that tasks of every batch have.
inline constexpr std::string_view task_type = "taskbbs-run";

// So that its guids, with any number and attempt, are no longer than guids may be.
inline constexpr std::int64_t longest_batch_name = 96;

// A try at a task. Those of one task follow each other.
struct TaskKey {
    std::uint64_t number = 0;   // of its line, from 1
    std::uint32_t attempt = 0;  // 0: the first try

    auto operator<=>(const TaskKey&) const = default;
};

std::string guid_of(std::string_view name, TaskKey key);

// Nothing where it is no guid of the batch `name`.
std::optional<TaskKey> key_in(std::string_view guid, std::string_view name);

// A name that nobody else has, if `random` is.
std::string name_from(std::uint64_t random);

}  // namespace taskbbs::cli::batch
