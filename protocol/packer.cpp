// The MessagePack formats that taskbbs writes.
#include "protocol/packer.hpp"

#include <bit>
#include <cstring>
#include <limits>

namespace taskbbs::protocol {

namespace {

template <class Int>
void store(char* at, Int value) {
    for (std::size_t i = 0; i < sizeof(Int); ++i) {
        at[i] = static_cast<char>(value >> (8 * (sizeof(Int) - 1 - i)) & 0xff);
    }
}

}  // namespace

template <class Int>
void Packer::big_endian(std::uint8_t tag, Int value) {
    char bytes[1 + sizeof(Int)];
    bytes[0] = static_cast<char>(tag);
    store(bytes + 1, value);
    out_.append(bytes, sizeof bytes);
}

void Packer::wide_integer(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    if (value < 0) {
        if (value >= -32) {
            byte(static_cast<std::uint8_t>(bits & 0xff));
        } else if (value >= std::numeric_limits<std::int32_t>::min()) {
            big_endian(0xd2, static_cast<std::uint32_t>(bits));
        } else {
            big_endian(0xd3, bits);
        }
    } else if (bits <= 0xff) {
        byte(0xcc);
        byte(static_cast<std::uint8_t>(bits));
    } else if (bits <= 0xffff) {
        big_endian(0xcd, static_cast<std::uint16_t>(bits));
    } else if (bits <= 0xffffffff) {
        big_endian(0xce, static_cast<std::uint32_t>(bits));
    } else {
        big_endian(0xcf, bits);
    }
}

void Packer::real(double value) {
    big_endian(0xcb, std::bit_cast<std::uint64_t>(value));
}

void Packer::str(std::string_view text) {
    const std::size_t size = text.size();
    if (size < 32) {
        byte(static_cast<std::uint8_t>(0xa0 | size));
    } else if (size <= 0xff) {
        byte(0xd9);
        byte(static_cast<std::uint8_t>(size));
    } else if (size <= 0xffff) {
        big_endian(0xda, static_cast<std::uint16_t>(size));
    } else {
        big_endian(0xdb, static_cast<std::uint32_t>(size));
    }
    out_.append(text);
}

void Packer::bin(std::string_view bytes) {
    const std::size_t size = bytes.size();
    if (size <= 0xff) {
        byte(0xc4);
        byte(static_cast<std::uint8_t>(size));
    } else if (size <= 0xffff) {
        big_endian(0xc5, static_cast<std::uint16_t>(size));
    } else {
        big_endian(0xc6, static_cast<std::uint32_t>(size));
    }
    out_.append(bytes);
}

void Packer::array(std::uint32_t count) {
    if (count < 16) {
        byte(static_cast<std::uint8_t>(0x90 | count));
    } else if (count <= 0xffff) {
        big_endian(0xdc, static_cast<std::uint16_t>(count));
    } else {
        big_endian(0xdd, count);
    }
}

void Packer::map(std::uint32_t count) {
    if (count < 16) {
        byte(static_cast<std::uint8_t>(0x80 | count));
    } else if (count <= 0xffff) {
        big_endian(0xde, static_cast<std::uint16_t>(count));
    } else {
        big_endian(0xdf, count);
    }
}

std::size_t Packer::open_integer() {
    big_endian(0xcf, std::uint64_t{0});
    return out_.size() - 8;
}

std::size_t Packer::open_array() {
    big_endian(0xdd, std::uint32_t{0});
    return out_.size() - 4;
}

void Packer::patch_integer(std::size_t at, std::int64_t value) {
    store(out_.data() + at, static_cast<std::uint64_t>(value));
}

void Packer::patch_array(std::size_t at, std::uint32_t count) {
    store(out_.data() + at, count);
}

}  // namespace taskbbs::protocol
