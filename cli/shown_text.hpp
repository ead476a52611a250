// Bytes and times as text that is safe to show. Pure.
#pragma once

#include "taskbbs/task.hpp"

#include <string>
#include <string_view>

namespace taskbbs::cli {

// RFC 4648, with padding.
std::string base64(std::string_view bytes);

// RFC 3339 in UTC to the millisecond, "2026-01-31T08:09:10.123Z"; "-" for protocol::no_time.
std::string rfc3339(Time time);
// The same to the nanosecond, so that nothing is lost.
std::string rfc3339_exact(Time time);

// One line that can do nothing to a terminal: control characters and bytes that are not UTF-8 as
// \n, \t, \xHH; a backslash as \\. Longer than `limit` bytes it is cut at a character and ends with
// "...".
std::string escaped(std::string_view bytes, std::size_t limit = std::string_view::npos);

}  // namespace taskbbs::cli
