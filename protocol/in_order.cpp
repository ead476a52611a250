// The longer ones of the MessagePack formats.
#include "protocol/in_order.hpp"

#include <array>

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

// ---- values that nobody reads ----------------------------------------------------------------

namespace {

// What stands behind a tag from 0xc0 on: a big-endian length or count of so many bytes, and so many
// bytes besides those that the length tells.
struct Form {
    std::uint8_t length;
    std::uint8_t fixed;
};

constexpr unsigned first_form = 0xc0;
constexpr unsigned never_used = 0xc1;
constexpr unsigned first_array = 0xdc;
constexpr unsigned first_map = 0xde;

constexpr auto forms = std::to_array<Form>({
    {0, 0}, {0, 0}, {0, 0}, {0, 0},           // nil, never used, false, true
    {1, 0}, {2, 0}, {4, 0},                   // bin
    {1, 1}, {2, 1}, {4, 1},                   // ext
    {0, 4}, {0, 8},                           // float
    {0, 1}, {0, 2}, {0, 4}, {0, 8},           // unsigned
    {0, 1}, {0, 2}, {0, 4}, {0, 8},           // signed
    {0, 2}, {0, 3}, {0, 5}, {0, 9}, {0, 17},  // ext of a fixed size
    {1, 0}, {2, 0}, {4, 0},                   // str
    {2, 0}, {4, 0},                           // array
    {2, 0}, {4, 0},                           // map
});
static_assert(first_form + forms.size() == 0xe0);

}  // namespace

bool PackedWalk::any(std::string_view& out) {
    const char* const begin = at();
    for (std::uint64_t left_to_pass = 1; left_to_pass > 0; --left_to_pass) {
        if (!pass(left_to_pass)) {
            return false;
        }
    }
    out = {begin, static_cast<std::size_t>(at() - begin)};
    return true;
}

// Passes one value, or the head of one, and adds the values within it to those that are left.
bool PackedWalk::pass(std::uint64_t& left_to_pass) {
    if (at_end()) {
        return false;
    }
    std::string_view ignored;
    const unsigned tag = *at_++;
    if (tag < 0x80 || tag >= 0xe0) {  // a small integer
        return true;
    }
    if (tag < 0xa0) {
        left_to_pass += std::uint64_t{tag & 0x0fU} * (tag < 0x90 ? 2 : 1);
        return true;
    }
    if (tag < first_form) {
        return bytes(tag & 0x1fU, ignored);
    }
    const Form form = forms[tag - first_form];
    if (tag == never_used || left() < form.length) {
        return false;
    }
    std::uint64_t length = 0;
    for (int i = 0; i < form.length; ++i) {
        length = length << 8U | *at_++;
    }
    if (tag >= first_array) {
        left_to_pass += length * (tag >= first_map ? 2 : 1);
        return true;
    }
    return bytes(form.fixed + length, ignored);
}

}  // namespace taskbbs::protocol
