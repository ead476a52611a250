// A batch: the tasks of one `taskbbs run`, as a machine. It is told what happened, lines of input
// and answers of the board, and returns what to do next. No socket, file or clock is touched here;
// driver.cpp drives it.
//
// The life of a task's attempt, each of which is a task on the board (names.hpp):
//
//     desiring -> open -> ended -> taking -> taken -> leaving -> gone
//        |          |       |        |         | shown, or handed to the next attempt
//        |          |       |        not taken: unclear
//        |          |       its outcome stays on the board until it is its turn
//        |          cancelled, or anything else that may have changed it: looking
//        the board takes none now: delayed, then desiring again
//        it is there already: looking
//     looking -> what `get` says it is; unclear (somebody else has it, no answer), then looking
//
// - An outcome is shown once. It is taken (`resolving`) first and resolved behind its showing: who
//   dies in between leaves it to be shown again, never unseen.
// - The next attempt is on the board before the one before it leaves, so that a batch can be picked
//   up at any time; what an older attempt came to is nobody's business then (`quiet`).
// - How much is here is bounded: by `jobs` what is on the board, by `most_ended` what has ended and
//   waits for its turn there, by most_taken and most_bytes outcomes and what is to be desired.
#pragma once

#include "cli/batch/note.hpp"
#include "cli/batch/outcome.hpp"
#include "cli/batch/tally.hpp"
#include "cli/exit_code.hpp"
#include "taskbbs/calls.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace taskbbs::cli::batch {

using Moment = std::chrono::steady_clock::time_point;

// ---- what to do ------------------------------------------------------------------------------

// Each of these is a call to the board, answered by the method of Batch behind it.
struct Desire {
    TaskKey key;
    Task task;
};  // desired()

struct Look {
    TaskKey key;
};  // looked()

struct Cancel {
    TaskKey key;
};  // cancelled()

struct Take {
    TaskKey key;
};  // taken()

struct Leave {
    TaskKey key;
    std::optional<Seq> epoch;  // absent: nobody knows it any more
};                             // left()

struct Show {
    TaskOutcome outcome;
    std::uint64_t line_hash = 0;  // see job_log.hpp
    bool board_knows = true;      // false: it was never there, or has gone
};

// A line for people.
struct Say {
    std::string line;
};

using Action = std::variant<Desire, Look, Cancel, Take, Leave, Show, Say>;

// A task of the batch that was there before.
struct FoundTask {
    TaskKey key;
    State state = State::pending;
    std::int64_t bytes = 0;  // of its result
};

// ---- the machine -----------------------------------------------------------------------------

enum class Mode : std::uint8_t {
    attend,     // desire, wait, show: `run`
    hand_over,  // desire: `run --detach`
    pick_up,    // wait, show: `wait`
};

struct BatchOptions {
    std::string name;
    Mode mode = Mode::attend;
    Task task;  // what all tasks have in common
    std::int64_t jobs = 1000;
    std::int64_t retries = 0;
    bool keep_order = false;
    bool resumed = false;  // tasks of this name may be there from before, and are taken over
};

// Each input says when it happened; `now` must not go back. Answers that concern nothing any more
// are ignored. Not thread-safe.
class Batch {
  public:
    explicit Batch(BatchOptions options);

    // Before anything else: what is on the board of it.
    void found(const FoundTask& task, Moment now);
    // pick_up: those found were all.
    void pick_up(Moment now);

    // False: add no line now. Every other input may change that.
    bool wants_line() const;

    // Of the line that is added next.
    std::uint64_t next_number() const { return last_number_ + 1; }

    void add(std::string_view line, std::string command);
    // In place of add(): an earlier run has done it.
    void skip(Moment now);
    void input_ended();

    void desired(TaskKey key, const Result<Applied>& answer, Moment now);
    void looked(TaskKey key, Result<Found> answer, Moment now);
    void cancelled(TaskKey key, const Result<Applied>& answer, Moment now);
    void taken(TaskKey key, Result<Owned> answer, Moment now);
    void left(TaskKey key, const Result<Applied>& answer, Moment now);

