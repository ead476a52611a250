// The machine behind an executor that runs tasks.
#include "sdk/work.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::sdk;
using namespace std::chrono_literals;

namespace {

Error work_refused(Status status) {
    return {.code = Code::refused, .status = status, .status_name = std::string(name_of(status))};
}

Error work_timed_out() {
    return {.code = Code::timed_out, .outcome_unknown = true};
}

// A machine whose actions are taken as they come.
struct WorkRig {
    explicit WorkRig(std::int64_t slots = 1)
        : machine({.executor_id = "e", .slots = slots, .container_handle = "box"}) {}

    // Present, with one task acquired: its `start` is the newest action.
    WorkRig& with_task(const std::string& guid = "g", Seq epoch = 5) {
        if (!present) {
            present = true;
            machine.on_presence(Presence::present, std::nullopt, now);
            machine.take_actions();
        }
        machine.on_acquired(Acquired{.tasks = {{.guid = guid, .epoch = epoch}}}, now);
        take();
        return *this;
    }

    WorkRig& running(const std::string& guid = "g", Seq epoch = 5) {
        with_task(guid, epoch);
        machine.on_started(job<StartWork>(), Applied{}, now);
        take();
        return *this;
    }

    WorkRig& take() {
        actions = machine.take_actions();
        for (const WorkAction& action : actions) {
            if (const auto* told = std::get_if<TellFate>(&action)) {
                fates.push_back(told->fate);
            }
        }
        return *this;
    }

    template <class Action>
    const Action* find() const {
        for (const WorkAction& action : actions) {
            if (const auto* found = std::get_if<Action>(&action)) {
                return found;
            }
        }
        return nullptr;
    }

    template <class Action>
    const Action& only() const {
        REQUIRE(find<Action>() != nullptr);
        return *find<Action>();
    }

    template <class Action>
    JobId job() const {
        return only<Action>().job;
    }

    Task task_in(State state, Seq epoch = 5) const {
        return {.guid = "g", .state = state, .executor_id = "e", .epoch = epoch};
    }

    Instant now{1h};
    WorkMachine machine;
    bool present = false;
    std::vector<WorkAction> actions;
    std::vector<Fate> fates;
};

}  // namespace

TEST_CASE("nothing is acquired before the executor is present, then as much as there are slots") {
    WorkRig rig(3);
    rig.machine.on_timer(rig.now);
    CHECK(rig.take().actions.empty());
    rig.machine.on_presence(Presence::present, std::nullopt, rig.now);
    CHECK(rig.take().only<AcquireWork>().max == 3);
}

TEST_CASE("with one task of three slots taken, two more are acquired") {
    WorkRig rig(3);
    rig.with_task();
    CHECK(rig.only<AcquireWork>().max == 2);
    CHECK(rig.only<StartWork>().args.epoch == 5);
    CHECK(rig.only<StartWork>().args.container_handle == "box");
}

TEST_CASE("what all tasks may need together is acquired less what those that run need") {
    WorkRig rig;
    WorkMachine machine(
        {.executor_id = "e", .slots = 2, .total = Resources{.memory_mb = 100, .disk_mb = 10}});
    machine.on_presence(Presence::present, std::nullopt, rig.now);
    machine.on_acquired(Acquired{.tasks = {{.guid = "g", .memory_mb = 30, .disk_mb = 20}}},
                        rig.now);
    rig.actions = machine.take_actions();
    const WorkAction& last = rig.actions.back();
    REQUIRE(std::holds_alternative<AcquireWork>(last));
    CHECK(std::get<AcquireWork>(last).free == Resources{.memory_mb = 70, .disk_mb = 0});
}

TEST_CASE("a task runs once its start was answered, and its outcome is reported under its epoch") {
    WorkRig rig;
    rig.with_task();
    rig.machine.on_started(rig.job<StartWork>(), Applied{}, rig.now);
    CHECK(rig.take().only<RunWork>().task.guid == "g");
    rig.machine.on_ended(rig.job<RunWork>(), Outcome{.result = "r"}, rig.now);
    CHECK(rig.take().only<CompleteWork>().args.result == "r");
    CHECK(rig.only<CompleteWork>().args.epoch == 5);
    rig.machine.on_completed(rig.job<CompleteWork>(), Applied{}, rig.now);
    CHECK(rig.take().fates == std::vector{Fate::completed});
    CHECK(rig.only<ReleaseWork>().guid == "g");
    CHECK(rig.only<AcquireWork>().max == 1);
}

TEST_CASE("a task that is not ours when it is started does not run") {
    for (const Status status : {Status::not_owner, Status::wrong_state, Status::not_found}) {
        WorkRig rig;
        rig.with_task();
        rig.machine.on_started(rig.job<StartWork>(), tl::unexpected(work_refused(status)), rig.now);
        CHECK(rig.take().find<RunWork>() == nullptr);
        CHECK(rig.fates == std::vector{Fate::lost});
    }
}

