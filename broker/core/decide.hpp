// What a request comes to: the event that it makes happen, or a refusal (docs/protocol.md, section
// 4). Pure: nothing changes here. Each function checks in the contract's order and ends with the
// broker's bounds (`busy`); the session's own bounds are checked by whoever commits the event.
#pragma once

#include "broker/core/board.hpp"
#include "protocol/messages.hpp"

#include <tl/expected.hpp>

namespace taskbbs::core {

struct Refused {
    protocol::Status status = protocol::Status::internal;
    protocol::Refusal body;
};

template <class T>
using Decided = tl::expected<T, Refused>;

// `now` as in Clock. The events point into the arguments and the board's records.
Decided<Event> decide(const Board& board, const protocol::DesireArgs& args, Time now);
Decided<Event> decide(const Board& board, const protocol::ClaimArgs& args, Time now);
Decided<Event> decide(const Board& board, const protocol::StartArgs& args, Time now);
Decided<Event> decide(const Board& board, const protocol::CompleteArgs& args, Time now);
Decided<Event> decide(const Board& board, const protocol::RejectArgs& args, Time now);
Decided<Event> decide(const Board& board, const protocol::CancelArgs& args, Time now);
Decided<Event> decide(const Board& board, const protocol::ResolvingArgs& args, Time now);
Decided<Event> decide(const Board& board, const protocol::ResolveArgs& args, Time now);
Decided<Event> decide(const Board& board, const protocol::DepartArgs& args, Time now);
Decided<Event> decide(const Board& board, const protocol::DrainArgs& args, Time now);
Decided<Event> decide(const Board& board, const protocol::PauseArgs& args, Time now);
Decided<Event> decide(const Board& board, const protocol::ResumeArgs& args, Time now);

// Whether one more outcome of this session can be remembered, else `busy` (section 2).
Decided<void> check_session(const Board& board, const SessionId& session);

// The task, or `not_found`.
Decided<Slot> find_task(const Board& board, std::string_view guid);

// Whether the task is claimed or running, but its executor has been lost or has departed since: it
// is about to be ended for that, and nobody may act as its owner.
bool is_doomed(const Board& board, const TaskRecord& task);

// The event that ends a claimed or running task whose executor is lost, by its on_executor_lost
// (section 5, "Presence").
Event lose_task(const Board& board, Slot slot);

// The event that claims a pending task.
Event claim_task(const Board& board, Slot slot, std::string_view executor_id);

// Cut to at most `limit` bytes, at a character.
std::string cut_text(std::string text, std::size_t limit);

tl::unexpected<Refused> refuse(protocol::Status status, std::string message);
// There is no such task, or none that whoever asks may see.
tl::unexpected<Refused> refuse_unknown(std::string_view guid);
// A bound of the broker is reached: `busy`.
tl::unexpected<Refused> refuse_busy(std::string message, std::uint64_t limit);

}  // namespace taskbbs::core