    // An event has told that a task is completed.
    void completed(const Task& header);
    // Events may have been missed.
    // False: none is there.
    bool look_at_all();

    // Ends early: no more lines; cancels what is open, or, as pick_up, leaves it as it is.
    void stop(Exit exit, Moment now);
    // The same, and says why.
    void fatal(Exit exit, std::string why, Moment now);

    // What is due by now.
    void tick(Moment now);
    // When tick() is needed next, if nothing happens before.
    std::optional<Moment> deadline() const;

    // What to do since the last call, in order.
    std::vector<Action> take();

    bool finished() const;
    Exit exit() const;
    Tally tally() const;

    // Before asking again what was not answered, or refused for a while.
    static constexpr milliseconds pause{1000};
    // Tasks whose outcomes wait on the board for their turn.
    static constexpr std::size_t most_ended = 10'000;
    // Outcomes here, and so many bytes of them; a single one may be larger.
    static constexpr std::size_t most_taken = 64;
    static constexpr std::int64_t most_bytes = std::int64_t{16} << 20;

  private:
    enum class Phase : std::uint8_t {
        desiring,
        delayed,
        looking,
        unclear,
        open,
        ended,
        taking,
        taken,
        leaving,
    };

    struct Slot {
        Phase phase = Phase::desiring;
        bool quiet = false;      // its outcome is nobody's business any more
        bool ours = false;       // if it is on the board already, it is no other run's
        bool stirred = false;    // an event came while it was not known to be open
        bool counted = false;    // in taken_ and taken_bytes_
        std::int64_t bytes = 0;  // of its result
        std::uint64_t line_hash = 0;
        Seq epoch = 0;                         // under which it is taken; 0: unknown
        std::optional<Moment> due;             // of delayed and unclear
        std::unique_ptr<Task> task;            // until it is known to be on the board
        std::unique_ptr<TaskOutcome> outcome;  // of taken
    };

    using Slots = std::map<TaskKey, Slot>;
    using Entry = Slots::iterator;

    Entry find(TaskKey key, Phase phase);
    void move(Entry entry, Phase phase);
    void erase(Entry entry);
    void put_off(Entry entry, Phase phase, Moment now);

    void desire(Entry entry);
    void refused_desire(Entry entry, const Error& error, Moment now);
    void on_board(Entry entry);
    Entry attempt_before(Entry entry);
    void hold(Slot& slot, Task task);
    void release(Slot& slot);
    void look(Entry entry);
    void see(Entry entry, State state, std::int64_t bytes, Moment now);
    void open(Entry entry);
    void end(Entry entry, std::int64_t bytes);
    void fetch(Entry entry);
    void leave(Entry entry);
    bool is_tried_anew(const Task& task, std::uint32_t attempt) const;
    void try_anew(Entry entry, Task task);
    void conclude(Entry entry, TaskOutcome outcome);
    void fail(Entry entry, std::string reason, bool cancelled = false);
    void gone(Entry entry);
    void show(Entry entry);
    void hush(const FoundTask& task, Moment now);
    Entry next_to_take();
    void show_in_turn();
    void settle();

    void say(std::string line) { actions_.emplace_back(Say{std::move(line)}); }

    BatchOptions options_;
    Slots slots_;
    std::map<std::uint64_t, FoundTask> before_;  // found, and not yet taken over
    std::uint64_t last_number_ = 0;
    bool input_ended_ = false;
    bool stopping_ = false;
    bool told_delay_ = false;
    Exit exit_ = Exit::done;
    Tally tally_;
    std::vector<Action> actions_;

    std::set<TaskKey> ended_;                       // not quiet
    std::set<std::pair<Moment, TaskKey>> put_off_;  // delayed and unclear
    std::size_t taken_ = 0;                         // taking or taken, not quiet
    std::int64_t taken_bytes_ = 0;
    std::int64_t unsent_bytes_ = 0;  // of tasks in slots
};

}  // namespace taskbbs::cli::batch
