// The indexes of the board's tasks, computed the slow way.
#include "tests/core/world.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <source_location>
#include <stdexcept>

namespace taskbbs::core_test {

using namespace core;

namespace {

// Thrown, not counted: so that properties, too, can shrink what led here.
void expect(bool holds, std::source_location where = std::source_location::current()) {
    if (!holds) {
        throw std::logic_error("an index is wrong: " + std::string(where.file_name()) + ":" +
                               std::to_string(where.line()));
    }
}

// What a scan over all tasks finds.
class Scan {
  public:
    Scan(const Board& board, const std::set<std::string>& guids) : board_(board) {
        for (const std::string& guid : guids) {
            const Slot slot = board.tasks().find(guid);
            expect(slot != no_slot);
            expect(board.tasks()[slot].guid() == guid);
            slots_.push_back(slot);
        }
        std::sort(slots_.begin(), slots_.end(), [&](Slot a, Slot b) {
            return task(a).born < task(b).born;
        });
    }

    const TaskRecord& task(Slot slot) const { return board_.tasks()[slot]; }

    // In the order of birth.
    template <class Matches>
    std::vector<Slot> all(const Matches& matches) const {
        std::vector<Slot> found;
        std::copy_if(slots_.begin(), slots_.end(), std::back_inserter(found), [&](Slot slot) {
            return matches(task(slot));
        });
        return found;
    }

    // By `key`, then slot.
    template <class Matches, class Key>
    std::vector<std::pair<Time, Slot>> by_time(const Matches& matches, const Key& key) const {
        std::vector<std::pair<Time, Slot>> found;
        for (const Slot slot : all(matches)) {
            found.emplace_back(key(task(slot)), slot);
        }
        std::sort(found.begin(), found.end());
        return found;
    }

