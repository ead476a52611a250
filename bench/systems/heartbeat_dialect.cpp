// The connection's own executor, which joins while it opens, is the first of them.
#include "bench/systems/heartbeat_dialect.hpp"

#include <fmt/format.h>

namespace taskbbs::bench {

namespace {

Part part_of(int number) {
    return {.executor = fmt::format("bench-beat-{:05}", number), .steps = 1};
}

}  // namespace

HeartbeatDialect::HeartbeatDialect(const Load& load, int number, int executors)
    : TaskbbsDialect(load, 0, part_of(number)),
      head_(part_of(number).executor),
      executors_(executors) {}

void HeartbeatDialect::ask(Lane& /*lane*/, std::string& out) {
    writer().add_heartbeat(fmt::format("{}-{:04}", head_, next_), out);
    next_ = (next_ + 1) % executors_;
}

// Once, as the greeting; from then on each has its turn.
void HeartbeatDialect::refresh(std::string& out) {
    if (!joined_) {
        joined_ = true;
        TaskbbsDialect::refresh(out);
    }
}

}  // namespace taskbbs::bench
