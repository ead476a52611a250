// The layout is drawn in the header.
#include "bench/load/zmtp.hpp"

#include <stdexcept>

namespace taskbbs::bench {

namespace {

constexpr std::size_t greeting_bytes = 64;
constexpr std::size_t head_bytes = 9;
constexpr unsigned flag_more = 1;
constexpr unsigned flag_long = 2;
constexpr unsigned flag_command = 4;

void append_property(std::string& out, std::string_view name, std::string_view value) {
    out += static_cast<char>(name.size());
    out += name;
    out.append(4, '\0');
    put_big_endian(out.data() + out.size() - 4, value.size(), 4);
    out += value;
}

}  // namespace

void append_zmtp_opening(std::string& out, std::string_view socket_type) {
    std::string greeting("\xff\0\0\0\0\0\0\0\0\x7f\x03\0NULL", 16);
    greeting.resize(greeting_bytes, '\0');
    out += greeting;
    std::string ready("\x05READY");
    append_property(ready, "Socket-Type", socket_type);
    append_property(ready, "Identity", "");
    out += static_cast<char>(flag_command);
    out += static_cast<char>(ready.size());
    out += ready;
}

bool take_zmtp_opening(std::string_view& in) {
    if (in.size() < greeting_bytes) {
        return false;
    }
    std::string_view rest = in.substr(greeting_bytes);
    Frame ready;
    if (!take_frame(rest, ready)) {
        return false;
    }
    if (in[0] != '\xff' || in[10] < 3 || !ready.is_command ||
        !ready.body.starts_with("\x05READY")) {
        throw std::runtime_error("the server does not greet as ZMTP 3 with NULL does");
    }
    in = rest;
    return true;
}

std::size_t open_frame(std::string& out) {
    const std::size_t opened = out.size();
    out += static_cast<char>(flag_long);
    out.append(head_bytes - 1, '\0');
    return opened;
}

void close_frame(std::string& out, std::size_t opened) {
    put_big_endian(out.data() + opened + 1, out.size() - opened - head_bytes, head_bytes - 1);
}

bool take_frame(std::string_view& in, Frame& frame) {
    if (in.size() < 2) {
        return false;
    }
    const auto flags = static_cast<unsigned char>(in[0]);
    const std::size_t width = (flags & flag_long) != 0 ? 8 : 1;
    if (in.size() < 1 + width) {
        return false;
    }
    const std::size_t size = big_endian(in.data() + 1, width);
    if (in.size() - 1 - width < size) {
        return false;
    }
    frame = {in.substr(1 + width, size), (flags & flag_command) != 0, (flags & flag_more) != 0};
    in.remove_prefix(1 + width + size);
    return true;
}

}  // namespace taskbbs::bench
