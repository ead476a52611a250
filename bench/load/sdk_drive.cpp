// Each life is a chain of calls, each made by the callback of the one before it, on the client's
// thread.
#include "bench/load/sdk_drive.hpp"

#include <atomic>
#include <chrono>
#include <fmt/format.h>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

namespace taskbbs::bench {

namespace {

using namespace std::chrono_literals;

enum class Phase : std::uint8_t { warming, counting, ending };

// One client's lives. All but the constructor and what is atomic belongs to the client's thread.
class Lives {
  public:
    Lives(const ClientOptions& options, const Load& load, int number)
        : client_(connect(options)),
          executor_id_(fmt::format("bench-executor-{:04}", number)),
          head_(fmt::format("{:08x}-{:04x}-4000-8000-", std::random_device()(), number)),
          payload_(load.payload_bytes, 'x') {
        if (const auto answer = client_.heartbeat(heartbeat()); !answer) {
            throw std::runtime_error("heartbeat: " + answer.error().message);
        }
        alive_ = load.in_flight;
    }

    void begin() {
        for (int i = alive_; i > 0; --i) {
            desire();
        }
    }

    // Does not wait: answers are as late as those of the load.
    void refresh() {
        client_.call(heartbeat(), [](const Result<HeartbeatAnswer>&) {});
    }

    void enter(Phase phase) { phase_ = phase; }

    int alive() const { return alive_; }

    // Once no life is under way.
    const Measured& measured() const { return measured_; }

  private:
    HeartbeatArgs heartbeat() const {
        HeartbeatArgs args;
        args.executor_id = executor_id_;
        return args;
    }

    static Client connect(const ClientOptions& options) {
        auto client = Client::open(options);
        if (!client) {
            throw std::runtime_error(client.error().message);
        }
        return *std::move(client);
    }

    // Makes the call, counts its answer, and goes on with `next`.
    template <class Args, class Next>
    void ask(const Args& args, Next next) {
        client_.call(args,
                     [this, next, asked = clock_now()](const Result<typename Args::Reply>& result) {
                         if (phase_ == Phase::counting) {
                             measured_.latency.add(clock_now() - asked);
                         }
                         if (result) {
                             return next(*result);
                         }
                         ++measured_.refused;
                         measured_.refusal = result.error().message;
                         --alive_;
                     });
    }

    void desire() {
        if (phase_ == Phase::ending) {
            --alive_;
            return;
        }
        DesireArgs args;
        args.task.guid = fmt::format("{}{:012x}", head_, begun_++);
        args.task.payload = payload_;
        ask(args, [this, guid = args.task.guid](const Applied&) { claim(guid); });
    }

    void claim(const std::string& guid) {
        ask(ClaimArgs{guid, executor_id_},
            [this, guid](const Owned& owned) { start(guid, owned.epoch); });
    }

    void start(const std::string& guid, Seq epoch) {
        ask(StartArgs{guid, executor_id_, epoch, "handle"},
            [this, guid, epoch](const Applied&) { complete(guid, epoch); });
    }

    void complete(const std::string& guid, Seq epoch) {
        ask(CompleteArgs{.guid = guid, .epoch = epoch, .result = "ok"},
            [this, guid](const Applied&) { resolve(guid); });
    }

    void resolve(const std::string& guid) {
        ask(ResolvingArgs{guid}, [this, guid](const Owned& owned) {
            ask(ResolveArgs{guid, owned.epoch}, [this](const Applied&) { desire(); });
        });
    }

    Client client_;
    std::string executor_id_;
    std::string head_;
    std::string payload_;
    std::atomic<Phase> phase_ = Phase::warming;
    std::atomic<int> alive_ = 0;
    std::atomic<std::uint64_t> begun_ = 0;
    Measured measured_;
};

using Clients = std::vector<std::unique_ptr<Lives>>;

void enter(const Clients& clients, Phase phase) {
    for (const auto& lives : clients) {
        lives->enter(phase);
    }
}

void wait(const Clients& clients, double seconds) {
    constexpr std::int64_t heartbeat_every = 3'000'000'000;
    const std::int64_t until = clock_now() + static_cast<std::int64_t>(seconds * 1e9);
    std::int64_t heartbeat_at = clock_now() + heartbeat_every;
    while (clock_now() < until) {
        std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(
            200ms, std::chrono::nanoseconds(until - clock_now())));
        if (clock_now() >= heartbeat_at) {
            heartbeat_at += heartbeat_every;
            for (const auto& lives : clients) {
                lives->refresh();
            }
        }
    }
}

}  // namespace

Measured drive_sdk(const ClientOptions& client,
                   const Load& load,
                   const std::function<double()>& server_cpu) {
    Clients clients;
    for (int i = 0; i < load.connections; ++i) {
        clients.push_back(std::make_unique<Lives>(client, load, i));
    }
    for (const auto& lives : clients) {
        lives->begin();
    }
    wait(clients, load.warm_up);
    Measured measured;
    const double server = server_cpu();
    const double own = own_cpu_seconds();
    const std::int64_t began = clock_now();
    enter(clients, Phase::counting);
    wait(clients, load.seconds);
    enter(clients, Phase::ending);
    measured.seconds = static_cast<double>(clock_now() - began) / 1e9;
    measured.own_cpu = own_cpu_seconds() - own;
    measured.server_cpu = server_cpu() - server;
    for (const auto& lives : clients) {
        while (lives->alive() > 0) {
            std::this_thread::sleep_for(1ms);
        }
        measured.latency.add(lives->measured().latency);
        measured.refused += lives->measured().refused;
        if (measured.refusal.empty()) {
            measured.refusal = lives->measured().refusal;
        }
    }
    measured.steps = measured.latency.count();
    return measured;
}

}  // namespace taskbbs::bench
