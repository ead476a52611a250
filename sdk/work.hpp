// The machine behind an executor that runs tasks: it is told what happened and says what to do. No
// threads and no clocks. The life of a job, and what moves it on:
//
//     queued -> starting -> running -> reporting -> gone
//        |         | start answered: ours -> running; not ours -> gone; no telling -> looking
//        |      looking: `get` says whose it is; asked until it is answered
//        behind an older job of the same guid, until its function has returned
//
// - What is not surely owned is not run: `start` was answered, or `get` showed the task running
//   under our epoch.
// - An outcome is reported until the board has answered; where nobody can tell whether it was
//   taken, `get` tells.
// - A job that the board took away (stale) is interrupted, and says nothing more to the board.
// - Stopping: nothing more is acquired, what has not begun is given back, what runs is finished, or
//   interrupted when its time is over; then it leaves. A board that does not answer is waited for
//   `last_words` once nothing runs.
#pragma once

#include "sdk/instant.hpp"
#include "taskbbs/executor.hpp"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace taskbbs::sdk {

// Names a job within this process: a guid may come back while its former function still runs.
using JobId = std::uint64_t;

// ---- what to do ------------------------------------------------------------------------------

struct AcquireWork {
    std::int64_t max = 1;
    std::optional<Resources> free;
};

struct StartWork {
    JobId job = 0;
    StartArgs args;
};

// Ask `get` whose the task is.
struct LookAtWork {
    JobId job = 0;
    std::string guid;
};

struct RunWork {
    JobId job = 0;
    Task task;
};

// Request its stop, or see to it that it does not begin.
struct InterruptWork {
    JobId job = 0;
};

struct CompleteWork {
    JobId job = 0;
    CompleteArgs args;
};

struct RejectWork {
    JobId job = 0;
    RejectArgs args;
};

// Tell presence that the task is held no more.
struct ReleaseWork {
    std::string guid;
};

// End the waiting acquire, and have the board drain this executor.
struct EndAcquire {};

struct LeaveBoard {};

struct TellFate {
    Task task;
    Fate fate = Fate::completed;
    Outcome outcome;
};

using WorkAction = std::variant<AcquireWork,
                                StartWork,
                                LookAtWork,
                                RunWork,
                                InterruptWork,
                                CompleteWork,
                                RejectWork,
                                ReleaseWork,
                                EndAcquire,
                                LeaveBoard,
                                TellFate>;

// What a function came to.
using Ending = std::variant<Outcome, GiveBack>;

// Cut to what the board takes as a reason, and made UTF-8.
std::string reason_of(std::string_view text);

// ---- the machine -----------------------------------------------------------------------------

struct WorkSettings {
    std::string executor_id;
    std::int64_t slots = 1;
    std::optional<Resources> total;
    std::string container_handle;
    Duration pause = std::chrono::seconds(1);        // before asking again
    Duration last_words = std::chrono::seconds(30);  // for the board, once nothing runs
};

// `now` must not go back. Answers that concern a job which is gone are ignored.
class WorkMachine {
  public:
    explicit WorkMachine(WorkSettings settings) : settings_(std::move(settings)) {}

    void on_presence(Presence presence, const std::optional<Error>& error, Instant now);
    void on_draining(bool on, Instant now);
    // The board took it away.
    void on_stale(const std::string& guid, Instant now);

    void on_acquired(const Result<Acquired>& answer, Instant now);
    void on_started(JobId id, const Result<Applied>& answer, Instant now);
    void on_looked(JobId id, const Result<Found>& answer, Instant now);
    void on_ended(JobId id, Ending ending, Instant now);
    void on_completed(JobId id, const Result<Applied>& answer, Instant now);
    void on_rejected(JobId id, const Result<Rejected>& answer, Instant now);
    void on_left(const Result<Applied>& answer);

    // `interrupt_at`: when what still runs is interrupted; absent: never. Again: the earlier one.
    void stop(std::optional<Instant> interrupt_at, Instant now);

    void on_timer(Instant now);
    std::optional<Instant> next_deadline() const;

    // What to do since the last call, in order.
    std::vector<WorkAction> take_actions();

    bool is_over() const { return over_; }

    // Why it is over, if it was not asked to be or the board was not told.
    const std::optional<Error>& error() const { return error_; }

    std::size_t jobs() const { return jobs_.size(); }

  private:
    enum class Phase : std::uint8_t { queued, starting, looking, running, reporting };

    struct Job {
        Task task;
        Phase phase = Phase::queued;
        bool stale = false;            // not ours any more: say nothing to the board
        bool replaced = false;         // its outcome was refused: a failure stands for it
        bool doubtful = false;         // an outcome was sent and no answer came
        std::optional<Ending> ending;  // the function has returned, or will not run
        std::optional<Instant> retry_at;
    };

    using Jobs = std::map<JobId, Job>;

    void accept(const Task& task);
    void start(JobId id, Job& job);
    void look(JobId id, Job& job);
    void run(JobId id, Job& job);
    void give_back(JobId id, Job& job);
    void report(JobId id, Job& job);
    void mark_stale(Jobs::iterator entry);
    void drop(Jobs::iterator entry, Fate fate);
    bool is_running(const Job& job, const Task& found) const;
    bool has_taken(const Job& job, const Task& found) const;
    void on_outcome_refused(JobId id, Job& job, const Error& error);
    void settle(Instant now);
    void settle_stopping(Instant now);
    bool runs_any() const;
    std::optional<Resources> free() const;

    bool is_closing() const { return stopping_ || expelled_; }

    const WorkSettings settings_;
    Jobs jobs_;
    JobId next_id_ = 1;
    std::vector<WorkAction> actions_;

    bool present_ = false;
    bool draining_ = false;
    bool acquiring_ = false;
    Instant asked_at_;
    Instant acquire_at_;  // not before

    bool stopping_ = false;
    std::optional<Instant> interrupt_at_;
    bool interrupted_ = false;
    bool expelled_ = false;
    bool leaving_ = false;
    std::optional<Instant> give_up_at_;
    bool over_ = false;
    std::optional<Error> error_;
};

}  // namespace taskbbs::sdk
