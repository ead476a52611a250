// ZMTP 3.0 as far as the load speaks it (rfc.zeromq.org/spec/23): the NULL mechanism, one frame a
// message. Of our own, since libzmq's I/O thread would take its time from the server's cores.
//
//     greeting   ff 0*8 7f | 03 00 | "NULL" 0*16 | as-server 00 | 0*31        64 bytes
//     frame      flags (1 more, 2 long, 4 command) | size (1 byte, or 8 if long) | body
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taskbbs::bench {

// Appends the greeting and the READY command of a socket of this type ("DEALER", "SUB").
void append_zmtp_opening(std::string& out, std::string_view socket_type);

// Takes greeting and READY of the other side off the front of `in`, all or nothing. Throws
// std::runtime_error where they are not ZMTP 3, or the other side refuses.
bool take_zmtp_opening(std::string_view& in);

// Room for a frame's head; the body is appended next, then close_frame() is called with what this
// returned. The long form alone, since the size is not known yet.
std::size_t open_frame(std::string& out);
void close_frame(std::string& out, std::size_t opened);

struct Frame {
    std::string_view body;
    bool is_command = false;
    bool more = false;
};

// Takes a frame off the front of `in`. False: it has not come as a whole.
bool take_frame(std::string_view& in, Frame& frame);

// Big-endian, over what stands there.
inline void put_big_endian(char* at, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = bytes; i-- > 0; value >>= 8U) {
        at[i] = static_cast<char>(value & 0xffU);
    }
}

inline std::uint64_t big_endian(const char* at, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
        value = value << 8U | static_cast<unsigned char>(at[i]);
    }
    return value;
}

}  // namespace taskbbs::bench
