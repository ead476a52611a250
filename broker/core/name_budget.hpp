// How many names (stacks, domains) are kept of executors, or of acquires that wait: a few of each
// whatever others do, and more of them while all together list few. So their memory is bounded.
#pragma once

#include <cstddef>
#include <cstdint>

namespace taskbbs::core {

class NameBudget {
  public:
    static constexpr std::size_t free_names = 4;    // of each
    static constexpr std::size_t extra_names = 12;  // besides, of each if all listed them

    // One that listed so many before lists so many now.
    void change(std::size_t before, std::size_t now) { extra_ += extra(now) - extra(before); }

    // `bound`: of those who may list names.
    bool has_room(std::size_t before, std::size_t now, std::uint64_t bound) const {
        return extra(now) <= extra(before) ||
               extra_ + extra(now) - extra(before) <= most_extra(bound);
    }

    // Of all together, beyond the free ones.
    static constexpr std::uint64_t most_extra(std::uint64_t bound) { return bound * extra_names; }

    // How many of them count.
    static constexpr std::size_t extra(std::size_t names) {
        return names > free_names ? names - free_names : 0;
    }

  private:
    std::size_t extra_ = 0;
};

}  // namespace taskbbs::core
