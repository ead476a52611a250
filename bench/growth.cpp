// Pipelined desires, then a look at the process.
#include "bench/growth.hpp"

#include "bench/connection.hpp"

#include <chrono>
#include <memory>

namespace taskbbs::bench {

namespace {

// Waits for a message; every reply in it must be ok. Returns how many there were.
std::size_t take_replies(Connection& connection) {
    zmq_pollitem_t item{connection.socket(), 0, ZMQ_POLLIN, 0};
    constexpr long patience_ms = 10'000;
    if (zmq_poll(&item, 1, patience_ms) <= 0) {
        throw std::runtime_error("the broker did not answer for 10 s");
    }
    std::size_t count = 0;
    while (const auto message = connection.receive()) {
        for (const protocol::Reply& reply : message->replies) {
            if (reply.status != "ok") {
                throw std::runtime_error(fmt::format("a request was answered {}", reply.status));
            }
        }
        count += message->replies.size();
    }
    return count;
}

std::int64_t longest_step(Connection& connection) {
    connection.add(protocol::StatsArgs{});
    connection.send();
    zmq_pollitem_t item{connection.socket(), 0, ZMQ_POLLIN, 0};
    zmq_poll(&item, 1, -1);
    const auto message = connection.receive();
    return message ? message->replies.front().body.at("loop_longest_us").integer().value_or(-1)
                   : -1;
}

}  // namespace

Growth grow(const BrokerProcess& broker, std::uint64_t tasks) {
    constexpr std::uint64_t in_flight = 2000;
    constexpr std::uint32_t per_message = 50;
    const std::unique_ptr<void, int (*)(void*)> context(zmq_ctx_new(), zmq_ctx_term);
    Connection connection(context.get(), broker.endpoint());
    longest_step(connection);  // connected
    const std::uint64_t before = broker.resident_bytes();
    const auto began = std::chrono::steady_clock::now();
    std::uint64_t asked = 0;
    for (std::uint64_t answered = 0; answered < tasks; answered += take_replies(connection)) {
        while (asked < tasks && asked - answered < in_flight) {
            const std::string guid = fmt::format("aaaaaaaa-bbbb-cccc-dddd-{:012}", asked++);
            protocol::DesireArgs args;
            args.task.guid = guid;
            connection.add(args);
            if (connection.added() == per_message) {
                connection.send();
            }
        }
        connection.send();
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const std::int64_t step = longest_step(connection);
    const auto grown = static_cast<double>(broker.resident_bytes() - before);
    return {static_cast<double>(tasks) / took.count(), grown / static_cast<double>(tasks), step};
}

}  // namespace taskbbs::bench
