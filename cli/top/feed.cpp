// Rounds of questions, and the listing before the watch.
#include "cli/top/feed.hpp"

#include <algorithm>
#include <utility>

namespace taskbbs::cli::top {
namespace {

using std::chrono::seconds;

constexpr seconds round_pause{1};
// After a question that found nobody, or a broker too busy.
constexpr seconds failure_pause{1};
// stats comes once a second.
constexpr seconds patience{3};
// Of 1000 each: more would be more than anybody reads, and each costs the broker.
constexpr std::int64_t most_executor_pages = 10;

// Another answer may be better.
bool passes(const Error& error) {
    switch (error.code) {
        case Code::timed_out:
        case Code::handshake_failed:
        case Code::overloaded:
            return true;
        case Code::refused:
            return error.status != Status::denied;
        default:
            return false;
    }
}

// What runs comes first where not all can be held (the last part is listed first).
std::vector<std::optional<State>> parts_of(bool fits) {
    if (fits) {
        return {std::nullopt};
    }
    return {State::completed, State::pending, State::resolving, State::claimed, State::running};
}

}  // namespace

Feed::Feed(BoardModel& model, Now now)
    : model_(model),
      heard_(now),
      stats_{.at = now.steady},
      executors_{.at = now.steady},
      tasks_{.at = now.steady} {}

std::vector<Asked> Feed::due(Now now) {
    std::vector<Asked> asked;
    const auto is_due = [&now](Round& round) {
        const bool is = !round.asked && round.at <= now.steady;
        round.asked = round.asked || is;
        return is;
    };
    if (begin_watch_) {
        asked.emplace_back(*std::exchange(begin_watch_, std::nullopt));
    }
    if (is_due(stats_)) {
        asked.emplace_back(AskStats{});
    }
    if (is_due(executors_)) {
        asked.emplace_back(AskExecutors{executors_cursor_});
    }
    if (phase_ == Phase::listing && is_due(tasks_)) {
        asked.emplace_back(AskTasks{listing_, parts_.back(), tasks_cursor_});
    }
    return asked;
}

Feed::Moment Feed::deadline() const {
    Moment next = Moment::max();
    const auto count_in = [&next](const Round& round) {
        next = round.asked ? next : std::min(next, round.at);
    };
    count_in(stats_);
    count_in(executors_);
    if (phase_ == Phase::listing) {
        count_in(tasks_);
    }
    return next;
}

// ---- rounds ----------------------------------------------------------------------------------

void Feed::answered(const Result<Stats>& stats, Now now) {
    stats_ = {.at = now.steady + round_pause};
    if (!stats) {
        return failed(stats.error());
    }
    heard(now);
    model_.answered(*stats, now.wall);
    if (phase_ == Phase::waiting) {
        begin_listing(now.steady);
    } else {
        list_again_if_it_fits(now);
    }
}

void Feed::answered(const Result<Paused>& paused) {
    if (paused) {
        model_.paused(paused->pauses);
    }
}

void Feed::answered(const Result<ExecutorPage>& page, Now now) {
    executors_ = {.at = now.steady + failure_pause};
    if (!page) {
        return failed(page.error());
    }
    heard(now);
    gathered_.insert(gathered_.end(), page->executors.begin(), page->executors.end());
    ++executors_pages_;
    executors_cursor_ = page->cursor.value_or("");
    if (page->cursor && executors_pages_ < most_executor_pages) {
        executors_.at = now.steady;
        return;
    }
    model_.present(std::exchange(gathered_, {}), !page->cursor);
    executors_.at = now.steady + std::exchange(executors_pages_, 0) * round_pause;
    executors_cursor_.clear();
}

// ---- the listing -----------------------------------------------------------------------------

void Feed::begin_listing(Moment at) {
    const auto bound = static_cast<std::int64_t>(model_.bounds().others);
    ++listing_;
    phase_ = Phase::listing;
    parts_ = parts_of(model_.tasks_on_board().value_or(0) <= bound);
    tasks_ = {.at = at};
    tasks_cursor_.clear();
    first_seq_.reset();
    begin_watch_.reset();
    listed_ = 0;
    left_out_ = false;
    model_.listing_begun();
}

void Feed::answered(std::int64_t listing, const Result<TaskPage>& page, Now now) {
    if (listing != listing_ || phase_ != Phase::listing) {
        return;
    }
    tasks_ = {.at = now.steady};
    if (!page) {
        tasks_.at += failure_pause;
        return failed(page.error());
    }
    heard(now);
    first_seq_ = first_seq_.value_or(page->seq);
    for (const Task& task : page->tasks) {
        if (!model_.full(task.state)) {
            model_.listed(task);
            ++listed_;
        } else {
            left_out_ = true;
        }
    }
    tasks_cursor_ = page->cursor.value_or("");
    left_out_ = left_out_ || (page->cursor && part_is_full());
    if (!page->cursor || part_is_full()) {
        next_part(now);
    }
}

void Feed::next_part(Now now) {
    tasks_cursor_.clear();
    parts_.pop_back();
    if (!parts_.empty()) {
        return;
    }
    phase_ = Phase::watching;
    model_.listing_over(!left_out_, now.wall);
    begin_watch_ = BeginWatch{*first_seq_};
}

// The rest of it would only be passed by.
bool Feed::part_is_full() const {
    const auto& part = parts_.back();
    return part ? model_.full(*part) : model_.full(State::pending) && model_.full(State::running);
}

// By some margin, so that a board around the bound is not listed all the time.
void Feed::list_again_if_it_fits(Now now) {
    const auto margin = static_cast<std::int64_t>(model_.bounds().others) * 3 / 4;
    if (phase_ == Phase::watching && !model_.whole() &&
        model_.tasks_on_board().value_or(0) <= margin) {
        begin_listing(now.steady);
    }
}

// ---- the watch -------------------------------------------------------------------------------

void Feed::happened(const Event& event, Now now) {
    heard(now);
    // One that was begun before the tasks are listed anew tells nothing that the listing won't.
    if (phase_ == Phase::watching) {
        model_.happened(event);
    }
}

void Feed::reset(Now now) {
    heard(now);
    begin_listing(now.steady);
}

// ---- the broker ------------------------------------------------------------------------------

std::optional<Time> Feed::away_since(Now now) const {
    return now.steady - heard_.steady > patience ? std::optional{heard_.wall} : std::nullopt;
}

void Feed::heard(Now now) {
    heard_ = now;
}

void Feed::failed(const Error& error) {
    if (!passes(error)) {
        failure_ = error;
    }
}

}  // namespace taskbbs::cli::top
