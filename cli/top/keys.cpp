// The sequences that the terminals in use send: of xterm and the VT100 family (Linux's console,
// screen and tmux included), in both modes of the arrow keys.
#include "cli/top/keys.hpp"

#include "protocol/document.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace taskbbs::cli::top {
namespace {

using Name = Key::Name;

constexpr char escape = '\x1b';

// What follows ESC [ or ESC O, without parameters of Shift and the like.
constexpr auto sequences = std::to_array<std::pair<std::string_view, Name>>({
    {"A", Name::up},
    {"B", Name::down},
    {"H", Name::home},
    {"F", Name::end},
    {"M", Name::enter},
    {"Z", Name::back_tab},
    {"1~", Name::home},
    {"4~", Name::end},
    {"5~", Name::page_up},
    {"6~", Name::page_down},
    {"7~", Name::home},
    {"8~", Name::end},
});

// Longer than any that a key sends: what is longer is noise.
constexpr std::size_t longest_sequence = 32;

struct Match {
    Key key;
    std::size_t bytes = 0;
};

bool is_final(char byte) {
    return byte >= 0x40 && byte <= 0x7e;
}

Match sequence_at(std::string_view bytes, std::size_t end) {
    const auto tail = bytes.substr(2, end + 1 - 2);
    const auto found = std::find_if(
        sequences.begin(), sequences.end(), [&](const auto& entry) { return entry.first == tail; });
    return {{found != sequences.end() ? found->second : Name::other, {}}, end + 1};
}

// Nothing where more bytes must come first. `bytes` begins with ESC.
std::optional<Match> escaped_at(std::string_view bytes) {
    if (bytes.size() < 2) {
        return std::nullopt;
    }
    if (bytes[1] != '[' && bytes[1] != 'O') {
        return Match{{Name::escape, {}}, 1};
    }
    const std::size_t longest = std::min(bytes.size(), longest_sequence);
    for (std::size_t i = 2; i < longest; ++i) {
        if (is_final(bytes[i])) {
            return sequence_at(bytes, i);
        }
    }
    return bytes.size() < longest_sequence ? std::nullopt
                                           : std::optional{Match{{}, longest_sequence}};
}

Key control(char byte) {
    switch (byte) {
        case '\r':
        case '\n':
            return {Name::enter, {}};
        case '\t':
            return {Name::tab, {}};
        case '\b':
        case '\x7f':
            return {Name::erase, {}};
        case '\f':
            return {Name::redraw, {}};
        default:
            return {};
    }
}

// How long the character is that begins so; 1 for what begins none.
std::size_t length_of(char first) {
    const auto byte = static_cast<unsigned char>(first);
    return byte >= 0xf8 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
}

std::optional<Match> character_at(std::string_view bytes) {
    const std::size_t length = length_of(bytes[0]);
    if (bytes.size() < length) {
        return std::nullopt;
    }
    const auto text = bytes.substr(0, length);
    return protocol::is_utf8(text) ? Match{{Name::character, std::string{text}}, length}
                                   : Match{{}, 1};
}

std::optional<Match> key_at(std::string_view bytes) {
    const auto first = static_cast<unsigned char>(bytes[0]);
    if (bytes[0] == escape) {
        return escaped_at(bytes);
    }
    return first < 0x20 || first == 0x7f ? Match{control(bytes[0]), 1} : character_at(bytes);
}

}  // namespace

std::vector<Key> KeyReader::take(std::string_view bytes) {
    bytes_ += bytes;
    std::vector<Key> keys;
    while (!bytes_.empty()) {
        auto match = key_at(bytes_);
        if (!match) {
            break;
        }
        keys.push_back(std::move(match->key));
        bytes_.erase(0, match->bytes);
    }
    return keys;
}

std::vector<Key> KeyReader::give_up() {
    std::vector<Key> keys;
    while (!bytes_.empty()) {
        const bool begun = bytes_[0] == escape;
        bytes_.erase(0, 1);
        keys.push_back({begun ? Name::escape : Name::other, {}});
        const auto rest = std::exchange(bytes_, {});
        auto more = take(rest);
        keys.insert(keys.end(), more.begin(), more.end());
    }
    return keys;
}

}  // namespace taskbbs::cli::top
