// How an executor that runs tasks ends.
#include "sdk/work.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::sdk;
using namespace std::chrono_literals;

namespace {

// A machine that is present, with `tasks` of them running as jobs 1, 2, ...
struct StoppingRig {
    explicit StoppingRig(JobId tasks) : machine({.executor_id = "e", .slots = 4}) {
        machine.on_presence(Presence::present, std::nullopt, now);
        Acquired acquired;
        for (JobId job = 1; job <= tasks; ++job) {
            acquired.tasks.push_back({.guid = "g" + std::to_string(job), .epoch = 5});
        }
        if (tasks > 0) {
            machine.on_acquired(acquired, now);
        }
        for (JobId job = 1; job <= tasks; ++job) {
            machine.on_started(job, Applied{}, now);
        }
        machine.take_actions();
    }

    template <class Action>
    int count() {
        const auto taken = machine.take_actions();
        actions.insert(actions.end(), taken.begin(), taken.end());
        int found = 0;
        for (const WorkAction& action : actions) {
            found += std::holds_alternative<Action>(action) ? 1 : 0;
        }
        return found;
    }

    void pass(Duration time) {
        now += time;
        machine.on_timer(now);
    }

    Instant now{1h};
    WorkMachine machine;
    std::vector<WorkAction> actions;  // since the beginning
};

}  // namespace

TEST_CASE("stopping ends the waiting acquire, lets finish what runs, then leaves") {
    StoppingRig rig(1);
    rig.machine.stop(std::nullopt, rig.now);
    CHECK(rig.count<EndAcquire>() == 1);
    rig.machine.on_acquired(Acquired{}, rig.now);
    rig.pass(24h);
    CHECK(rig.count<InterruptWork>() == 0);
    CHECK(rig.count<LeaveBoard>() == 0);
    rig.machine.on_ended(1, Outcome{}, rig.now);
    CHECK(rig.count<LeaveBoard>() == 0);
    rig.machine.on_completed(1, Applied{}, rig.now);
    CHECK(rig.count<LeaveBoard>() == 1);
    CHECK_FALSE(rig.machine.is_over());
    rig.machine.on_left(Applied{});
    CHECK(rig.machine.is_over());
    CHECK_FALSE(rig.machine.error());
}

TEST_CASE("what is acquired while stopping is given back at once, and leaving waits for it") {
    StoppingRig rig(0);
    rig.machine.stop(std::nullopt, rig.now);
    CHECK(rig.count<LeaveBoard>() == 0);
    rig.machine.on_acquired(Acquired{.tasks = {{.guid = "late", .epoch = 9}}}, rig.now);
    CHECK(rig.count<RejectWork>() == 1);
    CHECK(rig.count<StartWork>() == 0);
    rig.machine.on_rejected(1, Rejected{}, rig.now);
    CHECK(rig.count<LeaveBoard>() == 1);
}

TEST_CASE("when the time to finish is over, what still runs is interrupted and reports as ever") {
    StoppingRig rig(2);
    rig.machine.stop(rig.now + 10s, rig.now);
    rig.machine.on_acquired(Acquired{}, rig.now);
    rig.machine.on_ended(1, Outcome{}, rig.now);
    CHECK(rig.machine.next_deadline() == rig.now + 10s);
    rig.pass(10s);
    CHECK(rig.count<InterruptWork>() == 1);
    rig.machine.on_ended(2, GiveBack{.reason = "cut off"}, rig.now);
    CHECK(rig.count<RejectWork>() == 1);
}

TEST_CASE("of two times to finish the earlier one counts") {
    StoppingRig rig(1);
    rig.machine.stop(rig.now + 10s, rig.now);
    rig.machine.stop(rig.now + 20s, rig.now);
    CHECK(rig.machine.next_deadline() == rig.now + 10s);
    rig.machine.stop(rig.now, rig.now);
    CHECK(rig.count<InterruptWork>() == 1);
}

TEST_CASE("a board that does not answer is left after 30 s, counted once nothing runs") {
    StoppingRig rig(1);
    rig.machine.stop(std::nullopt, rig.now);
    rig.pass(1h);
    CHECK_FALSE(rig.machine.is_over());
    rig.machine.on_ended(1, Outcome{}, rig.now);
    rig.pass(30s - 1ns);
    CHECK_FALSE(rig.machine.is_over());
    rig.pass(1ns);
    CHECK(rig.machine.is_over());
    CHECK(rig.machine.error()->code == Code::timed_out);
}

TEST_CASE("a superseded executor is over once its functions have returned, and says why") {
    StoppingRig rig(1);
    rig.machine.on_presence(
        Presence::superseded, Error{.code = Code::refused, .status = Status::not_owner}, rig.now);
    CHECK(rig.count<InterruptWork>() == 1);
    CHECK_FALSE(rig.machine.is_over());
    rig.machine.on_ended(1, Outcome{}, rig.now);
    CHECK(rig.machine.is_over());
    CHECK(rig.machine.error()->is(Status::not_owner));
    CHECK(rig.count<CompleteWork>() + rig.count<LeaveBoard>() == 0);
}

TEST_CASE("a reason is cut to 1 KiB at a character and is UTF-8") {
    CHECK(reason_of("plain") == "plain");
    CHECK(reason_of(std::string(2000, 'x')).size() == 1024);
    const std::string split = std::string(1023, 'x') + "\xC3\xA9";
    CHECK(reason_of(split) == std::string(1023, 'x'));
    CHECK(reason_of("a\xFF"
                    "b") == "a?b");
}
