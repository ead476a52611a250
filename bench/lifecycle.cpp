// One thread, all connections: each has as many lanes as requests in flight, and a lane takes one
// task after another through its life.
#include "bench/lifecycle.hpp"

#include "bench/connection.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <vector>

namespace taskbbs::bench {

namespace {

using Clock = std::chrono::steady_clock;
constexpr const char* executor = "bench-executor";

struct Lane {
    std::string guid;
    int step = 0;  // of the six
    std::int64_t epoch = 0;
    Clock::time_point sent;
};

class Lanes {
  public:
    Lanes(void* context, const std::string& endpoint, const Load& load, int number)
        : connection_(context, endpoint),
          load_(load),
          prefix_(fmt::format("{:08x}-{:04x}-bbbb-cccc", std::random_device()(), number)),
          payload_(load.payload_bytes, 'x'),
          lanes_(static_cast<std::size_t>(load.in_flight)) {
        for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
            ask(lane);
        }
        connection_.send();
    }

    void* socket() const { return connection_.socket(); }

    // Takes the replies that have come and sends what follows on them.
    void turn(std::vector<float>& latencies, Measured& measured) {
        while (const auto message = connection_.receive()) {
            const auto now = Clock::now();
            for (const protocol::Reply& reply : message->replies) {
                const std::size_t lane = waiting_.front();
                waiting_.pop_front();
                const std::chrono::duration<float, std::micro> took = now - lanes_[lane].sent;
                latencies.push_back(took.count());
                if (reply.status != "ok") {
                    ++measured.refused;
                    lanes_[lane].step = 0;
                } else {
                    advance(lanes_[lane], reply);
                }
                ask(lane);
            }
            connection_.send();
        }
    }

  private:
    static void advance(Lane& lane, const protocol::Reply& reply) {
        constexpr int steps = 6;
        lane.epoch = reply.body.at("epoch").integer().value_or(lane.epoch);
        lane.step = (lane.step + 1) % steps;
    }

    void ask(std::size_t number) {
        Lane& lane = lanes_[number];
        switch (lane.step) {
            case 0: {
                lane.guid = fmt::format("{}-{:012}", prefix_, next_++);
                protocol::DesireArgs args;
                args.task.guid = lane.guid;
                args.task.payload = payload_;
                connection_.add(args);
                break;
            }
            case 1:
                connection_.add(protocol::ClaimArgs{lane.guid, executor});
                break;
            case 2:
                connection_.add(protocol::StartArgs{lane.guid, executor, "handle", lane.epoch});
                break;
            case 3: {
                protocol::CompleteArgs args;
                args.guid = lane.guid;
                args.result = "ok";
                args.epoch = lane.epoch;
                connection_.add(args);
                break;
            }
            case 4:
                connection_.add(protocol::ResolvingArgs{lane.guid});
                break;
            default:
                connection_.add(protocol::ResolveArgs{lane.guid, lane.epoch});
                break;
        }
        lane.sent = Clock::now();
        waiting_.push_back(number);
        if (connection_.added() >= static_cast<std::uint32_t>(load_.per_message)) {
            connection_.send();
        }
    }

    Connection connection_;
    const Load& load_;
    std::string prefix_;
    std::string payload_;
    std::vector<Lane> lanes_;
    std::deque<std::size_t> waiting_;  // lanes in the order in which they asked
    std::uint64_t next_ = 0;
};

float percentile(const std::vector<float>& sorted, double share) {
    const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
    return sorted.empty() ? 0 : sorted[std::min(at, sorted.size() - 1)];
}

}  // namespace

Measured drive(const std::string& endpoint, const Load& load) {
    const std::unique_ptr<void, int (*)(void*)> context(zmq_ctx_new(), zmq_ctx_term);
    std::vector<std::unique_ptr<Lanes>> connections;
    std::vector<zmq_pollitem_t> items;
    for (int i = 0; i < load.connections; ++i) {
        connections.push_back(std::make_unique<Lanes>(context.get(), endpoint, load, i));
        items.push_back({connections.back()->socket(), 0, ZMQ_POLLIN, 0});
    }
    Measured measured;
    std::vector<float> latencies;
    latencies.reserve(1 << 22);
    const auto began = Clock::now();
    const auto passed = [&] { return std::chrono::duration<double>(Clock::now() - began).count(); };
    while (passed() < load.seconds) {
        constexpr long patience_ms = 10'000;
        if (zmq_poll(items.data(), static_cast<int>(items.size()), patience_ms) <= 0) {
            throw std::runtime_error("the broker did not answer for 10 s");
        }
        for (std::size_t i = 0; i < items.size(); ++i) {
            if ((items[i].revents & ZMQ_POLLIN) != 0) {
                connections[i]->turn(latencies, measured);
            }
        }
    }
    measured.transitions_per_second = static_cast<double>(latencies.size()) / passed();
    std::sort(latencies.begin(), latencies.end());
    measured.p50_us = static_cast<double>(percentile(latencies, 0.5));
    measured.p99_us = static_cast<double>(percentile(latencies, 0.99));
    measured.p999_us = static_cast<double>(percentile(latencies, 0.999));
    measured.max_us = latencies.empty() ? 0 : static_cast<double>(latencies.back());
    return measured;
}

}  // namespace taskbbs::bench
