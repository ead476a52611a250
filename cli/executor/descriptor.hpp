// A file descriptor that closes itself.
#pragma once

#include <unistd.h>
#include <utility>

namespace taskbbs::cli {

class Descriptor {
  public:
    Descriptor() = default;

    explicit Descriptor(int number) : number_(number) {}

    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    ~Descriptor() { close(); }

    void close() {
        if (number_ >= 0) {
            ::close(std::exchange(number_, -1));
        }
    }

    // -1: closed; poll() passes it by.
    int number() const { return number_; }

  private:
    int number_ = -1;
};

}  // namespace taskbbs::cli
