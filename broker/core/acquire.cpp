// Merges the queues that match by their heads; keeps the waiting ones findable by what they wait
// for.
#include "broker/core/acquire.hpp"

#include <algorithm>
#include <fmt/format.h>
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

Head head_of(const Queue& queue) {
    return {queue.begin(), queue.end()};
}

std::vector<Head> queues_in(const Tasks& tasks,
                            const std::vector<Slot>& domains,
                            const protocol::Names& stacks) {
    const std::vector<Slot> wanted = find_all(tasks.stacks(), stacks);
    const auto wants = [&](Slot stack) {
        return stacks.empty() || std::binary_search(wanted.begin(), wanted.end(), stack);
    };
    std::vector<Head> heads;
    for (const Slot domain : domains) {
        for (const auto& [stack, queue] : tasks.domains()[domain].queues) {
            if (wants(stack)) {
                heads.push_back(head_of(queue));
            }
        }
    }
    return heads;
}

std::vector<Head> queues_of(const Tasks& tasks, const std::vector<Slot>& stacks) {
    std::vector<Head> heads;
    for (const Slot stack : stacks) {
        for (const Slot domain : tasks.stacks()[stack].domains) {
            heads.push_back(head_of(tasks.domains()[domain].queues.at(stack)));
        }
    }
    return heads;
}

std::vector<Head> matching_queues(const Tasks& tasks, const protocol::AcquireArgs& args) {
    if (!args.domains.empty()) {
        return queues_in(tasks, find_all(tasks.domains(), args.domains), args.stacks);
    }
    if (!args.stacks.empty()) {
        return queues_of(tasks, find_all(tasks.stacks(), args.stacks));
    }
    std::vector<Slot> queued;
    queued.reserve(tasks.stacks_queued().size());
    for (const auto& [stack, domains] : tasks.stacks_queued()) {
        queued.push_back(stack);
    }
    return queues_of(tasks, queued);
}

}  // namespace

bool fits(const Terms& terms, const std::optional<protocol::Resources>& free) {
    return !free || (terms.memory_mb <= free->memory_mb.value_or(protocol::max_integer) &&
                     terms.disk_mb <= free->disk_mb.value_or(protocol::max_integer) &&
                     terms.cpu_percent <= free->cpu_percent.value_or(protocol::max_integer));
}

bool is_draining(const Board& board, std::string_view executor_id) {
    const Slot slot = board.executors().find(executor_id);
    return slot != no_slot && board.executors()[slot].draining;
}

std::vector<Slot> choose(const Board& board, const protocol::AcquireArgs& args) {
    std::vector<Slot> chosen;
    if (is_draining(board, args.executor_id)) {
        return chosen;
    }
    std::vector<Head> heads = matching_queues(board.tasks(), args);
    std::optional<protocol::Resources> free = args.free;
    std::size_t bytes = 0;
    // A heap whose top is the best head.
    const auto worse = [](const Head& a, const Head& b) { return *b.at < *a.at; };
    std::erase_if(heads, [&](Head& head) { return !head.advance_to_fit(board, free); });
    std::make_heap(heads.begin(), heads.end(), worse);
    while (!heads.empty() && static_cast<std::int64_t>(chosen.size()) < args.max) {
        std::pop_heap(heads.begin(), heads.end(), worse);
        Head& head = heads.back();
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
    return chosen;
}

std::vector<Slot> choose(Board& board, const protocol::AcquireArgs& args) {
    std::vector<Slot> chosen = choose(std::as_const(board), args);
    const bool waits = chosen.empty() && args.wait > milliseconds{0};
    if (!waits || !args.free) {
        return chosen;
    }
    for (Head& head : matching_queues(board.tasks(), args)) {
        if (!head.advance_to_fit(board, args.free) && head.at != head.end) {
            board.tasks().note_unseen_behind(head.at->slot);
        }
    }
    return chosen;
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
            const TaskRecord& task = tasks[key.slot];
            if (task.epoch >= first && task.epoch <= last && !is_doomed(board, task)) {
                held.push_back(key.slot);
            }
        }
    }
    std::sort(
        held.begin(), held.end(), [&](Slot a, Slot b) { return tasks[a].epoch < tasks[b].epoch; });
    return held;
}

// ---- waiting ---------------------------------------------------------------------------------

protocol::AcquireArgs Waiter::args() const {
    return {.executor_id = executor_id,
            .max = max,
            .stacks = {stacks.begin(), stacks.end()},
            .domains = {domains.begin(), domains.end()},
            .free = free};
}

