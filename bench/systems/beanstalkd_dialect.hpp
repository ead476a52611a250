// beanstalkd as far as it goes: a put is a desire, a reserve is claim and start, a delete is
// complete, resolving and resolve. Three steps a life instead of six.
#pragma once

#include "bench/load/drive.hpp"

namespace taskbbs::bench {

class BeanstalkdDialect : public Dialect {
  public:
    explicit BeanstalkdDialect(const Load& load) : payload_(load.payload_bytes, 'x') {}

    int steps() const override { return 3; }

    void open(std::string& /*out*/) override {}

    bool opened(std::string_view& /*in*/, std::string& /*out*/) override { return true; }

    void ask(Lane& lane, std::string& out) override;
    Answer take(std::string_view& in, Lane& lane) override;

  private:
    std::string payload_;
};

}  // namespace taskbbs::bench
