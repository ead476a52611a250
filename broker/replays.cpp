// Replays under way: from the clients' turn to the history's page to the answer.
#include "broker/broker.hpp"

namespace taskbbs::broker {

using protocol::Status;

void Broker::ask_history() {
    while (auto question = replay_queue_.next()) {
        if (replays_.contains(question->token)) {
            output_.questions.push_back(*std::move(question));
        } else {
            replay_queue_.ended();  // refused meanwhile
        }
    }
}

void Broker::receive_page(std::uint64_t token, const journal::Page& page) {
    replay_queue_.ended();
    answer_replay(token, page);
    ask_history();
}

void Broker::answer_replay(std::uint64_t token, const journal::Page& page) {
    const auto found = replays_.find(token);
    if (found == replays_.end()) {
        return;
    }
    const auto [caller, seq] = found->second;
    replays_.erase(found);
    switch (page.kind) {
        case journal::Page::Kind::events:
            reply(caller,
                  protocol::ReplayReply{
                      {static_cast<std::uint32_t>(page.count()), page.bodies, {}}, page.next, seq});
            break;
        case journal::Page::Kind::truncated:
            refuse(
                caller,
                Status::truncated,
                {.message = "these events are not kept, or not there yet: list anew, then replay "
                            "from the first page's seq",
                 .field = "after",
                 .oldest = page.oldest});
            break;
        case journal::Page::Kind::failed:
            refuse(caller,
                   Status::internal,
                   {.message = "the history could not be read (" + page.failure + "): try again"});
            break;
    }
}

}  // namespace taskbbs::broker
