// Making a picture of the board: one pass over the tasks that are held, then the rows.
#include "cli/top/board_model.hpp"
#include "cli/top/figures.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace taskbbs::cli::top {
namespace {

constexpr Time never = Time::max();

std::optional<Duration> age_of(Time since, Time now) {
    return since == never ? std::nullopt : std::optional{std::max(Duration{0}, now - since)};
}

// What can be slow comes first; within a state, the longest.
int rank_of(State state) {
    switch (state) {
        case State::running:
            return 0;
        case State::claimed:
            return 1;
        case State::resolving:
            return 2;
        case State::pending:
            return 3;
        default:
            return 4;
    }
}

}  // namespace

struct BoardModel::Survey {
    std::array<Time, protocol::live_states> oldest;
    std::unordered_map<const Queue*, Time> oldest_pending;
    std::vector<const Held*> matching;
};

Picture BoardModel::picture(const Wish& wish, Time now) const {
    const Time board_now = board_time(now);
    Picture picture;
    picture.wish = wish;
    picture.held = static_cast<std::int64_t>(tasks_.size());
    picture.whole = whole_;
    picture.listing = listing_;
    picture.on_board = whole_ ? picture.held : tasks_on_board().value_or(picture.held);
    picture.broker = figures_;
    auto survey = surveyed(wish);
    put_states(picture, survey, board_now);
    put_queues(picture, survey, wish, board_now);
    put_executors(picture, wish);
    put_tasks(picture, survey, wish, board_now);
    return picture;
}

BoardModel::Survey BoardModel::surveyed(const Wish& wish) const {
    Survey survey;
    survey.oldest.fill(never);
    const auto matches = [&wish](const Held& task) {
        const auto& [guid, held] = task;
        const auto has = [&wish](std::string_view text) {
            return text.find(wish.filter) != std::string_view::npos;
        };
        const QueueName& queue = held.queue->first;
        return wish.filter.empty() || has(guid) || has(held.executor_id) ||
               has(name_of(held.state)) || has(queue.domain + "/" + queue.stack.value_or(""));
    };
    for (const Held& task : tasks_) {
        const HeldTask& held = task.second;
        Time& oldest = survey.oldest[static_cast<std::size_t>(held.state)];
        oldest = std::min(oldest, held.since);
        if (held.state == State::pending) {
            const auto entry = survey.oldest_pending.try_emplace(held.queue, held.since).first;
            entry->second = std::min(entry->second, held.since);
        }
        if (matches(task)) {
            survey.matching.push_back(&task);
        }
    }
    return survey;
}

void BoardModel::put_states(Picture& picture, const Survey& survey, Time board_now) const {
    for (std::size_t i = 0; i < shown_states; ++i) {
        StateRow& row = picture.states[i];
        row.state = static_cast<State>(i);
        row.per_second = rates_[i].per_second(board_now);
        if (i == protocol::live_states) {
            continue;
        }
        row.oldest = age_of(survey.oldest[i], board_now);
        if (!whole_ && stats_) {
            // By the state's own name.
            row.tasks = figure(*stats_, name_of(row.state)).value_or(0);
            continue;
        }
        for (const Queue& queue : queues_) {
            row.tasks += queue.second[i];
        }
    }
}

bool BoardModel::is_paused(const QueueName& queue) const {
    return std::ranges::any_of(pauses_, [&queue](const Pause& pause) {
        return pause.domain == queue.domain && (!pause.stack || pause.stack == queue.stack);
    });
}

void BoardModel::put_queues(Picture& picture,
                            const Survey& survey,
                            const Wish& wish,
                            Time board_now) const {
    const auto count = [](const Counts& counts, State state) {
        return counts[static_cast<std::size_t>(state)];
    };
    for (const Queue& queue : queues_) {
        const auto& [name, counts] = queue;
        const auto oldest = survey.oldest_pending.find(&queue);
        const bool waits = oldest != survey.oldest_pending.end();
        QueueRow row{.domain = name.domain,
                     .stack = name.stack,
                     .pending = count(counts, State::pending),
                     .claimed = count(counts, State::claimed),
                     .running = count(counts, State::running),
                     .oldest = waits ? age_of(oldest->second, board_now) : std::nullopt,
                     .paused = is_paused(name)};
        if (row.pending + row.claimed + row.running > 0) {
            picture.queues.push_back(std::move(row));
        }
    }
    // Stable: where the sort says nothing, they stay by name.
    std::stable_sort(picture.queues.begin(),
                     picture.queues.end(),
                     [&wish](const QueueRow& a, const QueueRow& b) {
                         switch (wish.queues) {
                             case QueueSort::pending:
                                 return std::tuple(a.pending, a.claimed + a.running) >
                                        std::tuple(b.pending, b.claimed + b.running);
                             case QueueSort::oldest:
                                 return a.oldest > b.oldest;
                             default:
                                 return false;
                         }
                     });
}

void BoardModel::put_executors(Picture& picture, const Wish& wish) const {
    picture.executors = executors_;
    picture.all_executors = all_executors_;
    std::sort(picture.executors.begin(),
              picture.executors.end(),
              [&wish](const ExecutorRow& a, const ExecutorRow& b) {
                  const auto busy = [](const ExecutorRow& row) {
                      return row.claimed + row.running;
                  };
                  if (wish.executors == ExecutorSort::load && a.load() != b.load()) {
                      return a.load() > b.load();
                  }
                  if (wish.executors != ExecutorSort::name && busy(a) != busy(b)) {
                      return busy(a) > busy(b);
                  }
                  return a.executor_id < b.executor_id;
              });
}

void BoardModel::put_tasks(Picture& picture,
                           Survey& survey,
                           const Wish& wish,
                           Time board_now) const {
    const auto before = [&wish](const Held* a, const Held* b) {
        const auto slower = [](const Held& task) {
            return std::tuple(rank_of(task.second.state), task.second.since);
        };
        // Those of nobody last.
        const auto by_executor = [](const HeldTask& held) {
            return std::pair(held.executor_id.empty(), std::string_view{held.executor_id});
        };
        switch (wish.tasks) {
            case TaskSort::queue:
                if (a->second.queue != b->second.queue) {
                    return a->second.queue->first < b->second.queue->first;
                }
                break;
            case TaskSort::executor:
                if (a->second.executor_id != b->second.executor_id) {
                    return by_executor(a->second) < by_executor(b->second);
                }
                break;
            case TaskSort::guid:
                return a->first < b->first;
            case TaskSort::slowest:
                break;
        }
        return slower(*a) != slower(*b) ? slower(*a) < slower(*b) : a->first < b->first;
    };
    picture.matching = static_cast<std::int64_t>(survey.matching.size());
    const auto shown = std::min(wish.most_tasks, survey.matching.size());
    const auto end = survey.matching.begin() + static_cast<std::ptrdiff_t>(shown);
    std::partial_sort(survey.matching.begin(), end, survey.matching.end(), before);
    for (auto task = survey.matching.begin(); task != end; ++task) {
        const auto& [guid, held] = **task;
        picture.tasks.push_back({.guid = guid,
                                 .state = held.state,
                                 .failed = held.failed,
                                 .age = board_now - held.since,
                                 .domain = held.queue->first.domain,
                                 .stack = held.queue->first.stack,
                                 .executor_id = held.executor_id});
    }
}

}  // namespace taskbbs::cli::top
