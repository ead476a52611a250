// A pipe to write into, and what was written.
#pragma once

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <unistd.h>

namespace taskbbs::broker_test {

class Pipe {
  public:
    Pipe() { REQUIRE(pipe(ends_.data()) == 0); }

    ~Pipe() {
        close(ends_[0]);
        close(ends_[1]);
    }

    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    int writer() const { return ends_[1]; }

    // Since the last call; waits until there is something.
    std::string written() const {
        std::string text(1 << 16, '\0');
        const ssize_t n = read(ends_[0], text.data(), text.size());
        text.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
        return text;
    }

  private:
    std::array<int, 2> ends_{};
};

}  // namespace taskbbs::broker_test
