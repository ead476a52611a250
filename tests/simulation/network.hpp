// The network between clients and broker: connections that delay, lose, break and fall silent, and
// that stall, so that what was sent arrives long after it was sent again over another one. Within
// one connection order is kept, as TCP does; between two there is none.
#pragma once

#include "tests/simulation/draw.hpp"
#include "tests/simulation/schedule.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::simulation {

struct NetworkWeather {
    Duration delay = 2ms;    // at most, mostly less
    double loss = 0;         // a message is lost, either way
    double breakage = 0;     // with a message its connection breaks
    double stall = 0;        // with a message its connection stalls
    Duration stalled = 8s;   // at most
    double missed = 0;       // a publication does not reach one subscriber
    double unnoticed = 0.2;  // a broken connection looks alive to its client
};

// Who serves.
class Server {
  public:
    virtual ~Server() = default;
    virtual void arrived(const std::string& peer, std::string bytes) = 0;
};

class Network {
  public:
    using Link = std::uint64_t;

    struct Ends {
        std::function<void(const std::string&)> on_message;
        std::function<void()> on_lost;
    };

    struct Subscriber {
        std::vector<std::string> topics;
        std::function<void(const std::string& topic, const std::string& body)> on_publication;
    };

    Network(Schedule& schedule, Draw& draw) : schedule_(&schedule), draw_(&draw) {}

    NetworkWeather weather;

    // ---- clients -------------------------------------------------------------------------------
    Link connect(std::string session, Ends ends);
    // What was sent may still arrive; nothing comes back.
    void close(Link link);
    void send(Link link, std::string bytes);
    // Replaces what was subscribed under this number; 0: a new one.
    std::uint64_t subscribe(std::uint64_t number, Subscriber subscriber);

    // ---- the broker ----------------------------------------------------------------------------
    // nullptr: nobody listens; every connection is lost.
    void serve(Server* server);
    void reply(const std::string& peer, std::string bytes);
    void publish(std::string_view topic, std::string_view body);

    // Whose peer this is.
    std::string session_of(const std::string& peer) const;

  private:
    struct Connection {
        std::string session;
        Ends ends;
        bool open = true;   // as the client sees it
        bool whole = true;  // nothing passes any more
        Duration there{};   // when the last message to the broker arrives
        Duration back{};    // and the last one from it
    };

    Duration arrival(Duration& last);
    bool may_arrive(Link link, std::uint64_t life) const;
    void deliver(const std::string& peer, std::string bytes);
    void break_up(Link link);

    Schedule* schedule_;
    Draw* draw_;
    Server* server_ = nullptr;
    std::map<Link, Connection> connections_;
    std::map<std::uint64_t, Subscriber> subscribers_;
    std::map<std::uint64_t, Duration> heard_;  // when a subscriber's last publication arrives
    std::uint64_t made_ = 0;
    std::uint64_t life_ = 0;  // of the broker: which process is there
};

}  // namespace taskbbs::simulation
