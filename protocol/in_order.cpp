// The longer ones of the MessagePack formats.
#include "protocol/in_order.hpp"

namespace taskbbs::protocol {

bool PackedWalk::large_map(std::uint32_t& out) {
    return stands(0xff, 0xde) && number<std::uint16_t>(out);
}

bool PackedWalk::large_array(std::uint32_t& out) {
    return (stands(0xff, 0xdc) && number<std::uint16_t>(out)) ||
           (stands(0xff, 0xdd) && number<std::uint32_t>(out));
}

// Of any width but the one that most have.
bool PackedWalk::narrow_integer(std::int64_t& out) {
    if (at_end()) {
        return false;
    }
    switch (*at_) {
        case 0xcc:
            return number<std::uint8_t>(out);
        case 0xcd:
            return number<std::uint16_t>(out);
        case 0xce:
            return number<std::uint32_t>(out);
        case 0xd0:
            return number<std::int8_t>(out);
        case 0xd1:
            return number<std::int16_t>(out);
        case 0xd2:
            return number<std::int32_t>(out);
        case 0xd3:
            return number<std::int64_t>(out);
        default:
            return false;
    }
}

bool PackedWalk::long_str(std::string_view& out) {
    return long_bytes(0xda, out);
}

bool PackedWalk::long_bin(std::string_view& out) {
    return long_bytes(0xc5, out);
}

// Two tags in a row, for a length of two and of four bytes.
bool PackedWalk::long_bytes(unsigned first_tag, std::string_view& out) {
    std::size_t size = 0;
    if (stands(0xff, first_tag)) {
        return number<std::uint16_t>(size) && bytes(size, out);
    }
    return stands(0xff, first_tag + 1) && number<std::uint32_t>(size) && bytes(size, out);
}

}  // namespace taskbbs::protocol
