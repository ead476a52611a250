// What `taskbbs top` shows of a board at a moment, as values: the model makes it (board_model.hpp),
// the view lays it out (view.hpp), --output json spells it. Texts are the broker's: escape them
// before a terminal sees them.
#pragma once

#include "taskbbs/task.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace taskbbs::cli::top {

// The states of tasks on the board, and `resolved`, which has no tasks but a rate.
inline constexpr std::size_t shown_states = protocol::live_states + 1;

struct StateRow {
    State state = State::pending;
    std::int64_t tasks = 0;
    double per_second = 0;           // events that brought a task into it; kicks don't
    std::optional<Duration> oldest;  // longest in it, of the tasks that are held
};

// Tasks of one domain and stack that are not completed yet.
struct QueueRow {
    std::string domain;
    std::optional<std::string> stack;  // nothing: not known (see Picture::whole)
    std::int64_t pending = 0;
    std::int64_t claimed = 0;
    std::int64_t running = 0;
    std::optional<Duration> oldest;  // longest pending
    bool paused = false;             // no acquire gets what is pending
};

struct ExecutorRow {
    std::string executor_id;
    std::vector<std::string> stacks;
    std::int64_t claimed = 0;
    std::int64_t running = 0;
    std::int64_t slots = 0;
    bool draining = false;
    std::optional<Resources> free;
    milliseconds expires_in{0};

    // Claimed and running of its slots; nothing where it did not say how many it has.
    std::optional<double> load() const {
        return slots > 0 ? std::optional{static_cast<double>(claimed + running) /
                                         static_cast<double>(slots)}
                         : std::nullopt;
    }
};

struct TaskRow {
    std::string guid;
    State state = State::pending;
    bool failed = false;
    Duration age{0};  // in this state; of pending: since it waits to be run, negative before that
    std::string domain;
    std::optional<std::string> stack;  // as in QueueRow
    std::string executor_id;
};

// Of the broker's `stats`. Where one is nothing, this broker does not tell it, or not yet: rates
// need two answers of the same run.
struct BrokerFigures {
    std::int64_t uptime_ms = 0;
    Seq seq = 0;
    std::int64_t connections = 0;
    std::int64_t sessions = 0;
    std::int64_t waiting_acquires = 0;
    std::int64_t executors = 0;
    bool brake = false;
    bool read_only = false;
    std::string sync;  // "always", "never"
    std::optional<std::int64_t> sync_mean_us;
    std::optional<std::int64_t> sync_max_us;
    std::optional<std::int64_t> loop_longest_us;
    std::int64_t journal_bytes = 0;
    std::int64_t snapshots = 0;
    std::int64_t snapshot_failures = 0;
    std::optional<double> syncs_per_second;
    std::optional<double> events_per_second;
    std::optional<double> requests_per_second;
    std::optional<double> bytes_per_second;
    std::optional<double> events_per_batch;
};

enum class QueueSort : std::uint8_t { pending, oldest, name };
enum class ExecutorSort : std::uint8_t { load, running, name };
// slowest: by state, the running ones first, then the longest in it.
enum class TaskSort : std::uint8_t { slowest, guid, queue, executor };

// What a picture is to show.
struct Wish {
    QueueSort queues = QueueSort::pending;
    ExecutorSort executors = ExecutorSort::load;
    TaskSort tasks = TaskSort::slowest;
    // Tasks with this text in their guid, "domain/stack", executor or state; empty: all.
    std::string filter;
    std::size_t most_tasks = 1000;

    bool operator==(const Wish&) const = default;
};

struct Picture {
    Wish wish;  // that it was made by
    std::array<StateRow, shown_states> states;
    std::vector<QueueRow> queues;        // sorted, those with tasks that are not completed
    std::vector<ExecutorRow> executors;  // sorted
    std::vector<TaskRow> tasks;          // sorted; the first Wish::most_tasks of `matching`
    std::int64_t matching = 0;           // tasks that the filter lets pass
    std::int64_t held = 0;
    std::int64_t on_board = 0;
    // True: every task on the board is held. False while they are being listed, and on a board of
    // more tasks than the model's bounds: then `states` counts by `stats`, and ages, queues and
    // tasks are of those held.
    bool whole = false;
    bool listing = false;
    bool all_executors = true;            // false: there are more than are held
    std::optional<BrokerFigures> broker;  // nothing before the first answer
};

}  // namespace taskbbs::cli::top
