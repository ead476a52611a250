// An executor's work.
#include "tests/simulation/worker.hpp"

namespace taskbbs::simulation {

using namespace std::chrono_literals;

Worker::Worker(Bench& bench, std::string id, int number, Habits habits)
    : bench_(bench),
      id_(std::move(id)),
      name_(id_ + "/" + std::to_string(number)),
      habits_(habits),
      client_(bench),
      acquiring_(bench),
      presence_({.executor_id = id_,
                 .incarnation = name_,
                 .ttl = habits.ttl,
                 .stacks = {"lucid"},
                 .slots = habits.slots,
                 .free = std::nullopt}),
      alarm_(bench, [this] { beat(); }) {
    alarm_.at(bench_.now());
    look_for_work();
}

void Worker::die() {
    dead_ = true;
    walks_ = bench_.draw.chance(habits_.walks_dead);
}

void Worker::depart() {
    die();
    presence_.depart();
    client_.call<DepartArgs>({id_}, [](const Result<Applied>&) {});
}

void Worker::beat() {
    if (dead_) return;
    presence_.on_timer(bench_.now());
    if (const auto heartbeat = presence_.take_heartbeat(bench_.now())) {
        client_.call<HeartbeatArgs>(
            *heartbeat,
            [this](const Result<HeartbeatAnswer>& answer) {
                presence_.on_answer(answer, bench_.now());
                alarm_.at(bench_.now());
            },
            presence_.interval());
    }
    for (const sdk::Notice& notice : presence_.take_notices()) {
        if (const auto* stale = std::get_if<sdk::Stale>(&notice)) has_.erase(stale->guid);
    }
    alarm_.at(presence_.next_deadline());
}

// ---- getting work ------------------------------------------------------------------------------

void Worker::look_for_work() {
    if (dead_ || winding_down_) return;
    const bool present = presence_.presence() == Presence::present && !presence_.draining();
    const bool has_room = static_cast<std::int64_t>(has_.size()) < habits_.slots;
    if (!present || !has_room) {
        bench_.schedule.in(50ms, [this] { look_for_work(); });
    } else if (bench_.draw.chance(habits_.claims)) {
        claim_something();
    } else {
        acquire();
    }
}

void Worker::acquire() {
    AcquireArgs args{.executor_id = id_};
    args.max = bench_.draw.between(1, habits_.slots - static_cast<std::int64_t>(has_.size()));
    args.wait = milliseconds(bench_.draw.chance(0.5) ? bench_.draw.between(1, 800) : 0);
    if (bench_.draw.chance(0.2)) args.domains = {"other"};
    acquiring_.call<AcquireArgs>(
        args,
        [this](const Result<Acquired>& acquired) {
            if (acquired) {
                for (const Task& task : acquired->tasks)
                    got(task);
            }
            bench_.schedule.in(bench_.draw.skewed(100ms), [this] { look_for_work(); });
        },
        3s,
        args.wait);
}

void Worker::claim_something() {
    client_.call<ListArgs>(
        {.state = State::pending, .limit = 5}, [this](const Result<TaskPage>& page) {
            bench_.schedule.in(bench_.draw.skewed(100ms), [this] { look_for_work(); });
            if (!page || page->tasks.empty() || dead_) return;
            const std::string guid = page->tasks[bench_.draw.below(page->tasks.size())].guid;
            client_.call<ClaimArgs>({guid, id_}, [this](const Result<Owned>& owned) {
                if (owned && owned->task) got(*owned->task);
            });
        });
}

// ---- doing it ----------------------------------------------------------------------------------

void Worker::got(const Task& task) {
    bench_.witness.told_owner(task.guid, task.epoch, name_);
    has_[task.guid] = task.epoch;
    presence_.hold(task.guid, task.epoch);
    bench_.schedule.in(bench_.draw.skewed(100ms), [this, guid = task.guid, epoch = task.epoch] {
        if (acts()) start(guid, epoch);
    });
}

void Worker::start(const std::string& guid, Seq epoch) {
    const StartArgs args{
        .guid = guid, .executor_id = id_, .epoch = epoch, .container_handle = "in " + name_};
    client_.call<StartArgs>(args, [this, guid, epoch](const Result<Applied>& answer) {
        const bool hangs = bench_.draw.chance(habits_.hangs);
        if (!answer || hangs) {
            has_.erase(guid);
            presence_.release(guid);
            return;
        }
        bench_.schedule.in(bench_.draw.skewed(habits_.works), [this, guid, epoch] {
            if (acts()) finish(guid, epoch);
        });
    });
}

void Worker::finish(const std::string& guid, Seq epoch) {
    has_.erase(guid);
    presence_.release(guid);
    if (bench_.draw.chance(habits_.rejects)) {
        const RejectArgs args{.guid = guid,
                              .executor_id = id_,
                              .epoch = epoch,
                              .reason = "not today",
                              .delay = milliseconds(bench_.draw.between(0, 300))};
        client_.call<RejectArgs>(args, [](const Result<Rejected>&) {});
        return;
    }
    const bool failed = bench_.draw.chance(0.1);
    const CompleteArgs args{.guid = guid,
                            .epoch = epoch,
                            .failed = failed,
                            .failure_reason = failed ? "it broke" : "",
                            .result = "made by " + name_,
                            .executor_id = id_};
    client_.call<CompleteArgs>(args, [](const Result<Applied>&) {});
}

}  // namespace taskbbs::simulation
