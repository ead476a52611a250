// What is packed in a fixed width.
#include "protocol/packer.hpp"

#include <bit>

namespace taskbbs::protocol {

void Packer::real(double value) {
    char bytes[number_room];
    append(bytes, put_tagged(bytes, 0xcb, std::bit_cast<std::uint64_t>(value)));
}

std::size_t Packer::open_integer() {
    char bytes[number_room];
    append(bytes, put_tagged(bytes, 0xcf, std::uint64_t{0}));
    return out_.size() - sizeof(std::uint64_t);
}

std::size_t Packer::open_array() {
    char head[head_room];
    append(head, put_tagged(head, 0xdd, std::uint32_t{0}));
    return out_.size() - sizeof(std::uint32_t);
}

void Packer::patch_integer(std::size_t at, std::int64_t value) {
    boost::endian::endian_store<std::int64_t, sizeof value, boost::endian::order::big>(
        reinterpret_cast<unsigned char*>(out_.data()) + at, value);
}

void Packer::patch_array(std::size_t at, std::uint32_t count) {
    boost::endian::endian_store<std::uint32_t, sizeof count, boost::endian::order::big>(
        reinterpret_cast<unsigned char*>(out_.data()) + at, count);
}

}  // namespace taskbbs::protocol
