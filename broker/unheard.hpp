// What a connection sent that the loop may not have received yet, in bytes: at most. Pure.
#pragma once

#include <cstdint>

namespace taskbbs::broker {

// Time goes by numbers of Hearing's: `now` of the series that is being read, `heard` of the last
// one before which all was received.
class Unheard {
  public:
    void add(std::uint64_t bytes, std::uint64_t now, std::uint64_t heard) {
        if (now != newer_.number) {
            older_ = {newer_.number, newer_.since(heard) + older_.since(heard)};
            newer_ = {now, 0};
        }
        newer_.bytes += bytes;
    }

    std::uint64_t bytes(std::uint64_t heard) const {
        return newer_.since(heard) + older_.since(heard);
    }

  private:
    struct Part {
        std::uint64_t number = 0;  // of the last series in which some of it came
        std::uint64_t bytes = 0;

        std::uint64_t since(std::uint64_t heard) const { return number >= heard ? bytes : 0; }
    };

    Part newer_;
    Part older_;
};

}  // namespace taskbbs::broker
