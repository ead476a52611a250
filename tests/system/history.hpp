// The whole history of a board, fetched page by page.
#pragma once

#include "patience.hpp"

#include <taskbbs/client.hpp>

#include <vector>

namespace taskbbs::test {

// All events from the first on that match.
inline std::vector<Event> history(Client& client, const std::vector<Stream>& streams = {}) {
    std::vector<Event> events;
    ReplayArgs args{.streams = streams, .limit = 10'000};
    for (;;) {
        const Result<Replayed> page = client.replay(args, {.timeout = patience});
        REQUIRE(page);
        events.insert(events.end(), page->events.begin(), page->events.end());
        args.after = page->next;
        if (page->next == page->seq) return events;
    }
}

}  // namespace taskbbs::test
