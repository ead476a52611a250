// Sockets and the system's clock behind the seam.
#include "sdk/zmq_transport.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace taskbbs::sdk {

namespace {

Instant clock_now() {
    return std::chrono::steady_clock::now();
}

// For poll: -1 is for ever.
long timeout_ms(std::optional<Instant> until) {
    constexpr std::int64_t most = 60'000;
    if (!until) {
        return -1;
    }
    const auto left = std::chrono::ceil<milliseconds>(*until - clock_now()).count();
    return static_cast<long>(std::clamp<std::int64_t>(left, 0, most));
}

Result<std::unique_ptr<Link>> link_of(Result<Socket> socket) {
    if (!socket) {
        return tl::unexpected(socket.error());
    }
    return std::make_unique<Socket>(*std::move(socket));
}

class PollStation final : public Station {
  public:
    bool usable() const { return wakeup_.usable(); }

    void signal() override { wakeup_.signal(); }

    Readiness wait(Link* link, bool for_writing, std::optional<Instant> until) override {
        return wait_for(static_cast<Socket*>(link), for_writing, wakeup_, timeout_ms(until));
    }

  private:
    Wakeup wakeup_;
};

}  // namespace

Instant ZmqTransport::now() const {
    return clock_now();
}

Result<std::unique_ptr<Link>> ZmqTransport::dealer(const std::string& endpoint) {
    return link_of(Socket::dealer(context_, endpoint, curve_));
}

Result<std::unique_ptr<Link>> ZmqTransport::subscriber(const std::string& endpoint,
                                                       const std::vector<std::string>& topics) {
    return link_of(Socket::subscriber(context_, endpoint, topics, curve_));
}

std::unique_ptr<Station> ZmqTransport::station() {
    auto made = std::make_unique<PollStation>();
    return made->usable() ? std::move(made) : nullptr;
}

}  // namespace taskbbs::sdk
