// Escape sequences.
#include "cli/top/paint.hpp"

#include <array>
#include <fmt/format.h>

namespace taskbbs::cli::top {
namespace {

struct Rendition {
    std::string_view coloured;
    std::string_view colourless;
};

// Parameters of SGR, in the order of Style. Of the eight colours only, which each user's palette
// has made readable.
constexpr auto renditions = std::to_array<Rendition>({
    {"", ""},           // plain
    {"2", "2"},         // dim
    {"1", "1"},         // strong
    {"1;36", "1"},      // heading
    {"1;7;36", "1;7"},  // focused
    {"7", "7"},         // selected
    {"32", ""},         // good
    {"33", "1"},        // warning
    {"1;31", "1"},      // bad
});

}  // namespace

std::string Painter::paint(const std::vector<Line>& lines, Size size) {
    std::string out;
    const bool all = size != size_;
    if (all) {
        out = "\x1b[0m\x1b[2J";
        shown_.assign(lines.size(), Line{});
        size_ = size;
    }
    for (std::size_t row = 0; row < lines.size(); ++row) {
        if (lines[row] != shown_[row]) {
            out += fmt::format("\x1b[{};1H{}", row + 1, spelled(lines[row], size.columns));
            shown_[row] = lines[row];
        }
    }
    return out;
}

void Painter::forget() {
    size_ = {0, 0};
}

// What is behind a full line is no part of it, and erasing there would take its last character.
std::string Painter::spelled(const Line& line, int columns) const {
    std::string text;
    for (const Span& span : line.spans()) {
        const Rendition& rendition = renditions[static_cast<std::size_t>(span.style)];
        const auto parameters = colours_ ? rendition.coloured : rendition.colourless;
        text += parameters.empty() ? span.text
                                   : fmt::format("\x1b[{}m{}\x1b[0m", parameters, span.text);
    }
    return line.width() < columns ? text + "\x1b[K" : text;
}

}  // namespace taskbbs::cli::top
