// The arrows of docs/protocol.md, section 3, the drawing.
#include "broker/core/sequel.hpp"

#include <algorithm>
#include <initializer_list>

namespace taskbbs::core {

namespace {

bool is_one_of(State state, std::initializer_list<State> states) {
    return std::ranges::find(states, state) != states.end();
}

bool is_arrow(Kind kind, State from, State to) {
    switch (kind) {
        case Kind::claimed:
            return from == State::pending && to == State::claimed;
        case Kind::started:
            return from == State::claimed && to == State::running;
        case Kind::completed:
        case Kind::cancelled:
            return from <= State::running && to == State::completed;
        case Kind::resolving:
            return from == State::completed && to == State::resolving;
        case Kind::resolved:  // completed: it expired
            return is_one_of(from, {State::completed, State::resolving}) && to == State::resolved;
        case Kind::kicked:
            return is_one_of(from, {State::pending, State::completed}) && to == from;
        case Kind::demoted:
            return (from == State::claimed && to == State::pending) ||
                   (from == State::resolving && to == State::completed);
        case Kind::rejected:
            return is_one_of(from, {State::claimed, State::running}) &&
                   is_one_of(to, {State::pending, State::completed});
        case Kind::requeued:
            return is_one_of(from, {State::claimed, State::running}) && to == State::pending;
        default:
            return false;
    }
}

bool has_possible_numbers(const Board& board, const Event& event) {
    return event.seq == board.seq() + 1 && event.ordinal > 0 && event.ordinal <= event.seq &&
           event.at >= board.clock().last_stamp() && is_possible(event.at);
}

}  // namespace

bool can_follow(const Board& board, Event& event) {
    if (!has_possible_numbers(board, event)) {
        return false;
    }
    if (protocol::is_executor_kind(event.kind)) {
        return !event.executor_id.empty() && event.ttl.count() <= protocol::max_ttl_ms;
    }
    if (protocol::is_queue_kind(event.kind)) {
        return event.kind == Kind::paused || board.pauses().can_resume(event.queues);
    }
    event.task = board.tasks().find(event.guid);
    if (event.kind == Kind::desired) {
        return event.task == no_slot && event.desired && event.to == State::pending;
    }
    if (event.task == no_slot || (event.kind == Kind::claimed && event.executor_id.empty())) {
        return false;
    }
    return is_arrow(event.kind, board.tasks()[event.task].state, event.to);
}

}  // namespace taskbbs::core
