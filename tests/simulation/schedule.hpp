// Simulated time: what happens next is the earliest of what was planned, and of those of one moment
// the one planned first. Processes are fibers that share a fate.
#pragma once

#include "tests/simulation/fiber.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <vector>

namespace taskbbs::simulation {

using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

class Schedule {
  public:
    // Since the simulation began.
    Duration now() const { return now_; }

    // `what` happens that much later. Nothing can be taken back: whoever plans sees to it that it
    // may come too late.
    void in(Duration delay, std::function<void()> what);

    // Lets time go on by this much, or until somebody halts it.
    void run_for(Duration time);

    // The present moment is the last one of this run.
    void halt() { halted_ = true; }

  private:
    struct Plan {
        Duration at{};
        std::uint64_t number = 0;
        std::function<void()> what;
    };

    struct IsLater {
        bool operator()(const Plan& a, const Plan& b) const {
            return a.at != b.at ? a.at > b.at : a.number > b.number;
        }
    };

    Duration now_{};
    bool halted_ = false;
    std::uint64_t planned_ = 0;
    std::priority_queue<Plan, std::vector<Plan>, IsLater> plans_;
};

// Thrown inside the fibers of a process that is killed.
struct Killed {};

class Process {
  public:
    explicit Process(Schedule& schedule) : state_(std::make_shared<State>(State{schedule})) {}

    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    ~Process() { kill(); }

    // Begins as soon as the present moment's work is done. It may end by Killed; nothing else may
    // leave it.
    void spawn(std::function<void()> work);

    // Ends every fiber, in the middle of what it does: Killed is thrown where it stands. Not from
    // one of them.
    void kill();

    bool is_killed() const { return state_->killed; }

    // From inside of a process: time passes; others run meanwhile.
    static void pause(Duration time);
    // From inside: nothing happens any more until the process is killed.
    [[noreturn]] static void stand();

  private:
    friend class Signal;

    struct State {
        Schedule& schedule;
        bool killed = false;
    };

    using Shared = std::shared_ptr<State>;

    static void resume(const Shared& state, Fiber& fiber);
    // Resumes `fiber` later, unless the process was killed by then.
    static void resume_in(const Shared& state, Duration delay, Fiber* fiber);
    // Gives way; throws Killed where the process was killed meanwhile.
    static void give_way();

    static Shared running_;  // whose fiber runs

    Shared state_;
    std::vector<std::unique_ptr<Fiber>> fibers_;
};

// What one fiber of a process waits for. Notices are not counted: one that nobody waits for is kept
// until somebody does.
class Signal {
  public:
    explicit Signal(Process& process) : state_(process.state_) {}

    void notify();
    void wait();
    // Waits no longer than this.
    void wait_for(Duration time);

  private:
    Process::Shared state_;
    Fiber* waiting_ = nullptr;
    std::uint64_t turn_ =
        0;  // of waiting: a resumption that was planned for an earlier one is void
    bool noticed_ = false;
};

}  // namespace taskbbs::simulation
