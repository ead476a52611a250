// Which request is due when: a heap that forgets lazily, since most requests are answered long
// before.
#pragma once

#include "protocol/envelope.hpp"
#include "sdk/instant.hpp"

#include <functional>
#include <optional>
#include <queue>
#include <tuple>
#include <vector>

namespace taskbbs::sdk {

class Timers {
  public:
    void set(Instant at, protocol::RequestId id) { heap_.push({at, id}); }

    void clear() { heap_ = {}; }

    std::optional<Instant> next() const {
        return heap_.empty() ? std::nullopt : std::optional(heap_.top().at);
    }

    // The first one that is due, taken out.
    std::optional<protocol::RequestId> take_due(Instant now) {
        if (heap_.empty() || heap_.top().at > now) {
            return std::nullopt;
        }
        const protocol::RequestId id = heap_.top().id;
        heap_.pop();
        return id;
    }

    // Forgets from the front what `is_stale` says of its id.
    template <class Stale>
    void drop_while(const Stale& is_stale) {
        while (!heap_.empty() && is_stale(heap_.top().id)) {
            heap_.pop();
        }
    }

  private:
    struct Timer {
        Instant at;
        protocol::RequestId id = 0;

        bool operator>(const Timer& other) const {
            return std::tie(at, id) > std::tie(other.at, other.id);
        }
    };

    std::priority_queue<Timer, std::vector<Timer>, std::greater<>> heap_;
};

}  // namespace taskbbs::sdk
