// libzmq makes keys and knows their text.
#include "keys/key_pair.hpp"

#include <zmq.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

namespace taskbbs::keys {

namespace {

// With the zero byte that libzmq writes behind it.
using KeyText = std::array<char, key_length + 1>;

bool is_character(char c) {
    constexpr std::string_view marks = ".-:+=^!/*?&<>()[]{}@%$#";
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           marks.find(c) != std::string_view::npos;
}

}  // namespace

bool is_key(std::string_view text) {
    constexpr std::size_t key_bytes = 32;
    std::array<std::uint8_t, key_bytes> bytes{};
    // Five characters can say more than four bytes hold: libzmq knows which do.
    return text.size() == key_length && std::ranges::all_of(text, is_character) &&
           ::zmq_z85_decode(bytes.data(), std::string(text).c_str()) != nullptr;
}

std::optional<KeyPair> new_pair() {
    KeyText public_key{};
    KeyText secret_key{};
    do {
        if (::zmq_curve_keypair(public_key.data(), secret_key.data()) != 0) {
            return std::nullopt;
        }
        // A word that begins with - looks like an option.
    } while (public_key[0] == '-');
    return KeyPair{secret_key.data(), public_key.data()};
}

std::optional<std::string> public_key_of(const std::string& secret_key) {
    KeyText public_key{};
    if (!is_key(secret_key) || ::zmq_curve_public(public_key.data(), secret_key.c_str()) != 0) {
        return std::nullopt;
    }
    return public_key.data();
}

}  // namespace taskbbs::keys
