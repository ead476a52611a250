// What a clerk and a stranger do.
#include "tests/simulation/clerk.hpp"

#include "protocol/codec.hpp"
#include "protocol/messages.hpp"

namespace taskbbs::simulation {

using namespace std::chrono_literals;

// ---- the clerk ---------------------------------------------------------------------------------

Clerk::Clerk(Bench& bench, std::vector<std::string> executors)
    : bench_(bench), executors_(std::move(executors)), client_(bench) {
    step();
}

void Clerk::wind_down() {
    winding_down_ = true;
    for (const char* domain : {"default", "other"})
        client_.call<ResumeArgs>({.domain = domain}, [](const Result<Applied>&) {});
}

// One queue, or all of a domain, for a while.
void Clerk::pause() {
    Draw& draw = bench_.draw;
    PauseArgs args{.domain = draw.chance(0.7) ? "other" : "default"};
    if (draw.chance(0.6)) args.stack = draw.chance(0.5) ? "lucid" : "";
    client_.call<PauseArgs>(args, [](const Result<Applied>&) {});
    ResumeArgs again{.domain = args.domain};
    if (draw.chance(0.5)) again.stack = args.stack;
    bench_.schedule.in(draw.skewed(1s), [this, again] {
        if (!winding_down_) client_.call<ResumeArgs>(again, [](const Result<Applied>&) {});
    });
}

void Clerk::step() {
    if (winding_down_) return;
    Draw& draw = bench_.draw;
    const std::string& executor = executors_[draw.below(executors_.size())];
    switch (draw.below(7)) {
        case 0:
            client_.call<ListArgs>({.domain = "other", .full = draw.chance(0.5), .limit = 10},
                                   [](const Result<TaskPage>&) {});
            break;
        case 1:
            client_.call<ExecutorsArgs>({}, [](const Result<ExecutorPage>&) {});
            break;
        case 2:
            client_.call<DrainArgs>({.executor_id = executor, .on = draw.chance(0.3)},
                                    [](const Result<Applied>&) {});
            break;
        case 3:
            client_.call<ConvergeArgs>({}, [](const Result<Converged>&) {});
            break;
        case 4:
            pause();
            break;
        case 5:
            client_.call<StatsArgs>({}, [](const Result<Stats>&) {});
            break;
        default:
            client_.call<ReplayArgs>({.after = 0, .streams = {Stream::completed}, .limit = 50},
                                     [](const Result<Replayed>&) {});
    }
    bench_.schedule.in(draw.skewed(1s), [this] { step(); });
}

// ---- the stranger ------------------------------------------------------------------------------

Stranger::Stranger(Bench& bench) : bench_(bench) {
    for (char& byte : session_.bytes)
        byte = static_cast<char>(bench.draw.word());
    step();
}

void Stranger::step() {
    if (winding_down_) return;
    Draw& draw = bench_.draw;
    const auto next = static_cast<protocol::RequestId>(sent_.size()) + 1;
    if (sent_.empty() || draw.chance(0.5)) {
        sent_.push_back(request(next));
        send(sent_.back());
    } else if (draw.chance(0.2)) {
        acked_ = draw.between(acked_, next - 1);
    } else {
        // The same once more, be it long acked.
        send(sent_[draw.below(sent_.size())]);
    }
    bench_.schedule.in(draw.skewed(200ms), [this] { step(); });
}

std::string Stranger::request(protocol::RequestId id) {
    Draw& draw = bench_.draw;
    std::string packed;
    protocol::Packer packer(packed);
    const std::string guid = "stranger-" + std::to_string(draw.below(made_ + 1));
    const auto epoch = draw.between(0, bench_.witness.seq());
    switch (draw.below(6)) {
        case 0: {
            protocol::DesireArgs args;
            const std::string fresh = "stranger-" + std::to_string(++made_);
            args.task.guid = fresh;
            args.task.payload = "by hand";
            protocol::pack_request(packer, id, args);
            break;
        }
        case 1:
            protocol::pack_request(packer, id, protocol::ClaimArgs{guid, "e1"});
            break;
        case 2:
            protocol::pack_request(
                packer, id, protocol::StartArgs{.guid = guid, .executor_id = "e1", .epoch = epoch});
            break;
        case 3:
            protocol::pack_request(packer, id, protocol::CancelArgs{.guid = guid});
            break;
        case 4:
            protocol::pack_request(packer, id, protocol::ResolvingArgs{guid});
            break;
        default:
            protocol::pack_request(packer, id, protocol::ResolveArgs{.guid = guid, .epoch = epoch});
    }
    return packed;
}

// Each time over a connection of its own, once or more often.
void Stranger::send(const std::string& packed) {
    std::string message;
    protocol::Packer packer(message);
    protocol::pack_request_message(packer, session_, acked_, 1, packed);
    for (std::size_t copies = 1 + bench_.draw.below(2); copies > 0; --copies) {
        bench_.witness.sent(message);
        bench_.network.send(link(), message);
    }
}

Network::Link Stranger::link() {
    return bench_.network.connect(std::string(session_.view()),
                                  {.on_message = [](const std::string&) {}, .on_lost = {}});
}

}  // namespace taskbbs::simulation
