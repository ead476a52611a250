// The journal's MESSAGE_ID of each kind of line that somebody may want to find, count or explain by
// it (docs/logs.md). An id never changes and is never used again: catalogs and alerts know it.
#pragma once

#include <string_view>

namespace taskbbs::broker {

// 32 hexadecimal digits; empty: this kind has none.
std::string_view message_id_of(std::string_view event);

}  // namespace taskbbs::broker
