// What a call can come to instead of an answer. The SDK throws nothing across its boundary: every
// call returns or hands over a `Result`.
#pragma once

#include "taskbbs/export.hpp"
#include "taskbbs/task.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace taskbbs {

enum class Code : std::uint8_t {
    refused,            // the broker said no: see `status` (docs/protocol.md, section 6)
    timed_out,          // no answer before the deadline
    closed,             // the client was destroyed first
    overloaded,         // too many calls wait in this client; nothing was sent, try later
    unreadable,         // the broker answered something that this version can't read
    unusable_endpoint,  // the endpoint is malformed, or no socket could be made
    unusable_key,       // a key file can't be read, or what was given is no key
    handshake_failed,   // no connection came to be before the deadline: the keys don't fit, or one
                        // side alone uses any
    misuse,             // a blocking call inside a callback of its own client; nothing was sent
};

// The word for a code: "timed_out".
TASKBBS_EXPORT std::string_view name_of(Code code);

struct TASKBBS_EXPORT Error {
    Code code = Code::refused;
    Status status = Status::internal;  // where `code` is `refused`; unknown ones are `internal`
    std::string status_name;           // where `code` is `refused`: as the broker spelled it
    std::string message;               // one line: what is wrong and what to do

    // True: a mutation may have been applied, or may still be; `get` tells what became of it.
    // False: it was not and will not be. Reads never set it.
    bool outcome_unknown = false;

    // What the broker added to its refusal, where it helps.
    std::string field;                       // the argument that was wrong
    std::optional<State> state;              // the task's
    std::optional<std::string> executor_id;  // the present owner
    std::optional<Seq> epoch;                // the present owner's
    std::optional<std::int64_t> limit;       // the bound that was passed
    std::optional<std::string> incarnation;  // the present one
    std::optional<Seq> oldest;               // `truncated`: the oldest event that is kept

    bool is(Status wanted) const { return code == Code::refused && status == wanted; }

    // The status of a refusal, the code of the rest: "wrong_state", "timed_out".
    std::string_view name() const;
};

template <class T>
using Result = tl::expected<T, Error>;

}  // namespace taskbbs
