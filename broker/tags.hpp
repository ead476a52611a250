// How history finds events without reading them: the tags that a record gets, and the question that
// a `replay` becomes.
#pragma once

#include "broker/core/event.hpp"
#include "broker/journal/history.hpp"
#include "protocol/messages.hpp"

namespace taskbbs::broker {

// `task`: as it is after the event; default-made for an executor's event.
journal::RecordTags tags_of(const core::Event& event, const core::TaskView& task);

// The question is exact: hashes that collide are told apart by the body.
journal::Query query_of(const protocol::ReplayArgs& args);

}  // namespace taskbbs::broker
