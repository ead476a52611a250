// Widths by ranges of code points, as terminals mostly agree on them.
#include "cli/cells.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace taskbbs::cli {
namespace {

struct Range {
    std::uint32_t first;
    std::uint32_t last;
};

constexpr auto wide = std::to_array<Range>({{0x1100, 0x115f},
                                            {0x2e80, 0xa4cf},
                                            {0xac00, 0xd7a3},
                                            {0xf900, 0xfaff},
                                            {0xfe30, 0xfe6f},
                                            {0xff00, 0xff60},
                                            {0xffe0, 0xffe6},
                                            {0x1f300, 0x1faff},
                                            {0x20000, 0x3fffd}});
constexpr auto combining =
    std::to_array<Range>({{0x300, 0x36f}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}});

template <std::size_t Count>
bool holds(const std::array<Range, Count>& ranges, std::uint32_t point) {
    return std::any_of(ranges.begin(), ranges.end(), [=](const Range& range) {
        return point >= range.first && point <= range.last;
    });
}

// Takes the character at the front of `text`, which is not empty, and tells its cells.
std::size_t take(std::string_view& text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t point = bytes == 1 ? lead : lead & (0x7fU >> bytes);
    const auto length = std::min(bytes, text.size());
    for (std::size_t i = 1; i < length; ++i) {
        point = point << 6U | (static_cast<unsigned char>(text[i]) & 0x3fU);
    }
    text.remove_prefix(length);
    return holds(wide, point) ? 2 : holds(combining, point) ? 0 : 1;
}

}  // namespace

std::size_t cells_of(std::string_view text) {
    std::size_t cells = 0;
    while (!text.empty()) {
        cells += take(text);
    }
    return cells;
}

std::string cut_to(std::string_view text, std::size_t cells) {
    constexpr std::string_view mark = "...";
    if (cells_of(text) <= cells) {
        return std::string{text};
    }
    const bool marked = cells > mark.size();
    const auto room = marked ? cells - mark.size() : cells;
    std::string_view rest = text;
    std::size_t used = 0;
    while (!rest.empty()) {
        std::string_view next = rest;
        used += take(next);
        if (used > room) {
            break;
        }
        rest = next;
    }
    std::string cut{text.substr(0, text.size() - rest.size())};
    if (marked) {
        cut += mark;
    }
    return cut;
}

}  // namespace taskbbs::cli
