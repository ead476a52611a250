// Who is connected to the two sockets, as libzmq tells, and who is hung up on. Not thread-safe: the
// loop's.
#pragma once

#include "broker/bouncer.hpp"
#include "broker/core/clock.hpp"
#include "broker/followed.hpp"
#include "broker/monitor.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace taskbbs::broker {

class Connected {
  public:
    // The sockets, which are not bound yet, outlive this. `message_bytes`: the longest request.
    Connected(void* context, void* requests, void* events, std::uint64_t message_bytes);

    // Takes in what libzmq has told; where somebody was one too many, who is idle gives way.
    void follow();

    // Connections of both sockets; of the events socket.
    std::size_t count() const { return requesters_.size() + subscribers_.size(); }

    std::size_t subscribers() const { return subscribers_.size(); }

    // Whose end is to be told: the peer whose message came by this descriptor.
    void follow_peer(int descriptor, const Peer& peer);

    std::vector<Peer> take_gone() { return followed_.take_gone(); }

    // How many were hung up on in accept(): as one too many; as those before had left too much.
    std::uint64_t refused() const { return refused_; }

    std::uint64_t held_off() const { return held_off_; }

    // Why each of those was turned away that came with no key to look at, since the last call.
    std::vector<std::string_view> take_turned_away() { return std::exchange(turned_away_, {}); }

    struct Dropped {
        std::size_t subscribers = 0;
        std::size_t requesters = 0;
    };

    // Hangs up on those who are greedy, as Bouncer::look() finds them.
    Dropped drop_greedy(std::uint64_t resident, core::Time heard_until, core::Time now);
    // Hangs up on all of the events socket.
    void drop_subscribers();

    Bouncer& bouncer() { return bouncer_; }

    const Bouncer& bouncer() const { return bouncer_; }

    // For poll(2): when one of them is readable, follow() is to be called.
    int requests_monitor() const { return requests_monitor_.descriptor(); }

    int events_monitor() const { return events_monitor_.descriptor(); }

  private:
    using Descriptors = Bouncer::Descriptors;

    void take_in(Monitor& monitor, Descriptors& of_socket);
    void is_anew(int descriptor);
    void make_room();
    std::size_t hang_up(const std::vector<int>& connections) const;

    Monitor requests_monitor_;
    Monitor events_monitor_;
    Descriptors requesters_;
    Descriptors subscribers_;
    Bouncer bouncer_;
    Followed followed_;
    Descriptors changed_;  // came or went since it was cleared
    std::uint64_t refused_ = 0;
    std::uint64_t held_off_ = 0;
    std::vector<std::string_view> turned_away_;
};

}  // namespace taskbbs::broker
