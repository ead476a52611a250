// There are few: what they come to is made anew after each change.
#include "broker/core/pauses.hpp"

#include <algorithm>

namespace taskbbs::core {

void Pauses::paused(const Event& event) {
    pauses_.emplace(event.queues, event.at);
    note(event);
}

void Pauses::resumed(const Event& event) {
    auto at = pauses_.lower_bound(event.queues);
    const auto is_ended = [&] {
        return at != pauses_.end() && at->domain == event.queues.domain &&
               (!event.queues.stack || at->stack == event.queues.stack);
    };
    while (is_ended()) {
        at = pauses_.erase(at);
    }
    note(event);
}

bool Pauses::can_resume(const Queues& queues) const {
    const auto at = pauses_.lower_bound(queues);
    return at != pauses_.end() && at->domain == queues.domain &&
           (!queues.stack || at->stack == queues.stack);
}

std::optional<Time> Pauses::find(std::string_view domain, std::string_view stack) const {
    std::optional<Time> since;
    for (const Queues& queues : {Queues{domain, std::nullopt}, Queues{domain, stack}}) {
        if (const auto at = pauses_.find(queues); at != pauses_.end()) {
            since = since ? std::min(*since, at->since) : at->since;
        }
    }
    return since;
}

void Pauses::note(const Event& event) {
    ordinal_ = event.ordinal;
    digest_ = digest_of(row());
}

PausesRow Pauses::row() const {
    return {.ordinal = ordinal_, .pauses = {pauses_.begin(), pauses_.end()}};
}

void Pauses::load(const PausesRow& row) {
    pauses_ = {row.pauses.begin(), row.pauses.end()};
    ordinal_ = row.ordinal;
    digest_ = digest_of(row);
}

}  // namespace taskbbs::core
