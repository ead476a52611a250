// A mark is made at the first scan after a message: what came since is at most what belongs to the
// next one.
#include "broker/hoarders.hpp"

#include <algorithm>
#include <utility>

namespace taskbbs::broker {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t much = 64U << 20;
constexpr core::Duration watched_for = 10s;

}  // namespace

void Hoarders::note_memory(std::uint64_t bytes, core::Time now) {
    if (bytes > memory_ + much) {
        watched_until_ = memory_ == 0 ? watched_until_ : now + watched_for;
        memory_ = bytes;
    }
    memory_ = std::min(memory_, bytes);
}

void Hoarders::begin_round() {
    before_ = std::move(marks_);
    marks_.clear();
}

bool Hoarders::has(int connection, std::uint64_t bytes, bool all_handled) {
    const auto mark = before_.find(connection);
    const std::uint64_t since = all_handled && mark != before_.end() ? mark->second : bytes;
    if (bytes > since + most_) {
        return true;
    }
    marks_.emplace(connection, std::min(since, bytes));
    return false;
}

}  // namespace taskbbs::broker
