// Merges the queues that match by their heads.
#include "broker/core/acquire.hpp"

#include <algorithm>
#include <utility>

namespace taskbbs::core {

namespace {

constexpr int looked_past = 64;

// A bound of what a packed pending task takes besides its own texts.
constexpr std::size_t packed_overhead = 1024;

void take_from(protocol::Resources& free, const Terms& terms) {
    const auto subtract = [](std::optional<std::int64_t>& left, std::int64_t used) {
        if (left) {
            *left -= used;
        }
    };
    subtract(free.memory_mb, terms.memory_mb);
    subtract(free.disk_mb, terms.disk_mb);
    subtract(free.cpu_percent, terms.cpu_percent);
}

// One queue, as far as it has been read.
struct Head {
    Queue::const_iterator at;
    Queue::const_iterator end;
    int passed = 0;

    // To the next task that fits; false where the queue has none.
    bool advance_to_fit(const Board& board, const std::optional<protocol::Resources>& free) {
        const Tasks& tasks = board.tasks();
        while (at != end && !fits(tasks.terms_of(tasks[at->slot]), free)) {
            if (++passed > looked_past) {
                return false;
            }
            ++at;
        }
        return at != end;
    }
};

std::vector<Slot> find_all(const auto& labels, const protocol::Names& names) {
    std::vector<Slot> found;
    for (const std::string_view name : names) {
        if (const Slot slot = labels.find(name); slot != no_slot) {
            found.push_back(slot);
        }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

// The heads of the queues that are not paused.
class Heads {
  public:
    explicit Heads(const Board& board) : board_(board) {}

    void add(Slot domain, Slot stack, const Queue& queue) {
        const Tasks& tasks = board_.tasks();
        if (!board_.pauses().hold(tasks.domains().text(domain), tasks.stacks().text(stack))) {
            heads_.push_back({queue.begin(), queue.end()});
        }
    }

    std::vector<Head> take() { return std::move(heads_); }

  private:
    const Board& board_;
    std::vector<Head> heads_;
};

std::vector<Head> queues_in(const Board& board,
                            const std::vector<Slot>& domains,
                            const protocol::Names& stacks,
                            std::size_t& looks) {
    const Tasks& tasks = board.tasks();
    const std::vector<Slot> wanted = find_all(tasks.stacks(), stacks);
    looks += domains.size() * wanted.size();
    Heads heads(board);
    for (const Slot domain : domains) {
        const auto& queues = tasks.domains()[domain].queues;
        if (stacks.empty()) {
            for (const auto& [stack, queue] : queues) {
                heads.add(domain, stack, queue);
            }
        }
        for (const Slot stack : wanted) {
            if (const auto queue = queues.find(stack); queue != queues.end()) {
                heads.add(domain, stack, queue->second);
            }
        }
    }
    return heads.take();
}

std::vector<Head> queues_of(const Board& board, const std::vector<Slot>& stacks) {
    const Tasks& tasks = board.tasks();
    Heads heads(board);
    for (const Slot stack : stacks) {
        for (const Slot domain : tasks.stacks()[stack].domains) {
            heads.add(domain, stack, tasks.domains()[domain].queues.at(stack));
        }
    }
    return heads.take();
}

// `looks`: counts what is looked up.
std::vector<Head> matching_queues(const Board& board,
                                  const protocol::AcquireArgs& args,
                                  std::size_t& looks) {
    const Tasks& tasks = board.tasks();
    looks += args.domains.size() + args.stacks.size();
    if (!args.domains.empty()) {
        return queues_in(board, find_all(tasks.domains(), args.domains), args.stacks, looks);
    }
    if (!args.stacks.empty()) {
        return queues_of(board, find_all(tasks.stacks(), args.stacks));
    }
    std::vector<Slot> queued;
    queued.reserve(tasks.stacks_queued().size());
    for (const auto& [stack, domains] : tasks.stacks_queued()) {
        queued.push_back(stack);
    }
    return queues_of(board, queued);
}

}  // namespace

bool fits(const Terms& terms, const std::optional<protocol::Resources>& free) {
    return !free || (terms.memory_mb <= free->memory_mb.value_or(protocol::max_integer) &&
                     terms.disk_mb <= free->disk_mb.value_or(protocol::max_integer) &&
                     terms.cpu_percent <= free->cpu_percent.value_or(protocol::max_integer));
}

bool is_paused(const Board& board, const TaskRecord& task) {
    const Tasks& tasks = board.tasks();
    return board.pauses().hold(tasks.domains().text(task.domain), tasks.stacks().text(task.stack));
}

bool is_draining(const Board& board, std::string_view executor_id) {
    const Slot slot = board.executors().find(executor_id);
    return slot != no_slot && board.executors()[slot].draining;
}

Choice choose(const Board& board, const protocol::AcquireArgs& args) {
    Choice choice;
    std::vector<Slot>& chosen = choice.tasks;
    if (is_draining(board, args.executor_id)) {
        return choice;
    }
    std::vector<Head> heads = matching_queues(board, args, choice.looks);
    choice.looks += heads.size();
    std::optional<protocol::Resources> free = args.free;
    std::size_t bytes = 0;
    // A heap whose top is the best head.
    const auto worse = [](const Head& a, const Head& b) { return *b.at < *a.at; };
    std::erase_if(heads, [&](Head& head) {
        const bool has_none = !head.advance_to_fit(board, free);
        choice.looks += static_cast<std::size_t>(head.passed);
        return has_none;
    });
    std::make_heap(heads.begin(), heads.end(), worse);
    while (!heads.empty() && static_cast<std::int64_t>(chosen.size()) < args.max) {
        std::pop_heap(heads.begin(), heads.end(), worse);
        Head& head = heads.back();
        ++choice.looks;
        const TaskRecord& task = board.tasks()[head.at->slot];
        const Terms& terms = board.tasks().terms_of(task);
        // What was chosen meanwhile may have left too little for it.
        if (fits(terms, free)) {
            bytes += task.opaque_bytes() + task.rejection_reason().size() + packed_overhead;
            if (!chosen.empty() && bytes > board.settings().limits.reply_bytes) {
                break;
            }
            chosen.push_back(head.at->slot);
            if (free) {
                take_from(*free, terms);
            }
            ++head.at;
        }
        if (head.advance_to_fit(board, free)) {
            std::push_heap(heads.begin(), heads.end(), worse);
        } else {
            heads.pop_back();
        }
    }
    return choice;
}

Choice choose(Board& board, const protocol::AcquireArgs& args) {
    Choice choice = choose(std::as_const(board), args);
    const bool waits = choice.tasks.empty() && args.wait > milliseconds{0};
    if (!waits || !args.free) {
        return choice;
    }
    for (Head& head : matching_queues(board, args, choice.looks)) {
        const bool has_one = head.advance_to_fit(board, args.free);
        choice.looks += 1 + static_cast<std::size_t>(head.passed);
        if (!has_one && head.at != head.end) {
            board.tasks().note_unseen_behind(head.at->slot);
        }
    }
    return choice;
}

std::vector<Slot> still_held(const Board& board,
                             std::string_view executor_id,
                             Seq first,
                             Seq last) {
    std::vector<Slot> held;
    const Slot executor = board.executors().find(executor_id);
    if (executor == no_slot) {
        return held;
    }
    const Tasks& tasks = board.tasks();
    for (const State state : {State::claimed, State::running}) {
        for (const ListKey& key : board.executors()[executor].tasks_in(state)) {
            const TaskRecord& task = tasks[key.slot()];
            if (task.epoch >= first && task.epoch <= last && !is_doomed(board, task)) {
                held.push_back(key.slot());
            }
        }
    }
    std::sort(
        held.begin(), held.end(), [&](Slot a, Slot b) { return tasks[a].epoch < tasks[b].epoch; });
    return held;
}

}  // namespace taskbbs::core
