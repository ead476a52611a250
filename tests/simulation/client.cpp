// The driver of a session, as in sdk/io_thread.
#include "tests/simulation/client.hpp"

#include <algorithm>

namespace taskbbs::simulation {

namespace {

protocol::SessionId drawn_session(Draw& draw) {
    protocol::SessionId made;
    for (char& byte : made.bytes)
        byte = static_cast<char>(draw.word());
    return made;
}

}  // namespace

void Alarm::at(std::optional<sdk::Instant> when) {
    if (!when || (set_ && *set_ <= *when)) return;
    set_ = when;
    const Duration delay = std::max(Duration{0}, *when - bench_->now());
    bench_->schedule.in(delay, [this, planned = *when] {
        if (set_ != planned) return;
        set_.reset();
        ring_();
    });
}

Client::Client(Bench& bench)
    : bench_(bench),
      id_(drawn_session(bench.draw)),
      name_(id_.view()),
      session_(id_, [&bench] { return bench.draw.word(); }),
      alarm_(bench, [this] { turn(); }) {}

void Client::submit(sdk::Submission submission, Handler handler) {
    const protocol::Verb verb = submission.verb;
    const Result<protocol::RequestId> id = session_.submit(bench_.now(), std::move(submission));
    if (!id) {
        bench_.schedule.in(Duration{0}, [handler = std::move(handler), error = id.error()] {
            handler(tl::unexpected(error));
        });
        return;
    }
    waiting_.emplace(*id, Waiting{verb, std::move(handler)});
    alarm_.at(bench_.now());
}

void Client::turn() {
    if (turning_) return;
    turning_ = true;
    const sdk::Instant now = bench_.now();
    session_.on_timer(now);
    connect();
    do {
        while (const auto message = session_.take_outgoing(now)) {
            bench_.witness.sent(*message);
            bench_.network.send(*link_, *message);
        }
    } while (hand_over());
    turning_ = false;
    alarm_.at(session_.next_deadline());
    if (session_.wants_connection(now + std::chrono::milliseconds(100)))
        alarm_.at(now + std::chrono::milliseconds(100));
}

void Client::connect() {
    if (!session_.wants_connection(bench_.now())) return;
    if (link_) bench_.network.close(*link_);
    link_ = bench_.network.connect(name_,
                                   {.on_message =
                                        [this](const std::string& bytes) {
                                            session_.on_message(bytes, bench_.now());
                                            hand_over();
                                            turn();
                                        },
                                    .on_lost =
                                        [this] {
                                            session_.on_disconnected(bench_.now());
                                            turn();
                                        }});
    session_.on_connected(bench_.now());
}

bool Client::hand_over() {
    const std::vector<sdk::Completion> completions = session_.take_completions();
    for (const sdk::Completion& completion : completions) {
        const auto waiting = waiting_.extract(completion.id);
        if (waiting.empty()) continue;
        tell(completion, waiting.mapped().verb);
        waiting.mapped().handler(completion.outcome);
    }
    return !completions.empty();
}

void Client::tell(const sdk::Completion& completion, protocol::Verb verb) {
    if (!protocol::is_mutation(verb)) return;
    if (!completion.outcome) {
        if (!completion.outcome.error().outcome_unknown)
            bench_.witness.told_refused(name_, completion.id);
        return;
    }
    protocol::Document document;
    const protocol::Value body = document.parse(*completion.outcome).value_or(protocol::Value());
    const auto seq = body.at("seq").integer().value_or(0);
    const bool claimed_nothing = verb == protocol::Verb::acquire && body.at("tasks").size() == 0;
    if (!claimed_nothing) bench_.witness.told_applied(name_, completion.id, seq);
}

}  // namespace taskbbs::simulation
