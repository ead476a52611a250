// The transport over sockets, by the system's clock.
#pragma once

#include "sdk/socket.hpp"

#include <memory>

namespace taskbbs::sdk {

class ZmqTransport final : public Transport {
  public:
    // `curve`: valid keys, or nothing.
    explicit ZmqTransport(std::optional<CurveKeys> curve = std::nullopt)
        : context_(std::make_shared<ZmqContext>()), curve_(std::move(curve)) {}

    Instant now() const override;
    Result<std::unique_ptr<Link>> dealer(const std::string& endpoint) override;
    Result<std::unique_ptr<Link>> subscriber(const std::string& endpoint,
                                             const std::vector<std::string>& topics) override;
    std::unique_ptr<Station> station() override;

  private:
    const std::shared_ptr<ZmqContext> context_;
    const std::optional<CurveKeys> curve_;
};

}  // namespace taskbbs::sdk
