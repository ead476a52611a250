// Lines are put together in memory and leave in one write. Quoting goes byte by byte: what is
// logged may come from a peer.
#include "broker/log_line.hpp"

#include "protocol/document.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <iterator>

namespace taskbbs::broker {

namespace {

using Line = std::string;

bool is_bare(unsigned char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '\\' && c != '=';
}

// Both styles quote alike but for bytes that have no character: JSON has no way to write them.
void append_quoted(Line& line, std::string_view text, bool json) {
    const bool characters = protocol::is_utf8(text);
    line += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            line += '\\';
            line += c;
        } else if (c == '\n') {
            line += "\\n";
        } else if (byte < ' ' || byte == 0x7F) {
            line += fmt::format("\\{}{:02x}", json ? "u00" : "x", byte);
        } else if (byte >= 0x80 && !characters) {
            json ? line += "\\ufffd" : line += fmt::format("\\x{:02x}", byte);
        } else {
            line += c;
        }
    }
    line += '"';
}

void append_value(Line& line, std::string_view whole, bool json) {
    const std::string text = shortened(whole);
    if (!json && !text.empty() && std::ranges::all_of(text, is_bare)) {
        line += text;
    } else {
        append_quoted(line, text, json);
    }
}

void append_value(Line& line, double number, bool json) {
    if (json && !std::isfinite(number)) {
        line += "null";
    } else {
        fmt::format_to(std::back_inserter(line), "{}", number);
    }
}

void append_value(Line& line, auto number, bool /*json*/) {
    fmt::format_to(std::back_inserter(line), "{}", number);
}

std::string text_of(std::chrono::system_clock::time_point at) {
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(at);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(ms);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                       (ms - seconds).count());
}

}  // namespace

std::string shortened(std::string_view text) {
    if (text.size() <= max_log_text) {
        return std::string(text);
    }
    constexpr std::string_view mark = "...";
    std::size_t end = max_log_text - mark.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return std::string(text.substr(0, end)) + std::string(mark);
}

int priority_of(Level level) {
    constexpr auto priorities = std::to_array({3, 4, 6, 7});
    return priorities[static_cast<std::size_t>(level)];
}

std::string format_line(LogStyle style,
                        Level level,
                        std::chrono::system_clock::time_point at,
                        std::string_view event,
                        std::span<const Field> fields) {
    const bool json = style == LogStyle::json;
    const std::string_view word = protocol::name_of(level);
    Line line;
    switch (style) {
        case LogStyle::journald:
            line = fmt::format("<{}>{}", priority_of(level), event);
            break;
        case LogStyle::text:
            line = fmt::format("{} {} {}", text_of(at), word, event);
            break;
        case LogStyle::json:
            line =
                fmt::format(R"({{"time":"{}","level":"{}","event":"{}")", text_of(at), word, event);
            break;
    }
    for (const Field& field : fields) {
        line += json ? fmt::format(",\"{}\":", field.name) : fmt::format(" {}=", field.name);
        std::visit([&](const auto& value) { append_value(line, value, json); }, field.value);
    }
    line += json ? "}\n" : "\n";
    return line;
}

}  // namespace taskbbs::broker
