// The file security.authorized_keys (docs/security.md): one client a line,
//
//     PUBLIC-KEY principal role[,role] [domains=a,b] [executors=web-*,db-1]   # why
//
// A principal may have several keys, each on a line of its own, so that one can be replaced.
#pragma once

#include "broker/core/grants.hpp"
#include "broker/option_sources.hpp"

#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace taskbbs::broker {

// A longer file is refused unread.
inline constexpr std::size_t max_authorized_keys_bytes = 64U << 20;

// The whole table, or everything that is wrong, each with `path`:LINE, what it is and what would be
// accepted: never a part.
tl::expected<core::Grants, std::vector<Fault>> parse_authorized_keys(std::string_view path,
                                                                     std::string_view text);

}  // namespace taskbbs::broker
