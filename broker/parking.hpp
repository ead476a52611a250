// Requests that wait until the last task of an executor that is being lost has ended: departs, and
// heartbeats of its next incarnation, which may be long.
#pragma once

#include "broker/outbox.hpp"

#include <absl/container/flat_hash_map.h>
#include <cstddef>
#include <string>
#include <vector>

namespace taskbbs::broker {

struct Parked {
    Caller caller;
    std::string heartbeat;  // packed args; empty: a depart
};

class Parking {
  public:
    static constexpr std::size_t most_of_executor = 64;
    // Of all together.
    static constexpr std::size_t most = 16'384;
    // Of heartbeats of all together, but for short ones.
    static constexpr std::size_t most_bytes = 16U << 20;
    static constexpr std::size_t few_bytes = 1024;

    // False: too many wait.
    bool add(core::Slot executor, Parked parked);

    // Those that wait for this executor, in the order in which they came.
    std::vector<Parked> take(core::Slot executor);

    // Those of whom `ends(caller)` holds wait no more.
    template <class Ends>
    void remove_if(const Ends& ends) {
        for (auto& [executor, waiting] : waiting_) {
            std::erase_if(waiting, [&](const Parked& parked) {
                const bool is_over = ends(parked.caller);
                if (is_over) {
                    left(parked);
                }
                return is_over;
            });
        }
    }

    // For which somebody waits, or did.
    std::size_t executors() const { return waiting_.size(); }

  private:
    void left(const Parked& parked) {
        --size_;
        bytes_ -= parked.heartbeat.size();
    }

    absl::flat_hash_map<core::Slot, std::vector<Parked>> waiting_;
    std::size_t size_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace taskbbs::broker
