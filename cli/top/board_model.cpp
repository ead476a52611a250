// Taking in what the broker tells.
#include "cli/top/board_model.hpp"

#include "cli/top/figures.hpp"

#include <utility>

namespace taskbbs::cli::top {
namespace {

constexpr bool is_owned(State state) {
    return state == State::claimed || state == State::running;
}

// Since when it is in its state. Kicks touch pending and completed tasks, and begin nothing anew.
Time since_of(const Task& task) {
    if (task.state == State::pending && task.pending_since != protocol::no_time) {
        return task.pending_since;
    }
    if (task.state == State::completed && task.completed_at != protocol::no_time) {
        return task.completed_at;
    }
    return task.updated_at;
}

std::size_t index_of(State state) {
    return static_cast<std::size_t>(state);
}

}  // namespace

// ---- tasks -----------------------------------------------------------------------------------

void BoardModel::listing_begun() {
    tasks_.clear();
    queues_.clear();
    owned_ = 0;
    others_ = 0;
    listing_ = true;
    whole_ = false;
}

void BoardModel::listed(const Task& header) {
    take(header, true);
}

void BoardModel::listing_over(bool whole, Time now) {
    listing_ = false;
    whole_ = whole;
    rates_.fill(Rate{board_time(now)});
}

void BoardModel::happened(const Event& event) {
    if (!event.is_task()) {
        return;
    }
    if (event.kind != Kind::kicked) {
        rates_[static_cast<std::size_t>(event.stream)].note(event.at);
    }
    take(event.task, event.stream == Stream::pending || event.stream == Stream::completed);
}

bool BoardModel::full(State state) const {
    return is_owned(state) ? owned_ >= bounds_.owned : others_ >= bounds_.others;
}

// `header`: the task has its stack; a slim one (docs/protocol.md, section 3) has not.
void BoardModel::take(const Task& task, bool header) {
    const auto entry = tasks_.find(task.guid);
    const bool known = entry != tasks_.end();
    if (known && entry->second.seq >= task.seq) {
        return;
    }
    QueueName name{task.domain, header ? std::optional{task.stack} : std::nullopt};
    if (known && !header) {
        name = entry->second.queue->first;
    }
    // A guid may be of another task by now: then this one's last event comes late, or never.
    const bool room = known && is_owned(entry->second.state) == is_owned(task.state);
    if (task.state == State::resolved) {
        drop(task.guid);
    } else if (!room && full(task.state)) {
        drop(task.guid);
        whole_ = false;
    } else {
        put(task, std::move(name));
    }
}

void BoardModel::put(const Task& task, QueueName name) {
    Queue& queue = *queues_.try_emplace(std::move(name)).first;
    ++queue.second[index_of(task.state)];
    HeldTask& held = tasks_[task.guid];
    if (held.queue != nullptr) {
        leave(held);
    }
    held = {.queue = &queue,
            .seq = task.seq,
            .since = since_of(task),
            .state = task.state,
            .failed = task.failed,
            .executor_id = is_owned(task.state) ? task.executor_id : std::string{}};
    ++held_like(task.state);
}

void BoardModel::drop(const std::string& guid) {
    if (const auto entry = tasks_.find(guid); entry != tasks_.end()) {
        leave(entry->second);
        tasks_.erase(entry);
    }
}

void BoardModel::leave(HeldTask& held) {
    --held_like(held.state);
    Counts& counts = held.queue->second;
    --counts[index_of(held.state)];
    if (counts == Counts{}) {
        queues_.erase(held.queue->first);
    }
}

std::size_t& BoardModel::held_like(State state) {
    return is_owned(state) ? owned_ : others_;
}

// ---- the broker ------------------------------------------------------------------------------

void BoardModel::answered(const Stats& stats, Time now) {
    figures_ = figures_of(stats, stats_ ? &*stats_ : nullptr);
    if (const auto at = figure(stats, "at")) {
        ahead_ = Time{Duration{*at}} - now;
    }
    stats_ = stats;
}

void BoardModel::present(const std::vector<ExecutorInfo>& executors, bool all) {
    executors_.clear();
    for (const ExecutorInfo& executor : executors) {
        executors_.push_back({.executor_id = executor.executor_id,
                              .stacks = executor.stacks,
                              .claimed = executor.claimed,
                              .running = executor.running,
                              .slots = executor.slots,
                              .draining = executor.draining,
                              .free = executor.free,
                              .expires_in = executor.expires_in});
    }
    all_executors_ = all;
}

std::optional<std::int64_t> BoardModel::tasks_on_board() const {
    return stats_ ? figure(*stats_, "tasks") : std::nullopt;
}

}  // namespace taskbbs::cli::top
