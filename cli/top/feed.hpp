// What `taskbbs top` asks the broker for, and when: it lists the tasks, then watches from the first
// page's seq, so that nothing is missed in between; meanwhile it asks for `stats` and `executors`
// about once a second. What comes back goes into the model. A machine: no sockets, threads, clocks.
//
//     first stats --> listing --all that is to be held--> watching
//                        ^                                   |
//                        +--- Reset, or the board fits now --+
//
// An absent broker ends nothing: what was asked is asked again, the watch goes on by itself.
#pragma once

#include "cli/top/board_model.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace taskbbs::cli::top {

// The counters, and what is paused.
struct AskStats {};

struct AskExecutors {
    std::string cursor;
};

// `listing`: hand it back with the answer.
struct AskTasks {
    std::int64_t listing = 0;
    std::optional<State> state;
    std::string cursor;
};

// All streams, from after this event, instead of any watch before.
struct BeginWatch {
    Seq after = 0;
};

using Asked = std::variant<AskStats, AskExecutors, AskTasks, BeginWatch>;

// The same moment by two clocks: one that only advances, and the calendar's.
struct Now {
    std::chrono::steady_clock::time_point steady;
    Time wall;
};

class Feed {
  public:
    // The model outlives it. The broker counts as heard now.
    Feed(BoardModel& model, Now now);

    // What to ask now, each to be answered once. Ask again after an answer and at deadline().
    std::vector<Asked> due(Now now);
    std::chrono::steady_clock::time_point deadline() const;

    void answered(const Result<Stats>& stats, Now now);
    // A broker that knows no pauses has none.
    void answered(const Result<Paused>& paused);
    void answered(const Result<ExecutorPage>& page, Now now);
    void answered(std::int64_t listing, const Result<TaskPage>& page, Now now);
    // Of the watch that was begun last. It delivers in the order of seq, since it is of all
    // streams.
    void happened(const Event& event, Now now);
    void reset(Now now);

    // Since when nothing was heard, where that is too long for a broker that is there.
    std::optional<Time> away_since(Now now) const;

    bool watching() const { return phase_ == Phase::watching; }

    std::int64_t listed() const { return listed_; }

    // Why it can't go on, if so: the broker does not let this client read, or speaks otherwise.
    const std::optional<Error>& failure() const { return failure_; }

  private:
    using Moment = std::chrono::steady_clock::time_point;
    enum class Phase : std::uint8_t { waiting, listing, watching };

    // A question that is asked again and again.
    struct Round {
        Moment at;
        bool asked = false;
    };

    void begin_listing(Moment at);
    void next_part(Now now);
    bool part_is_full() const;
    void list_again_if_it_fits(Now now);
    void heard(Now now);
    void failed(const Error& error);

    BoardModel& model_;
    Now heard_;
    std::optional<Error> failure_;

    Round stats_;
    Round executors_;
    std::vector<ExecutorInfo> gathered_;  // of the pages so far
    std::string executors_cursor_;
    std::int64_t executors_pages_ = 0;

    Phase phase_ = Phase::waiting;
    Round tasks_;
    std::int64_t listing_ = 0;
    std::vector<std::optional<State>> parts_;  // still to be listed, the last one first
    std::string tasks_cursor_;
    std::optional<Seq> first_seq_;  // of the first page
    std::int64_t listed_ = 0;
    bool left_out_ = false;
    std::optional<BeginWatch> begin_watch_;
};

}  // namespace taskbbs::cli::top
