// The longer ones of the MessagePack formats.
#include "protocol/in_order.hpp"

#include <boost/endian/conversion.hpp>

namespace taskbbs::protocol {

namespace {

using boost::endian::order;

}  // namespace

// The number behind the tag that stands next.
template <class Int>
std::optional<Int> PackedWalk::number() {
    if (left() < 1 + sizeof(Int)) {
        return std::nullopt;
    }
    const auto value = boost::endian::endian_load<Int, sizeof(Int), order::big>(at_ + 1);
    at_ += 1 + sizeof(Int);
    return value;
}

std::optional<std::uint32_t> PackedWalk::large_map() {
    if (at_end() || *at_ != 0xde) {
        return std::nullopt;
    }
    return number<std::uint16_t>();
}

// In any width, and above 2^63-1 none at all, as in a Document.
std::optional<std::int64_t> PackedWalk::wide_integer() {
    if (at_end()) {
        return std::nullopt;
    }
    switch (*at_) {
        case 0xcc:
            return number<std::uint8_t>();
        case 0xcd:
            return number<std::uint16_t>();
        case 0xce:
            return number<std::uint32_t>();
        case 0xcf: {
            const auto value = number<std::int64_t>();
            return value && *value >= 0 ? value : std::nullopt;
        }
        case 0xd0:
            return number<std::int8_t>();
        case 0xd1:
            return number<std::int16_t>();
        case 0xd2:
            return number<std::int32_t>();
        case 0xd3:
            return number<std::int64_t>();
        default:
            return std::nullopt;
    }
}

std::optional<std::string_view> PackedWalk::long_str() {
    return wide_bytes(0xd9);
}

std::optional<std::string_view> PackedWalk::bin() {
    return wide_bytes(0xc4);
}

// Three tags in a row, for a length of one, two and four bytes.
std::optional<std::string_view> PackedWalk::wide_bytes(unsigned first_tag) {
    if (at_end()) {
        return std::nullopt;
    }
    switch (*at_ - first_tag) {
        case 0:
            return bytes(number<std::uint8_t>());
        case 1:
            return bytes(number<std::uint16_t>());
        case 2:
            return bytes(number<std::uint32_t>());
        default:
            return std::nullopt;
    }
}

}  // namespace taskbbs::protocol
