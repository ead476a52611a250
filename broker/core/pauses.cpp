// There are few: what they come to is made anew after each change.
#include "broker/core/pauses.hpp"

#include <algorithm>

namespace taskbbs::core {

void Pauses::paused(const Event& event) {
    pauses_.emplace(event.queues, event.at);
    note(event);
}

void Pauses::resumed(const Event& event) {
    const auto last = end_of(event.queues);
    pauses_.erase(pauses_.lower_bound(event.queues), last);
    note(event);
}

// Behind the last pause that is of these queues, from lower_bound() on: one, or all of a domain.
Pauses::Set::const_iterator Pauses::end_of(const Queues& queues) const {
    auto at = pauses_.lower_bound(queues);
    while (at != pauses_.end() && at->domain == queues.domain &&
           (!queues.stack || at->stack == queues.stack)) {
        ++at;
    }
    return at;
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
