// What `taskbbs executor` does next, as a machine: it is told what happened and says what to do.
// No process, socket or clock is touched here; executor_command.cpp drives it.
//
// The life of a job, and what moves it on:
//
//     queued -> starting -> running -> reporting -> gone
//        |         | start answered: ours -> running; not ours -> gone; no telling -> looking
//        |      looking: `get` says whose it is; asked until it is answered
//        behind an older job of the same guid, until its process is gone
//
// - What is not surely owned is not run. Before the command runs, `start` was answered, or `get`
//   showed the task running under our epoch.
// - A job that the board took away (stale) is killed: SIGTERM, SIGKILL after the grace. It says
//   nothing more to the board.
// - stop(): acquires no more, finishes what runs, departs. A board that does not answer is waited
//   for in vain for 5 s, or 30 s while outcomes are to be reported. stop() again: kills and rejects
//   what runs, departs, and ends 5 s later in any case.
// - An outcome is reported until the board has answered; where it can't be known whether it was
//   taken, `get` tells.
// - One that runs longer than the executor lets it is killed likewise, and fails.
#pragma once

#include "cli/executor/outcome.hpp"
#include "cli/exit_code.hpp"
#include "taskbbs/executor_session.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace taskbbs::cli {

using Moment = std::chrono::steady_clock::time_point;
// Names a job within this process: a guid may come back while its former process still dies.
using JobId = std::uint64_t;

// ---- what to do ------------------------------------------------------------------------------

struct AcquireTasks {
    std::int64_t max = 1;
    std::optional<Resources> free;
};

struct StartTask {
    JobId job = 0;
    std::string guid;
    Seq epoch = 0;
};

// Ask `get` whose the task is.
struct LookAtTask {
    JobId job = 0;
    std::string guid;
};

struct RunCommand {
    JobId job = 0;
    std::string guid;
    std::string payload;
};

struct KillCommand {
    JobId job = 0;
    int signal = 0;
};

struct CompleteTask {
    JobId job = 0;
    CompleteArgs args;
};

struct RejectTask {
    JobId job = 0;
    RejectArgs args;
};

// Tell presence that the task is held no more.
struct ReleaseTask {
    std::string guid;
};

// End the waiting acquire, and have the board drain this executor.
struct EndAcquire {};

struct DepartBoard {};

// A line for the log.
struct Say {
    std::string line;
};

using Action = std::variant<AcquireTasks,
                            StartTask,
                            LookAtTask,
                            RunCommand,
                            KillCommand,
                            CompleteTask,
                            RejectTask,
                            ReleaseTask,
                            EndAcquire,
                            DepartBoard,
                            Say>;

// ---- the machine -----------------------------------------------------------------------------

struct JobsOptions {
    std::string executor_id;
    std::int64_t slots = 1;
    std::optional<Resources> total;  // what all jobs together may need; absent: any
    milliseconds grace{10'000};
    milliseconds run_timeout{0};           // of a command; 0: none
    ResultForm form = ResultForm::packed;  // packed: the payload is a command line for sh -c
};

// Each input says when it happened; `now` must not go back. Answers that concern a job which is
// gone are ignored. Not thread-safe.
class Jobs {
  public:
    explicit Jobs(JobsOptions options) : options_(std::move(options)) {}

    void acquired(Result<Acquired> answer, Moment now);
    void started(JobId id, const Result<Applied>& answer, Moment now);
    void looked(JobId id, const Result<Found>& answer, Moment now);
    void ended(JobId id, Ending ending, Moment now);
    void completed(JobId id, const Result<Applied>& answer, Moment now);
    void rejected(JobId id, const Result<Rejected>& answer, Moment now);
    void departed(const Result<Applied>& answer);
    // The board has answered EndAcquire, with whatever: it lives, so the acquire under way will
    // come back.
    void drain_answered(Moment now);

    // The board took it away.
    void stale(const std::string& guid, Moment now);
    // The board drains this executor, or does no more.
    void draining(bool on, Moment now);
    // This executor's place on the board is gone for good: everything is stale, then it ends.
    void expelled(Exit exit, const std::string& why, Moment now);
    // How the broker sees this executor has changed: a line for the log. Acquiring begins with the
    // first time.
    void presence(Presence presence, Moment now);
    // SIGTERM or SIGINT; `exit`: what to end with if the board lets it go.
    void stop(Exit exit, Moment now);

    // What is due by now.
    void tick(Moment now);
    // When tick() is needed next, if nothing happens before.
    std::optional<Moment> deadline() const;

    // What to do since the last call, in order.
    std::vector<Action> take();

    bool finished() const { return finished_; }

    Exit exit() const { return exit_; }

    // Before asking again what was answered too fast or not at all.
    static constexpr milliseconds pause{1000};
    // The longest payload that sh -c can take: an argument of the system, with its zero byte.
    static constexpr std::size_t longest_command = 131'071;

  private:
    enum class Phase : std::uint8_t { queued, starting, looking, running, reporting };

    struct Needs {
        std::int64_t memory_mb = 0;
        std::int64_t disk_mb = 0;
        std::int64_t cpu_percent = 0;
    };

    struct Job {
        std::string guid;
        Seq epoch = 0;
        std::string payload;
        Needs needs;
        Phase phase = Phase::starting;
        bool stale = false;      // not ours any more: say nothing to the board
        bool give_back = false;  // reject it as soon as nothing of it runs
        bool cut = false;        // its outputs were dropped as too large
        bool over = false;       // the command has ended, as `ending` says
        bool too_long = false;   // it was ended for the run timeout
        Ending ending;
        std::optional<Moment> end_at;    // the run timeout
        std::optional<Moment> kill_at;   // SIGKILL
        std::optional<Moment> retry_at;  // ask again what was not answered
    };

    using Entry = std::map<JobId, Job>::iterator;

    void accept(Task task, Moment now);
    void ask_start(JobId id, Job& job);
    void look(JobId id, Job& job);
    void run(JobId id, Job& job, Moment now);
    void report(JobId id, Job& job);
    void report_complete(JobId id, Job& job);
    void kill(JobId id, Job& job, Moment now);
    void mark_stale(Entry entry, Moment now);
    void drop(Entry entry, const std::string& why);
    void retry(Job& job, Moment now);
    void settle(Moment now);
    void settle_stopping(Moment now);
    std::optional<milliseconds> patience() const;
    bool owns(const Job& job, const Result<Found>& answer) const;
    std::optional<Resources> free() const;

    void say(std::string line) { actions_.emplace_back(Say{std::move(line)}); }

    JobsOptions options_;
    std::map<JobId, Job> jobs_;
    JobId next_id_ = 1;
    std::vector<Action> actions_;

    bool has_joined_ = false;
    bool acquiring_ = false;
    Moment asked_at_{};
    std::optional<Moment> acquire_at_;  // not before
    bool draining_ = false;             // the board's wish
    int stops_ = 0;
    bool expelled_ = false;
    bool departing_ = false;
    std::optional<Moment> give_up_at_;
    bool finished_ = false;
    Exit exit_ = Exit::done;
};

}  // namespace taskbbs::cli
