// Whether an error is a verdict on the request, or passes by itself.
#pragma once

#include "taskbbs/error.hpp"

namespace taskbbs::sdk {

// Worth another try, later: the broker was away, is busy, short of disk or has forgotten; or the
// client was full. What became of the request is another question (Error::outcome_unknown).
inline bool passes_by_itself(const Error& error) {
    return error.code != Code::refused || error.is(Status::busy) || error.is(Status::internal) ||
           error.is(Status::read_only) || error.is(Status::request_expired) ||
           error.is(Status::not_leader);
}

}  // namespace taskbbs::sdk
