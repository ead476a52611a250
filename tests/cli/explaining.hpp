// What the tests of `explain` share: facts as a broker tells them.
#pragma once

#include "taskbbs/calls.hpp"

namespace taskbbs::cli {

inline constexpr Time now{std::chrono::seconds{1'700'000'000}};

// Passes every 30 s, the next one in 10 s.
inline Explained facts_of(State state) {
    using namespace std::chrono_literals;
    Explained facts{.task = {.guid = "g",
                             .stack = "s",
                             .pending_since = now - 60s,
                             .updated_at = now - 20s,
                             .completed_at = state > State::running ? now - 40s : Time{},
                             .state = state,
                             .epoch = 7},
                    .at = now,
                    .every = 30s,
                    .next_pass_at = now + 10s};
    if (state == State::claimed || state == State::running) {
        facts.task.executor_id = "e";
        facts.owner = Owner{.executor_id = "e",
                            .present = true,
                            .ttl = 15s,
                            .expires_at = now + 15s,
                            .lost_at = now + 20s};
    }
    return facts;
}

}  // namespace taskbbs::cli
