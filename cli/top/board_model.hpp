// The board as `taskbbs top` knows it: fed with the pages of a listing, the events of a watch and
// the broker's answers to `stats` and `executors`, it makes pictures of it. Pure: time is an
// argument.
//
// Of a task it holds what rows show, some 250 bytes, and of tasks only so many (Bounds): a board of
// millions is counted by `stats`, and what rows show is of those held. Which is whole again once
// the board fits and is listed anew (feed.hpp).
#pragma once

#include "cli/top/picture.hpp"
#include "cli/top/rate.hpp"
#include "taskbbs/calls.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace taskbbs::cli::top {

// At most so many tasks are held; those that executors have at the moment (claimed, running) and
// the others are bounded each by itself, so that a long queue does not hide what runs.
struct Bounds {
    std::size_t owned = 100'000;
    std::size_t others = 100'000;
};

class BoardModel {
  public:
    explicit BoardModel(Bounds bounds = {}) : bounds_(bounds) {}

    const Bounds& bounds() const { return bounds_; }

    // ---- tasks ---------------------------------------------------------------------------------

    // Forgets the tasks; what is listed() from here on, up to listing_over(), is what there was.
    void listing_begun();
    void listed(const Task& header);
    // `whole`: all pages were listed. Events are counted from here on.
    void listing_over(bool whole, Time now);
    // Ignored where it is not newer than what is held.
    void happened(const Event& event);

    // No more of them are held: further ones will be passed by.
    bool full(State state) const;

    bool whole() const { return whole_; }

    // ---- the broker ----------------------------------------------------------------------------

    // `now`: when the answer came, by the clock here.
    void answered(const Stats& stats, Time now);

    // All that is.
    void paused(std::vector<Pause> pauses) { pauses_ = std::move(pauses); }

    // Those present; `all`: there are no more.
    void present(const std::vector<ExecutorInfo>& executors, bool all);

    // ---- pictures ------------------------------------------------------------------------------

    // `now` by the clock here: ages count by the broker's, as far as it has told. Costs a pass over
    // what is held.
    Picture picture(const Wish& wish, Time now) const;
    // Nothing before the first answer to `stats`.
    std::optional<std::int64_t> tasks_on_board() const;

  private:
    struct QueueName {
        std::string domain;
        std::optional<std::string> stack;

        auto operator<=>(const QueueName&) const = default;
    };

    // How many held tasks it has in each state; gone with the last of them.
    using Counts = std::array<std::int64_t, protocol::live_states>;
    using Queue = std::map<QueueName, Counts>::value_type;

    struct HeldTask {
        Queue* queue = nullptr;
        Seq seq = 0;
        Time since = protocol::no_time;  // in its state
        State state = State::pending;
        bool failed = false;
        std::string executor_id;  // of a claimed or running one
    };

    using Held = std::unordered_map<std::string, HeldTask>::value_type;
    struct Survey;

    void take(const Task& task, bool header);
    void put(const Task& task, QueueName name);
    void drop(const std::string& guid);
    void leave(HeldTask& held);
    std::size_t& held_like(State state);

    Time board_time(Time now) const { return now + ahead_; }

    void put_states(Picture& picture, const Survey& survey, Time board_now) const;
    void put_queues(Picture& picture, const Survey& survey, const Wish& wish, Time board_now) const;
    void put_executors(Picture& picture, const Wish& wish) const;
    void put_tasks(Picture& picture, Survey& survey, const Wish& wish, Time board_now) const;
    bool is_paused(const QueueName& queue) const;
    Survey surveyed(const Wish& wish) const;

    Bounds bounds_;
    std::unordered_map<std::string, HeldTask> tasks_;  // by guid
    std::map<QueueName, Counts> queues_;
    std::size_t owned_ = 0;  // of tasks_
    std::size_t others_ = 0;
    bool listing_ = false;
    bool whole_ = false;
    std::array<Rate, shown_states> rates_;
    std::vector<ExecutorRow> executors_;
    bool all_executors_ = true;
    std::vector<Pause> pauses_;
    std::optional<Stats> stats_;
    std::optional<BrokerFigures> figures_;
    Duration ahead_{0};  // the broker's clock of the one here
};

}  // namespace taskbbs::cli::top
