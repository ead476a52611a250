// base64, RFC 3339 and escaping.
#include "cli/shown_text.hpp"

#include "protocol/document.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// How many bytes the character at the front of `bytes` has: 0 where they are no UTF-8.
std::size_t character(std::string_view bytes) {
    for (std::size_t length = 1; length <= 4 && length <= bytes.size(); ++length) {
        if (protocol::is_utf8(bytes.substr(0, length))) {
            return length;
        }
    }
    return 0;
}

// What makes a terminal show text in another order, or break a line: U+061C, U+200E, U+200F,
// U+2028..U+202E, U+2066..U+2069.
bool turns_text(std::string_view character) {
    if (character.size() != 3 || character[0] != '\xe2') {
        return character == "\xd8\x9c";
    }
    const auto last = static_cast<unsigned char>(character[2]);
    if (character[1] == '\x80') {
        return last == 0x8e || last == 0x8f || (last >= 0xa8 && last <= 0xae);
    }
    return character[1] == '\x81' && last >= 0xa6 && last <= 0xa9;
}

bool is_control(std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    // C0, DEL, and C1 as UTF-8 (c2 80..c2 9f): a terminal obeys them.
    const bool c1 =
        character.size() == 2 && first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
    return first < 0x20 || first == 0x7f || c1 || turns_text(character);
}

std::string shown(std::string_view character) {
    if (character == "\n") {
        return "\\n";
    }
    if (character == "\t") {
        return "\\t";
    }
    if (character == "\\") {
        return "\\\\";
    }
    if (protocol::is_utf8(character) && !is_control(character)) {
        return std::string{character};
    }
    std::string hex;
    for (const char byte : character) {
        hex += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
    return hex;
}

// `digits`: of the second's fraction, which is told in units of `Precision`.
template <class Precision>
std::string rfc3339_in(Time time, int digits) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<Precision>(time - day)};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:0{}}Z",
                       static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()),
                       clock.hours().count(),
                       clock.minutes().count(),
                       clock.seconds().count(),
                       clock.subseconds().count(),
                       digits);
}

}  // namespace

std::string base64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t three = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            const auto byte = i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0;
            three = three << 8 | static_cast<std::uint32_t>(byte);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            const bool padding = i + j > bytes.size();
            out += padding ? '=' : alphabet[three >> (18 - 6 * j) & 63];
        }
    }
    return out;
}

std::string rfc3339(Time time) {
    return time == protocol::no_time ? "-" : rfc3339_in<milliseconds>(time, 3);
}

std::string rfc3339_exact(Time time) {
    return time == protocol::no_time ? "-" : rfc3339_in<Duration>(time, 9);
}

std::string escaped(std::string_view bytes, std::size_t limit) {
    std::string out;
    while (!bytes.empty()) {
        const auto length = std::max<std::size_t>(1, character(bytes));
        const auto next = shown(bytes.substr(0, length));
        if (next.size() > limit - out.size()) {
            return out + "...";
        }
        out += next;
        bytes.remove_prefix(length);
    }
    return out;
}

}  // namespace taskbbs::cli
