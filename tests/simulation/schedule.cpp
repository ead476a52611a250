// Plans and fates.
#include "tests/simulation/schedule.hpp"

#include "tests/simulation/finding.hpp"

#include <utility>

namespace taskbbs::simulation {

void Schedule::in(Duration delay, std::function<void()> what) {
    plans_.push({now_ + delay, planned_++, std::move(what)});
}

void Schedule::run_for(Duration time) {
    constexpr int most_at_once = 1'000'000;
    const Duration end = now_ + time;
    halted_ = false;
    int at_once = 0;
    while (!halted_ && !plans_.empty() && plans_.top().at <= end) {
        at_once = plans_.top().at == now_ ? at_once + 1 : 0;
        expect(at_once < most_at_once, "time stands still at {} ns", now_.count());
        now_ = plans_.top().at;
        const std::function<void()> what = plans_.top().what;
        plans_.pop();
        what();
    }
    if (!halted_) now_ = end;
}

Process::Shared Process::running_;

void Process::spawn(std::function<void()> work) {
    fibers_.push_back(std::make_unique<Fiber>([state = state_, work = std::move(work)] {
        try {
            if (!state->killed) work();
        } catch (const Killed&) {
            return;
        }
    }));
    resume_in(state_, Duration{0}, fibers_.back().get());
}

void Process::kill() {
    state_->killed = true;
    for (const auto& fiber : fibers_) {
        while (!fiber->ended())
            resume(state_, *fiber);
    }
    fibers_.clear();
}

void Process::resume(const Shared& state, Fiber& fiber) {
    const Shared before = std::exchange(running_, state);
    fiber.resume();
    running_ = before;
}

void Process::resume_in(const Shared& state, Duration delay, Fiber* fiber) {
    state->schedule.in(delay, [state, fiber] {
        if (!state->killed && !fiber->ended()) resume(state, *fiber);
    });
}

void Process::give_way() {
    const Shared state = running_;
    Fiber::yield();
    if (state->killed) throw Killed();
}

void Process::pause(Duration time) {
    if (running_->killed) throw Killed();
    resume_in(running_, time, Fiber::current());
    give_way();
}

void Process::stand() {
    for (;;)
        give_way();
}

void Signal::notify() {
    noticed_ = true;
    if (waiting_ == nullptr) return;
    Fiber* const fiber = std::exchange(waiting_, nullptr);
    ++turn_;
    Process::resume_in(state_, Duration{0}, fiber);
}

void Signal::wait() {
    if (!noticed_) {
        waiting_ = Fiber::current();
        Process::give_way();
    }
    noticed_ = false;
}

void Signal::wait_for(Duration time) {
    if (!noticed_ && time > Duration{0}) {
        waiting_ = Fiber::current();
        state_->schedule.in(time, [this, state = state_, turn = turn_] {
            if (state->killed || turn != turn_ || waiting_ == nullptr) return;
            ++turn_;
            Process::resume(state, *std::exchange(waiting_, nullptr));
        });
        Process::give_way();
    }
    noticed_ = false;
}

}  // namespace taskbbs::simulation