  private:
    const Board& board_;
    std::vector<Slot> slots_;
};

template <class Order>
std::vector<Slot> slots_of(const Order& listing) {
    std::vector<Slot> slots;
    for (const auto& key : listing) {
        slots.push_back(key.slot());
    }
    return slots;
}

// An executor's tasks: by the group of their domain, then birth.
std::vector<Slot> grouped(const Board& board, std::vector<Slot> by_birth) {
    const Tasks& tasks = board.tasks();
    std::stable_sort(by_birth.begin(), by_birth.end(), [&](Slot a, Slot b) {
        return group_of(tasks.domains().text(tasks[a].domain)) <
               group_of(tasks.domains().text(tasks[b].domain));
    });
    return by_birth;
}

std::vector<std::pair<Time, Slot>> entries_of(const TimeOrder& order) {
    std::vector<std::pair<Time, Slot>> entries;
    for (const SlotBy<Time>& key : order) {
        entries.emplace_back(key.by(), key.slot());
    }
    return entries;
}

void check_counts(const Board& board, const Scan& scan) {
    const Tasks& tasks = board.tasks();
    expect(tasks.size() == scan.all([](const TaskRecord&) { return true; }).size());
    std::uint64_t bytes = 0;
    for (const Slot slot : scan.all([](const TaskRecord&) { return true; })) {
        bytes += scan.task(slot).opaque_bytes();
    }
    expect(tasks.opaque_bytes() == bytes);
}

void check_listings(const Board& board, const Scan& scan) {
    const Tasks& tasks = board.tasks();
    for (std::size_t i = 0; i < protocol::live_states; ++i) {
        const auto state = static_cast<State>(i);
        const auto in_state = [&](const TaskRecord& task) { return task.state == state; };
        expect(tasks.count(state) == scan.all(in_state).size());
        std::set<std::string_view> domains;
        for (const Slot slot : scan.all(in_state)) {
            const Slot domain = scan.task(slot).domain;
            domains.insert(tasks.domains().text(domain));
            expect(slots_of(tasks.domains()[domain].listings[i]) ==
                   scan.all([&](const TaskRecord& task) {
                       return in_state(task) && task.domain == domain;
                   }));
        }
        std::set<std::string_view> indexed;
        for (const auto& [name, domain] : tasks.domains_in(state)) {
            indexed.insert(name);
        }
        expect(indexed == domains);
        for (const std::string& id : World::executors()) {
            const Slot executor = board.executors().find(id);
            const auto of_executor = [&](const TaskRecord& task) {
                return in_state(task) && task.executor == executor;
            };
            if (executor != no_slot) {
                expect(slots_of(board.executors()[executor].tasks_in(state)) ==
                       grouped(board, scan.all(of_executor)));
            }
        }
    }
}

void check_queues(const Board& board, const Scan& scan) {
    const Tasks& tasks = board.tasks();
    std::map<std::pair<Slot, Slot>, std::vector<Slot>> queues;
    std::map<Slot, std::set<Slot>> domains_of;
    for (const Slot slot : scan.all([](const TaskRecord& task) {
             return task.state == State::pending && !task.delayed;
         })) {
        queues[{scan.task(slot).domain, scan.task(slot).stack}].push_back(slot);
        domains_of[scan.task(slot).stack].insert(scan.task(slot).domain);
        expect(tasks.is_available(slot));
    }
    std::map<Slot, std::size_t> queued;
    for (auto& [key, slots] : queues) {
        std::sort(slots.begin(), slots.end(), [&](Slot a, Slot b) {
            const TaskRecord& one = scan.task(a);
            const TaskRecord& two = scan.task(b);
            return std::tuple(-one.priority, one.pending_since, a) <
                   std::tuple(-two.priority, two.pending_since, b);
        });
        const Queue& queue = tasks.domains()[key.first].queues.at(key.second);
        std::vector<Slot> found;
        for (const QueueKey& each : queue) {
            found.push_back(each.slot);
        }
        expect(found == slots);
        ++queued[key.second];
    }
    const auto& indexed = tasks.stacks_queued();
    expect(std::map<Slot, std::size_t>(indexed.begin(), indexed.end()) == queued);
    for (const auto& [stack, domains] : domains_of) {
        const auto& in_stack = tasks.stacks()[stack].domains;
        expect(std::set<Slot>(in_stack.begin(), in_stack.end()) == domains);
    }
}

void check_lines(const Board& board, const Scan& scan) {
    std::map<DueLines::Line, Slot> heads;
    for (const Slot slot : scan.all([](const TaskRecord&) { return true; })) {
        const DueLines::Line line = DueLines::line_of(scan.task(slot));
        const auto [head, is_new] = heads.emplace(line, slot);
        if (!is_new && scan.task(slot).seq < scan.task(head->second).seq) {
            head->second = slot;
        }
    }
    for (DueLines::Line line = 0; line <= DueLines::resolving; ++line) {
        const auto head = heads.find(line);
        expect(board.tasks().first_in_line(line) == (head == heads.end() ? no_slot : head->second));
    }
}

void check_deadlines(const Board& board, const Scan& scan) {
    const Tasks& tasks = board.tasks();
    const auto is_pending = [](const TaskRecord& task) { return task.state == State::pending; };
    const auto time_to_claim = [&](const TaskRecord& task) {
        return tasks.terms_of(task).time_to_claim;
    };
    const auto run_timeout = [&](const TaskRecord& task) {
        return tasks.terms_of(task).run_timeout;
    };
    expect(entries_of(tasks.unclaimed()) ==
           scan.by_time(
               [&](const TaskRecord& task) {
                   return is_pending(task) && time_to_claim(task).count() == 0;
               },
               [](const TaskRecord& task) { return task.pending_since; }));
    expect(entries_of(tasks.claim_by()) ==
           scan.by_time(
               [&](const TaskRecord& task) {
                   return is_pending(task) && time_to_claim(task).count() != 0 &&
                          time_to_claim(task) != protocol::no_time_to_claim_limit;
               },
               [&](const TaskRecord& task) {
                   return tasks.pending_origin(task) + time_to_claim(task);
               }));
    expect(entries_of(tasks.run_until()) ==
           scan.by_time(
               [&](const TaskRecord& task) {
                   return task.state == State::running && run_timeout(task).count() > 0;
               },
               [&](const TaskRecord& task) {
                   return board.clock().origin(task.updated_at) + run_timeout(task);
               }));
    expect(entries_of(tasks.expiring()) ==
           scan.by_time([](const TaskRecord& task) { return task.state == State::completed; },
                        [](const TaskRecord& task) { return task.completed_at; }));
    const auto delayed = scan.by_time([](const TaskRecord& task) { return task.delayed; },
                                      [](const TaskRecord& task) { return task.not_before; });
    expect(tasks.next_ripening() ==
           (delayed.empty() ? std::nullopt : std::optional(delayed.front().first)));
}

void check_executors(const Board& board, const Scan& scan) {
    const Executors& executors = board.executors();
    std::size_t present = 0;
    std::size_t draining = 0;
    std::set<Slot> absent_owners;
    for (const std::string& id : World::executors()) {
        const Slot slot = executors.find(id);
        if (slot == no_slot) {
            continue;
        }
        const ExecutorRecord& executor = executors[slot];
        present += executor.present ? 1 : 0;
        draining += executor.draining ? 1 : 0;
        const auto doomed = scan.all([&](const TaskRecord& task) {
            return task.executor == slot && is_doomed(board, task);
        });
        expect(executor.doomed == doomed.size());
        expect(executor.is_being_lost() == !doomed.empty());
        if (!executor.present && !executor.is_being_lost() && executor.owned() > 0) {
            absent_owners.insert(slot);
        }
    }
    expect(executors.present() == present);
    expect(executors.by_name().size() == present);
    expect(executors.draining() == draining);
    const auto& indexed = executors.absent_owners();
    expect(std::set<Slot>(indexed.begin(), indexed.end()) == absent_owners);
}

}  // namespace

void check_indexes(const Board& board, const std::set<std::string>& guids) {
    const Scan scan(board, guids);
    check_counts(board, scan);
    check_listings(board, scan);
    check_queues(board, scan);
    check_lines(board, scan);
    check_deadlines(board, scan);
    check_executors(board, scan);
}

}  // namespace taskbbs::core_test
