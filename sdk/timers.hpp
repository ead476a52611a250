// Which request is due when. It forgets lazily, since most requests are answered long before.
#pragma once

#include "protocol/envelope.hpp"
#include "sdk/instant.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <tuple>
#include <vector>

namespace taskbbs::sdk {

class Timers {
  public:
    void set(Instant at, protocol::RequestId id) {
        const Timer timer{at, id};
        if (line_.empty() || timer > line_.back()) {
            line_.push_back(timer);
        } else {
            heap_.push(timer);
        }
    }

    void clear() {
        line_.clear();
        heap_ = {};
    }

    std::optional<Instant> next() const {
        const Timer* const first = peek();
        return first == nullptr ? std::nullopt : std::optional(first->at);
    }

    // The first one that is due, taken out.
    std::optional<protocol::RequestId> take_due(Instant now) {
        const Timer* const first = peek();
        if (first == nullptr || first->at > now) {
            return std::nullopt;
        }
        const protocol::RequestId id = first->id;
        pop();
        return id;
    }

    // Forgets from the front what `is_stale` says of its id.
    template <class Stale>
    void drop_while(const Stale& is_stale) {
        while (const Timer* const first = peek()) {
            if (!is_stale(first->id)) {
                return;
            }
            pop();
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

    bool heap_is_next() const {
        return !heap_.empty() && (line_.empty() || line_.front() > heap_.top());
    }

    const Timer* peek() const {
        if (heap_is_next()) {
            return &heap_.top();
        }
        return line_.empty() ? nullptr : &line_.front();
    }

    void pop() { heap_is_next() ? heap_.pop() : line_.pop_front(); }

    // Requests of one timeout come in order, and cost no heap.
    std::deque<Timer> line_;
    std::priority_queue<Timer, std::vector<Timer>, std::greater<>> heap_;
};

}  // namespace taskbbs::sdk
