// What a request can be answered: "ok" or one of the error names of docs/protocol.md, section 6.
#pragma once

#include "protocol/names.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace taskbbs::protocol {

enum class Status : std::uint8_t {
    ok,
    malformed,
    unsupported_version,
    unknown_verb,
    invalid_request,
    too_large,
    not_found,
    already_exists,
    wrong_state,
    not_owner,
    request_expired,
    truncated,
    denied,
    read_only,
    busy,
    internal,
    not_leader,   // reserved
    wrong_group,  // reserved
};

template <>
inline constexpr auto names<Status> = std::to_array<std::string_view>({
    "ok",
    "malformed",
    "unsupported_version",
    "unknown_verb",
    "invalid_request",
    "too_large",
    "not_found",
    "already_exists",
    "wrong_state",
    "not_owner",
    "request_expired",
    "truncated",
    "denied",
    "read_only",
    "busy",
    "internal",
    "not_leader",
    "wrong_group",
});

}  // namespace taskbbs::protocol
