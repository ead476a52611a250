// A mark is made at the first scan after a message: what came since is at most what belongs to the
// next one.
#include "broker/hoarders.hpp"

#include <algorithm>

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

std::vector<int> Hoarders::scan(const std::vector<Received>& all, bool all_handled) {
    absl::flat_hash_map<int, std::uint64_t> marks;
    std::vector<int> hoarders;
    for (const auto& [connection, bytes] : all) {
        const auto mark = marks_.find(connection);
        const std::uint64_t since = all_handled && mark != marks_.end() ? mark->second : bytes;
        if (bytes > since + most_) {
            hoarders.push_back(connection);
        } else {
            marks.emplace(connection, std::min(since, bytes));
        }
    }
    marks_ = std::move(marks);
    return hoarders;
}

}  // namespace taskbbs::broker
