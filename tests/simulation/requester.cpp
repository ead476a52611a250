// A requester's steps. Each answer leads to the next one; what is unclear leads to another look.
#include "tests/simulation/requester.hpp"

namespace taskbbs::simulation {

using namespace std::chrono_literals;

Requester::Requester(Bench& bench, std::string name, Habits habits)
    : bench_(bench), name_(std::move(name)), habits_(habits), client_(bench) {
    begin();
}

void Requester::begin() {
    if (winding_down_) return;
    if (open_.size() < habits_.width) {
        const std::string guid = name_ + "-" + std::to_string(++made_);
        open_.insert(guid);
        desire(guid);
    }
    bench_.schedule.in(bench_.draw.skewed(habits_.thinks), [this] { begin(); });
}

void Requester::desire(const std::string& guid) {
    Draw& draw = bench_.draw;
    DesireArgs args;
    args.task.guid = guid;
    args.task.domain = draw.chance(0.3) ? "other" : "default";
    args.task.stack = draw.chance(0.2) ? "lucid" : "";
    args.task.priority = static_cast<std::int32_t>(draw.between(-1, 1));
    args.task.payload = draw.bytes(draw.below(static_cast<std::size_t>(habits_.payload) + 1));
    args.task.annotation = draw.chance(0.2) ? "noted" : "";
    args.task.max_rejections = static_cast<std::uint16_t>(draw.below(4));
    args.task.on_executor_lost =
        draw.chance(0.5) ? protocol::OnExecutorLost::requeue : protocol::OnExecutorLost::fail;
    if (draw.chance(0.2)) args.task.run_timeout = milliseconds(draw.between(100, 1500));
    if (draw.chance(0.1)) args.task.time_to_claim = milliseconds(draw.between(200, 3000));
    client_.call<DesireArgs>(args, [this, guid](const Result<Applied>& answer) {
        if (!answer && !answer.error().outcome_unknown) {
            done(guid);
        } else {
            look_later(guid);
        }
    });
}

void Requester::look_later(const std::string& guid) {
    bench_.schedule.in(bench_.draw.skewed(2 * habits_.thinks), [this, guid] { look(guid); });
}

void Requester::look(const std::string& guid) {
    if (bench_.draw.chance(habits_.cancels)) {
        client_.call<CancelArgs>({.guid = guid, .reason = "no interest"},
                                 [this, guid](const Result<Applied>&) { look_later(guid); });
        return;
    }
    client_.call<GetArgs>({guid}, [this, guid](const Result<Found>& found) {
        if (!found && found.error().is(Status::not_found)) {
            done(guid);
        } else if (found && found->task.state == State::completed) {
            take(guid);
        } else {
            look_later(guid);
        }
    });
}

void Requester::take(const std::string& guid) {
    client_.call<ResolvingArgs>({guid}, [this, guid](const Result<Owned>& owned) {
        if (!owned) return look_later(guid);
        bench_.witness.told_owner(guid, owned->epoch, name_);
        if (bench_.draw.chance(habits_.forgets)) return look_later(guid);
        resolve(guid, owned->epoch);
    });
}

void Requester::resolve(const std::string& guid, Seq epoch) {
    client_.call<ResolveArgs>(
        {.guid = guid, .epoch = epoch},
        [this, guid](const Result<Applied>& answer) { answer ? done(guid) : look_later(guid); });
}

void Requester::done(const std::string& guid) {
    open_.erase(guid);
}

}  // namespace taskbbs::simulation
