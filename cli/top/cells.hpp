// Text as a terminal counts it: in columns, of which a character takes none, one or two. And the
// short spellings of numbers and ages that fit into few of them. Pure; of no locale but UTF-8.
#pragma once

#include "taskbbs/task.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace taskbbs::cli::top {

// Columns that UTF-8 without control characters takes; escaped() (cli/shown_text.hpp) makes any
// bytes such a text. What is neither counts as one column a byte.
int width_of(std::string_view text);

// As much of the front as takes at most so many columns; never a part of a character.
std::string_view front_of(std::string_view text, int columns);

enum class Align : std::uint8_t { left, right };

// Of exactly so many columns: padded, or cut and ended with "…".
std::string fitted(std::string_view text, int columns, Align align = Align::left);

// "0.4s", "12s", "3m05s", "2h03m", "4d02h": at most 6 columns up to 999 days. Negative: "0.0s".
std::string spelled_age(Duration age);

// "7", "1,234,567".
std::string spelled_count(std::int64_t count);

// "0", "0.4", "12.5", "1,234".
std::string spelled_rate(double per_second);

// "512 B", "64.0 MiB".
std::string spelled_bytes(double bytes);

// "850 us", "1.2 ms", "3.4 s".
std::string spelled_latency(std::int64_t microseconds);

}  // namespace taskbbs::cli::top
