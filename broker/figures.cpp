// What the loop counts of an event, and the copy that a scrape is given. Nothing here walks over
// tasks or executors: the figures are sizes, heads of orders, and at most a hundred domains.
#include "broker/figures.hpp"

#include "broker/broker.hpp"

#include <algorithm>

namespace taskbbs::broker {

namespace {

using core::DueLines;
using core::State;
using core::TaskRecord;

// Since when it has been in its state. An announcement touches what is pending or completed, and
// nothing else.
Time since(const TaskRecord& task) {
    switch (task.state) {
        case State::pending:
            return task.pending_since;
        case State::completed:
            return task.completed_at;
        default:
            return task.updated_at;
    }
}

// Whether the time until then tells how long the step took: a task that is cancelled, lost or was
// never claimed tells nothing of how fast tasks are claimed, or run.
bool ends_as_meant(State from, State to) {
    return (from != State::pending || to == State::claimed) &&
           (from != State::running || to == State::completed);
}

// The longest that one of the tasks at the heads of these lines has been in its state.
class Oldest {
  public:
    Oldest(const core::Tasks& tasks, Time now) : tasks_(tasks), now_(now) {}

    void look(Slot slot) {
        if (slot != core::no_slot) {
            const Duration age = std::max(now_ - since(tasks_[slot]), Duration{0});
            longest_ = std::max(longest_.value_or(age), age);
        }
    }

    std::optional<Duration> longest() const { return longest_; }

  private:
    const core::Tasks& tasks_;
    Time now_;
    std::optional<Duration> longest_;
};

std::optional<Duration> oldest_pending(const core::Tasks& tasks, Time now) {
    Oldest oldest(tasks, now);
    if (!tasks.unclaimed().empty()) {
        oldest.look(tasks.unclaimed().begin()->slot());
    }
    for (std::uint8_t kicks = 0; kicks <= DueLines::max_kicks; ++kicks) {
        oldest.look(tasks.first_in_line(DueLines::pending(kicks)));
    }
    return oldest.longest();
}

std::optional<Duration> oldest_completed(const core::Tasks& tasks, Time now) {
    Oldest oldest(tasks, now);
    if (!tasks.expiring().empty()) {
        oldest.look(tasks.expiring().begin()->slot());
    }
    for (std::uint8_t kicks = 0; kicks <= DueLines::max_kicks; ++kicks) {
        oldest.look(tasks.first_in_line(DueLines::completed(kicks)));
    }
    return oldest.longest();
}

std::optional<Duration> oldest_in_line(const core::Tasks& tasks, DueLines::Line line, Time now) {
    Oldest oldest(tasks, now);
    oldest.look(tasks.first_in_line(line));
    return oldest.longest();
}

TasksByState tasks_of(const core::Tasks& tasks, Slot domain) {
    TasksByState counts{};
    std::ranges::transform(tasks.domains()[domain].listings, counts.begin(), &core::Births::size);
    return counts;
}

// Domains stay shown once they were, so that their series go on. While there is room, each that is
// looked at is shown already or takes a place: so few are looked at.
void show_domains(const core::Tasks& tasks, std::vector<std::string>& shown) {
    for (std::size_t state = 0; state < protocol::live_states; ++state) {
        for (const auto& [name, slot] : tasks.domains_in(static_cast<State>(state))) {
            if (shown.size() == Figures::most_domains) {
                return;
            }
            if (std::ranges::find(shown, name) == shown.end()) {
                shown.emplace_back(name);
            }
        }
    }
}

}  // namespace

// Before it is applied: how long its task was in the state that it leaves is known until then.
void Broker::count(const Event& event) {
    // Executors have no cause of their own in the contract, only a reason.
    const bool by_time = event.kind == core::Kind::lost && event.lost_reason == core::lost_by_time;
    counters_.note_event(event.kind, by_time ? core::Cause::converge : event.cause);
    if (event.task == core::no_slot) {
        return;
    }
    const TaskRecord& task = board_.tasks()[event.task];
    if (event.to != task.state && ends_as_meant(task.state, event.to)) {
        counters_.left[core::index(task.state)].note(event.at - since(task));
    }
    if (event.to == State::completed && event.ending) {
        ++counters_.ended[event.ending->failed ? 1 : 0];
    }
}

void Broker::fill(Figures& figures) {
    const core::Tasks& tasks = board_.tasks();
    const Time now = board_.clock().peek(now_);
    figures.counters = counters_;
    figures.stats = stats_;
    figures.seq = board_.seq();
    figures.task_bytes = tasks.opaque_bytes();
    for (std::size_t state = 0; state < protocol::live_states; ++state) {
        figures.tasks[state] = tasks.count(static_cast<State>(state));
    }
    fill_domains(figures);
    figures.oldest[core::index(State::pending)] = oldest_pending(tasks, now);
    figures.oldest[core::index(State::claimed)] = oldest_in_line(tasks, DueLines::claimed, now);
    figures.oldest[core::index(State::running)] = oldest_in_line(tasks, DueLines::running, now);
    figures.oldest[core::index(State::completed)] = oldest_completed(tasks, now);
    figures.oldest[core::index(State::resolving)] = oldest_in_line(tasks, DueLines::resolving, now);
    figures.executors = {.present = board_.executors().present(),
                         .draining = board_.executors().draining(),
                         .run_out = presence_.run_out(),
                         .being_lost = board_.executors().being_lost().size()};
    figures.queues = {.waiting_acquires = waiters_.size(),
                      .offers = offers_.size(),
                      .passes = asked_passes_.size(),
                      .parked = parking_.executors(),
                      .replays = replays_.size()};
    figures.paused_queues = board_.pauses().size();
    figures.sessions = board_.sessions().size();
    figures.outcomes = board_.sessions().outcomes();
    figures.gathering_bytes = batch_->bytes();
    figures.clock_ahead = board_.clock().ahead(now_);
    figures.brake = presence_.brake();
    figures.read_only = read_only_;
    figures.limits = board_.settings().limits;
}

void Broker::fill_domains(Figures& figures) {
    const core::Tasks& tasks = board_.tasks();
    show_domains(tasks, shown_domains_);
    figures.other_domains = figures.tasks;
    for (const std::string& name : shown_domains_) {
        DomainFigures& domain = figures.domains.emplace_back(DomainFigures{name});
        const Slot slot = tasks.domains().find(name);
        if (slot != core::no_slot) {
            domain.tasks = tasks_of(tasks, slot);
        }
        for (std::size_t state = 0; state < protocol::live_states; ++state) {
            figures.other_domains[state] -= domain.tasks[state];
        }
    }
}

}  // namespace taskbbs::broker
