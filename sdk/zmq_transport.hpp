// The transport over sockets, by the system's clock.
#pragma once

#include "sdk/socket.hpp"

#include <memory>

namespace taskbbs::sdk {

class ZmqTransport final : public Transport {
  public:
    ZmqTransport() : context_(std::make_shared<ZmqContext>()) {}

    Instant now() const override;
    Result<std::unique_ptr<Link>> dealer(const std::string& endpoint) override;
    Result<std::unique_ptr<Link>> subscriber(const std::string& endpoint,
                                             const std::vector<std::string>& topics) override;
    std::unique_ptr<Station> station() override;

  private:
    const std::shared_ptr<ZmqContext> context_;
};

}  // namespace taskbbs::sdk
