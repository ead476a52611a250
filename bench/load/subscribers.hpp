// Subscribers of all events, as many connections: those that read count what they hear, the others
// let it pile up, in the broker and on the way.
#pragma once

#include "bench/load/stream.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace taskbbs::bench {

class Subscribers {
  public:
    // Connects and subscribes them. Reading takes a thread, whose time counts as the generator's.
    // Throws std::runtime_error.
    Subscribers(const std::string& endpoint, int count, bool read);
    ~Subscribers();
    Subscribers(const Subscribers&) = delete;
    Subscribers& operator=(const Subscribers&) = delete;

    // That they were sent, all together; those who don't read, none.
    std::uint64_t bytes() const { return bytes_; }

  private:
    void listen();

    std::vector<Stream> streams_;
    std::atomic<std::uint64_t> bytes_ = 0;
    std::atomic<bool> over_ = false;
    std::thread reader_;
};

}  // namespace taskbbs::bench
