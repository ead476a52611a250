// CURVE keys as texts: 40 characters of Z85 stand for 32 bytes (docs/security.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::keys {

inline constexpr std::size_t key_length = 40;

struct KeyPair {
    std::string secret_key;
    std::string public_key;
};

// Whether it is a key as text: its length, and Z85's characters alone. Any such text may be a
// secret key, and whether somebody has the secret of a public one can't be seen.
bool is_key(std::string_view text);

// A new one, from the system's random source. Nothing: this libzmq was built without CURVE.
std::optional<KeyPair> new_pair();

// The public key that belongs to a secret one. Nothing: it is no key.
std::optional<std::string> public_key_of(const std::string& secret_key);

}  // namespace taskbbs::keys
