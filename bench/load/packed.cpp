// The tags are those of the MessagePack specification.
#include "bench/load/packed.hpp"

#include "bench/load/zmtp.hpp"

#include <stdexcept>

namespace taskbbs::bench {

namespace {

[[noreturn]] void fail() {
    throw std::runtime_error("the server sent what is no reply");
}

}  // namespace

unsigned char PackedCursor::tag() {
    if (at_ == end_) {
        fail();
    }
    return static_cast<unsigned char>(*at_++);
}

std::uint64_t PackedCursor::number(std::size_t bytes) {
    const char* const from = at_;
    jump(bytes);
    return big_endian(from, bytes);
}

void PackedCursor::jump(std::uint64_t bytes) {
    if (static_cast<std::uint64_t>(end_ - at_) < bytes) {
        fail();
    }
    at_ += bytes;
}

std::uint64_t PackedCursor::integer() {
    const unsigned char first = tag();
    if (first < 0x80) {
        return first;
    }
    if (first < 0xcc || first > 0xcf) {
        fail();
    }
    return number(std::size_t{1} << (first - 0xccU));
}

std::string_view PackedCursor::str() {
    const unsigned char first = tag();
    std::uint64_t size = 0;
    if (first >= 0xa0 && first < 0xc0) {
        size = first & 0x1fU;
    } else if (first >= 0xd9 && first <= 0xdb) {
        size = number(std::size_t{1} << (first - 0xd9U));
    } else {
        fail();
    }
    const char* const from = at_;
    jump(size);
    return {from, size};
}

std::uint32_t PackedCursor::array() {
    const unsigned char first = tag();
    if (first >= 0x90 && first < 0xa0) {
        return first & 0x0fU;
    }
    if (first != 0xdc && first != 0xdd) {
        fail();
    }
    return static_cast<std::uint32_t>(number(first == 0xdc ? 2 : 4));
}

std::uint32_t PackedCursor::map() {
    const unsigned char first = tag();
    if (first >= 0x80 && first < 0x90) {
        return first & 0x0fU;
    }
    if (first != 0xde && first != 0xdf) {
        fail();
    }
    return static_cast<std::uint32_t>(number(first == 0xde ? 2 : 4));
}

void PackedCursor::skip() {
    for (std::uint64_t left = 1; left > 0; --left) {
        const unsigned char first = tag();
        if (first < 0x80 || first >= 0xe0 || (first >= 0xc0 && first <= 0xc3)) {
            continue;
        }
        if (first < 0x90) {
            left += std::uint64_t{2} * (first & 0x0fU);
        } else if (first < 0xa0) {
            left += first & 0x0fU;
        } else if (first < 0xc0) {
            jump(first & 0x1fU);
        } else if (first >= 0xc4 && first <= 0xc6) {
            jump(number(std::size_t{1} << (first - 0xc4U)));
        } else if (first >= 0xcc && first <= 0xd3) {
            jump(std::uint64_t{1} << (first & 3U));
        } else if (first == 0xca || first == 0xcb) {
            jump(first == 0xca ? 4 : 8);
        } else if (first >= 0xd9 && first <= 0xdb) {
            jump(number(std::size_t{1} << (first - 0xd9U)));
        } else if (first == 0xdc || first == 0xdd) {
            left += number(first == 0xdc ? 2 : 4);
        } else if (first == 0xde || first == 0xdf) {
            left += 2 * number(first == 0xde ? 2 : 4);
        } else {
            fail();  // extensions are none of the contract's
        }
    }
}

}  // namespace taskbbs::bench
