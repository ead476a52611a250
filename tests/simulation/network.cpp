// Delays, losses, connections that die slowly.
#include "tests/simulation/network.hpp"

#include <algorithm>
#include <utility>

namespace taskbbs::simulation {

Duration Network::arrival(Duration& last) {
    last = std::max(last, schedule_->now() + draw_->skewed(weather.delay));
    return last - schedule_->now();
}

// ---- clients -----------------------------------------------------------------------------------

Network::Link Network::connect(std::string session, Ends ends) {
    const Link link = ++made_;
    connections_[link] = {.session = std::move(session), .ends = std::move(ends)};
    if (server_ == nullptr && draw_->chance(0.5)) {
        schedule_->in(10ms, [this, link] { break_up(link); });
    }
    return link;
}

void Network::close(Link link) {
    Connection& connection = connections_.at(link);
    connection.open = false;
    connection.ends = {};
}

void Network::send(Link link, std::string bytes) {
    Connection& connection = connections_.at(link);
    if (draw_->chance(weather.stall)) {
        connection.there =
            std::max(connection.there, schedule_->now()) + draw_->skewed(weather.stalled);
    }
    if (!connection.whole || draw_->chance(weather.loss)) return;
    if (draw_->chance(weather.breakage)) {
        break_up(link);
        return;
    }
    schedule_->in(arrival(connection.there),
                  [this, link, life = life_, bytes = std::move(bytes)]() mutable {
                      if (may_arrive(link, life))
                          deliver("c" + std::to_string(link), std::move(bytes));
                  });
}

// What a client has given up is in the hands of two kernels, and dies with the process that it was
// sent to; what it has not, its socket sends to the next one.
bool Network::may_arrive(Link link, std::uint64_t life) const {
    return life == life_ || connections_.at(link).open;
}

void Network::deliver(const std::string& peer, std::string bytes) {
    if (server_ != nullptr) server_->arrived(peer, std::move(bytes));
}

void Network::break_up(Link link) {
    Connection& connection = connections_.at(link);
    connection.whole = false;
    if (!connection.open || draw_->chance(weather.unnoticed)) return;
    schedule_->in(draw_->skewed(20ms), [this, link] {
        Connection& lost = connections_.at(link);
        if (!lost.open) return;
        const auto on_lost = lost.ends.on_lost;
        close(link);
        if (on_lost) on_lost();
    });
}

std::uint64_t Network::subscribe(std::uint64_t number, Subscriber subscriber) {
    const std::uint64_t used = number == 0 ? ++made_ : number;
    subscribers_[used] = std::move(subscriber);
    return used;
}

// ---- the broker --------------------------------------------------------------------------------

void Network::serve(Server* server) {
    server_ = server;
    if (server_ != nullptr) return;
    ++life_;
    for (auto& [link, connection] : connections_) {
        if (connection.open) break_up(link);
    }
}

void Network::reply(const std::string& peer, std::string bytes) {
    const Link link = std::stoull(peer.substr(1));
    Connection& connection = connections_.at(link);
    if (!connection.whole || draw_->chance(weather.loss)) return;
    schedule_->in(arrival(connection.back), [this, link, bytes = std::move(bytes)] {
        const Connection& to = connections_.at(link);
        if (!to.open) return;
        const auto on_message = to.ends.on_message;
        on_message(bytes);
    });
}

void Network::publish(std::string_view topic, std::string_view body) {
    for (auto& [number, subscriber] : subscribers_) {
        const bool wanted = std::ranges::any_of(
            subscriber.topics, [&](const std::string& each) { return topic.starts_with(each); });
        if (!wanted || draw_->chance(weather.missed)) continue;
        schedule_->in(arrival(heard_[number]),
                      [this, key = number, topic = std::string(topic), body = std::string(body)] {
                          const auto on_publication = subscribers_.at(key).on_publication;
                          on_publication(topic, body);
                      });
    }
}

std::string Network::session_of(const std::string& peer) const {
    return connections_.at(std::stoull(peer.substr(1))).session;
}

}  // namespace taskbbs::simulation