std::vector<std::string> Waiters::keys_of(const Waiter& waiter) const {
    constexpr std::size_t most_keys = 64;  // beyond that, domains are looked at one by one
    const std::vector<std::string> any{"*"};
    const auto& stacks = waiter.stacks.empty() ? any : waiter.stacks;
    const bool few = stacks.size() * waiter.domains.size() <= most_keys;
    const auto& domains = waiter.domains.empty() || !few ? any : waiter.domains;
    std::vector<std::string> keys;
    for (const std::string& stack : stacks) {
        for (const std::string& domain : domains) {
            keys.push_back(fmt::format("{}\n{}", stack, domain));
        }
    }
    return keys;
}

Waiters::Ticket Waiters::ticket_of(const SessionId& session, std::string_view executor_id) const {
    const auto waiting = by_session_.find(session);
    if (waiting == by_session_.end()) {
        return 0;
    }
    const auto found =
        std::find_if(waiting->second.begin(), waiting->second.end(), [&](Ticket ticket) {
            return waiters_.at(ticket).executor_id == executor_id;
        });
    return found == waiting->second.end() ? 0 : *found;
}

std::optional<Waiter> Waiters::take_same(const SessionId& session, std::string_view executor_id) {
    const Ticket ticket = ticket_of(session, executor_id);
    return ticket == 0 ? std::nullopt : std::optional(take(ticket));
}

std::optional<Waiter> Waiters::add(Waiter waiter) {
    Ticket ticket = ticket_of(waiter.session, waiter.executor_id);
    std::optional<Waiter> replaced;
    if (ticket != 0) {
        replaced = take(ticket);
    }
    if (replaced && replaced->id == waiter.id) {
        replaced.reset();
    } else {
        ticket = next_ticket_++;
    }
    for (const std::string& key : keys_of(waiter)) {
        by_key_[key].insert(ticket);
    }
    by_executor_[waiter.executor_id].insert(ticket);
    by_session_[waiter.session].insert(ticket);
    by_time_.insert({waiter.until, ticket});
    waiters_.emplace(ticket, std::move(waiter));
    return replaced;
}

Waiter Waiters::take(Ticket ticket) {
    const auto found = waiters_.find(ticket);
    Waiter waiter = std::move(found->second);
    waiters_.erase(found);
    const auto remove = [ticket](auto& map, const auto& key) {
        const auto entry = map.find(key);
        if (entry == map.end()) {
            return;
        }
        entry->second.erase(ticket);
        if (entry->second.empty()) {
            map.erase(entry);
        }
    };
    for (const std::string& key : keys_of(waiter)) {
        remove(by_key_, key);
    }
    remove(by_executor_, waiter.executor_id);
    remove(by_session_, waiter.session);
    by_time_.erase({waiter.until, ticket});
    return waiter;
}

std::vector<Waiter> Waiters::take(const std::vector<Ticket>& tickets) {
    std::vector<Waiter> taken;
    taken.reserve(tickets.size());
    for (const Ticket ticket : tickets) {
        taken.push_back(take(ticket));
    }
    return taken;
}

std::vector<Waiter> Waiters::take_over_time(Time now) {
    std::vector<Ticket> tickets;
    for (auto it = by_time_.begin(); it != by_time_.end() && it->first <= now; ++it) {
        tickets.push_back(it->second);
    }
    return take(tickets);
}

std::vector<Waiter> Waiters::take_acked(const SessionId& session, RequestId acked) {
    std::vector<Ticket> tickets;
    if (const auto waiting = by_session_.find(session); waiting != by_session_.end()) {
        std::copy_if(waiting->second.begin(),
                     waiting->second.end(),
                     std::back_inserter(tickets),
                     [&](Ticket ticket) { return waiters_.at(ticket).id <= acked; });
    }
    return take(tickets);
}

std::vector<Waiter> Waiters::take_executor(std::string_view executor_id) {
    const auto waiting = by_executor_.find(std::string(executor_id));
    return waiting == by_executor_.end()
               ? std::vector<Waiter>()
               : take(std::vector<Ticket>(waiting->second.begin(), waiting->second.end()));
}

Waiters::Ticket Waiters::match(std::string_view domain,
                               std::string_view stack,
                               Ticket after) const {
    Ticket first = 0;
    const auto look = [&](std::string_view stack_key, std::string_view domain_key) {
        const auto found = by_key_.find(fmt::format("{}\n{}", stack_key, domain_key));
        if (found == by_key_.end()) {
            return;
        }
        for (auto it = found->second.upper_bound(after); it != found->second.end(); ++it) {
            if (first != 0 && *it >= first) {
                return;
            }
            const auto& domains = waiters_.at(*it).domains;
            if (domains.empty() ||
                std::find(domains.begin(), domains.end(), domain) != domains.end()) {
                first = *it;
                return;
            }
        }
    };
    look(stack, domain);
    look(stack, "*");
    look("*", domain);
    look("*", "*");
    return first;
}

std::optional<Time> Waiters::next_deadline() const {
    return by_time_.empty() ? std::nullopt : std::optional(by_time_.begin()->first);
}

}  // namespace taskbbs::core
