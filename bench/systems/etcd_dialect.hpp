// etcd as a task board, the way of the first one: a key a task, its state in the value, each
// transition a read and a compare-and-swap on the index that was read. The v2 keys API, over
// HTTP/1.1 with connections that stay open.
#pragma once

#include "bench/load/drive.hpp"

#include <array>
#include <string>

namespace taskbbs::bench {

class EtcdDialect : public Dialect {
  public:
    explicit EtcdDialect(const Load& load);

    int steps() const override { return static_cast<int>(step_count); }

    void open(std::string& /*out*/) override {}

    bool opened(std::string_view& /*in*/, std::string& /*out*/) override { return true; }

    void ask(Lane& lane, std::string& out) override;
    Answer take(std::string_view& in, Lane& lane) override;

  private:
    static constexpr std::size_t step_count = 6;

    std::array<std::string, step_count> bodies_;  // of each step's PUT; empty: it is a DELETE
};

}  // namespace taskbbs::bench
