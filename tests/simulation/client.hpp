// A client: the SDK's own session machine, driven as the SDK's thread drives it, over the simulated
// network. What it is told is said to the witness.
#pragma once

#include "protocol/envelope.hpp"
#include "sdk/session.hpp"
#include "sdk/wire.hpp"
#include "tests/simulation/draw.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/witness.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace taskbbs::simulation {

// What every client works with.
struct Bench {
    Schedule& schedule;
    Draw& draw;
    Network& network;
    Witness& witness;

    // Of the clients' machines.
    sdk::Instant now() const { return sdk::Instant(std::chrono::hours(1)) + schedule.now(); }
};

// Wakes its owner, who may ask again at any time; the earliest one counts.
class Alarm {
  public:
    Alarm(Bench& bench, std::function<void()> ring) : bench_(&bench), ring_(std::move(ring)) {}

    void at(std::optional<sdk::Instant> when);

  private:
    Bench* bench_;
    std::function<void()> ring_;
    std::optional<sdk::Instant> set_;
};

class Client {
  public:
    explicit Client(Bench& bench);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // The answer comes exactly once, if the simulation lasts.
    template <class Args>
    void call(const Args& args,
              std::function<void(const Result<typename Args::Reply>&)> done,
              Duration timeout = std::chrono::seconds(30),
              Duration wait = Duration{0}) {
        submit({.verb = sdk::verb_of<Args>,
                .args = sdk::pack(args),
                .deadline = bench_.now() + timeout + wait,
                .wait = wait},
               [done = std::move(done)](const Result<std::string_view>& outcome) {
                   done(outcome ? sdk::read<typename Args::Reply>(*outcome)
                                : Result<typename Args::Reply>(tl::unexpected(outcome.error())));
               });
    }

    std::size_t pending() const { return session_.pending(); }

    const std::string& session() const { return name_; }

  private:
    using Handler = std::function<void(const Result<std::string_view>&)>;

    struct Waiting {
        protocol::Verb verb;
        Handler handler;
    };

    void submit(sdk::Submission submission, Handler handler);
    void turn();
    void connect();
    bool hand_over();
    void tell(const sdk::Completion& completion, protocol::Verb verb);

    Bench& bench_;
    protocol::SessionId id_;
    std::string name_;
    sdk::Session session_;
    std::optional<Network::Link> link_;
    std::map<protocol::RequestId, Waiting> waiting_;
    Alarm alarm_;
    bool turning_ = false;
};

}  // namespace taskbbs::simulation