TEST_CASE("a start that nobody answered is looked at, and runs only where it was applied") {
    WorkRig rig;
    rig.with_task();
    rig.machine.on_started(rig.job<StartWork>(), tl::unexpected(work_timed_out()), rig.now);
    const JobId job = rig.take().job<LookAtWork>();
    SECTION("running under our epoch: it runs") {
        rig.machine.on_looked(job, Found{.task = rig.task_in(State::running)}, rig.now);
        CHECK(rig.take().find<RunWork>() != nullptr);
    }
    SECTION("still claimed: it is started again") {
        rig.machine.on_looked(job, Found{.task = rig.task_in(State::claimed)}, rig.now);
        CHECK(rig.take().find<StartWork>() != nullptr);
    }
    SECTION("running under another epoch: it does not run") {
        rig.machine.on_looked(job, Found{.task = rig.task_in(State::running, 9)}, rig.now);
        CHECK(rig.take().find<RunWork>() == nullptr);
        CHECK(rig.fates == std::vector{Fate::lost});
    }
    SECTION("no answer: it is asked again, a second later") {
        rig.machine.on_looked(job, tl::unexpected(work_timed_out()), rig.now);
        CHECK(rig.take().find<LookAtWork>() == nullptr);
        REQUIRE(rig.machine.next_deadline() == rig.now + 1s);
        rig.machine.on_timer(rig.now + 1s);
        CHECK(rig.take().find<LookAtWork>() != nullptr);
    }
}

TEST_CASE("an outcome that nobody answered is looked for and reported again where it is missing") {
    WorkRig rig;
    rig.running();
    rig.machine.on_ended(rig.job<RunWork>(), Outcome{.result = "r"}, rig.now);
    const JobId job = rig.take().job<CompleteWork>();
    rig.machine.on_completed(job, tl::unexpected(work_timed_out()), rig.now);
    rig.machine.on_timer(rig.now + 1s);
    REQUIRE(rig.take().find<LookAtWork>() != nullptr);
    Task task = rig.task_in(State::running);
    SECTION("still running: again") {
        rig.machine.on_looked(job, Found{.task = task}, rig.now);
        CHECK(rig.take().find<CompleteWork>() != nullptr);
    }
    SECTION("completed with it: done") {
        task.state = State::completed;
        task.epoch = 0;
        task.result = "r";
        rig.machine.on_looked(job, Found{.task = task}, rig.now);
        CHECK(rig.take().fates == std::vector{Fate::completed});
    }
    SECTION("completed with another one: lost") {
        task.state = State::completed;
        task.epoch = 0;
        task.failed = true;
        rig.machine.on_looked(job, Found{.task = task}, rig.now);
        CHECK(rig.take().fates == std::vector{Fate::lost});
    }
    SECTION("gone: nobody knows") {
        rig.machine.on_looked(job, tl::unexpected(work_refused(Status::not_found)), rig.now);
        CHECK(rig.take().fates == std::vector{Fate::unknown});
    }
}

TEST_CASE("an outcome that the board refuses is replaced by a failure, once") {
    WorkRig rig;
    rig.running();
    rig.machine.on_ended(rig.job<RunWork>(), Outcome{.result = "too long"}, rig.now);
    const JobId job = rig.take().job<CompleteWork>();
    rig.machine.on_completed(job, tl::unexpected(work_refused(Status::too_large)), rig.now);
    CHECK(rig.take().only<CompleteWork>().args.failed);
    CHECK(rig.only<CompleteWork>().args.result.empty());
    rig.machine.on_completed(job, tl::unexpected(work_refused(Status::too_large)), rig.now);
    CHECK(rig.take().fates == std::vector{Fate::lost});
}

TEST_CASE("a function that gives its task back has it rejected, with a delay within the bounds") {
    WorkRig rig;
    rig.running();
    rig.machine.on_ended(rig.job<RunWork>(), GiveBack{.reason = "later", .delay = 1000h}, rig.now);
    CHECK(rig.take().only<RejectWork>().args.reason == "later");
    CHECK(rig.only<RejectWork>().args.delay == 24h);
    rig.machine.on_rejected(rig.job<RejectWork>(), Rejected{}, rig.now);
    CHECK(rig.take().fates == std::vector{Fate::given_back});
}

TEST_CASE("a task that was taken away is interrupted, and says nothing more to the board") {
    WorkRig rig;
    rig.running();
    const JobId job = rig.job<RunWork>();
    rig.machine.on_stale("g", rig.now);
    CHECK(rig.take().job<InterruptWork>() == job);
    CHECK(rig.find<AcquireWork>() == nullptr);  // its function has not returned
    rig.machine.on_ended(job, Outcome{}, rig.now);
    CHECK(rig.take().find<CompleteWork>() == nullptr);
    CHECK(rig.fates == std::vector{Fate::lost});
    CHECK(rig.find<AcquireWork>() != nullptr);
}

TEST_CASE("a task that became stale by its own outcome is decided by the answer to that") {
    WorkRig rig;
    rig.running();
    rig.machine.on_ended(rig.job<RunWork>(), Outcome{}, rig.now);
    const JobId job = rig.take().job<CompleteWork>();
    rig.machine.on_stale("g", rig.now);
    CHECK(rig.take().fates.empty());
    rig.machine.on_completed(job, Applied{}, rig.now);
    CHECK(rig.take().fates == std::vector{Fate::completed});
}

TEST_CASE("a task that comes back while its former function runs waits for that to return") {
    WorkRig rig(2);
    rig.running("g", 5);
    const JobId former = rig.job<RunWork>();
    rig.with_task("g", 9);
    CHECK(rig.job<InterruptWork>() == former);
    CHECK(rig.find<StartWork>() == nullptr);
    rig.machine.on_ended(former, Outcome{}, rig.now);
    CHECK(rig.take().only<StartWork>().args.epoch == 9);
    CHECK(rig.find<ReleaseWork>() == nullptr);  // it is held under its new epoch
}
