// How history finds events without reading them: the tags that a record gets, and the question that a
// `replay` becomes.
#pragma once

#include "broker/core/event.hpp"
#include "broker/journal/history.hpp"
#include "protocol/messages.hpp"

#include <optional>

namespace taskbbs::broker {

// `task`: as it is after the event; default-made for an executor's event.
journal::RecordTags tags_of(const core::Event& event, const core::TaskView& task);

// Nothing: no event can match. The question is exact: hashes that collide are told apart by the body.
std::optional<journal::Query> query_of(const protocol::ReplayArgs& args);

}  // namespace taskbbs::broker
