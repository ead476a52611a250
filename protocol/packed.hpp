// The MessagePack formats that taskbbs writes, one function each: puts a value where there is room
// for it and returns where it ends. Shortest forms. How much room each takes at most stands beside
// it.
#pragma once

#include <boost/endian/conversion.hpp>

#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

namespace taskbbs::protocol {

// Longest head of a text, array or map: tag and length; and longest number.
inline constexpr std::size_t head_room = 5;
inline constexpr std::size_t number_room = 9;

inline char* put_byte(char* at, unsigned value) {
    *at = static_cast<char>(value);
    return at + 1;
}

template <class Int>
char* put_tagged(char* at, unsigned tag, Int value) {
    const Int bytes = boost::endian::native_to_big(value);
    *at = static_cast<char>(tag);
    std::memcpy(at + 1, &bytes, sizeof bytes);
    return at + 1 + sizeof bytes;
}

inline char* put_raw(char* at, std::string_view bytes) {
    if (!bytes.empty()) {
        std::memcpy(at, bytes.data(), bytes.size());
    }
    return at + bytes.size();
}

inline char* put_integer(char* at, std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    if (value >= -32 && value < 0x80) {
        return put_byte(at, static_cast<std::uint8_t>(value));
    }
    if (value < 0) {
        return value >= std::numeric_limits<std::int32_t>::min()
                   ? put_tagged(at, 0xd2, static_cast<std::uint32_t>(bits))
                   : put_tagged(at, 0xd3, bits);
    }
    if (bits > 0xffffffff) {
        return put_tagged(at, 0xcf, bits);
    }
    if (bits > 0xffff) {
        return put_tagged(at, 0xce, static_cast<std::uint32_t>(bits));
    }
    return bits > 0xff ? put_tagged(at, 0xcd, static_cast<std::uint16_t>(bits))
                       : put_tagged(at, 0xcc, static_cast<std::uint8_t>(bits));
}

inline char* put_array_head(char* at, std::uint32_t count) {
    if (count < 16) {
        return put_byte(at, 0x90U | count);
    }
    return count <= 0xffff ? put_tagged(at, 0xdc, static_cast<std::uint16_t>(count))
                           : put_tagged(at, 0xdd, count);
}

inline char* put_map_head(char* at, std::uint32_t count) {
    if (count < 16) {
        return put_byte(at, 0x80U | count);
    }
    return count <= 0xffff ? put_tagged(at, 0xde, static_cast<std::uint16_t>(count))
                           : put_tagged(at, 0xdf, count);
}

inline char* put_str_head(char* at, std::size_t size) {
    if (size < 32) {
        return put_byte(at, static_cast<unsigned>(0xa0 | size));
    }
    if (size <= 0xff) {
        return put_tagged(at, 0xd9, static_cast<std::uint8_t>(size));
    }
    return size <= 0xffff ? put_tagged(at, 0xda, static_cast<std::uint16_t>(size))
                          : put_tagged(at, 0xdb, static_cast<std::uint32_t>(size));
}

inline char* put_bin_head(char* at, std::size_t size) {
    if (size <= 0xff) {
        return put_tagged(at, 0xc4, static_cast<std::uint8_t>(size));
    }
    return size <= 0xffff ? put_tagged(at, 0xc5, static_cast<std::uint16_t>(size))
                          : put_tagged(at, 0xc6, static_cast<std::uint32_t>(size));
}

inline char* put_str(char* at, std::string_view text) {
    return put_raw(put_str_head(at, text.size()), text);
}

inline char* put_bin(char* at, std::string_view bytes) {
    return put_raw(put_bin_head(at, bytes.size()), bytes);
}

inline char* put_boolean(char* at, bool value) {
    return put_byte(at, value ? 0xc3 : 0xc2);
}

inline char* put_nil(char* at) {
    return put_byte(at, 0xc0);
}

}  // namespace taskbbs::protocol
