// Writes MessagePack at the end of a string. Shortest forms, except where a number is patched
// later.
#pragma once

#include "protocol/packed.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace taskbbs::protocol {

// Appends to a buffer that the caller owns and that must outlive it.
class Packer {
  public:
    explicit Packer(std::string& out) : out_(out) {}

    void nil() { out_.push_back(static_cast<char>(0xc0)); }

    void boolean(bool value) { out_.push_back(static_cast<char>(value ? 0xc3 : 0xc2)); }

    void integer(std::int64_t value) {
        char bytes[number_room];
        append(bytes, put_integer(bytes, value));
    }

    void real(double value);

    void str(std::string_view text) {
        char bytes[head_room];
        append(bytes, put_str_head(bytes, text.size()));
        out_.append(text);
    }

    void bin(std::string_view bytes) {
        char head[head_room];
        append(head, put_bin_head(head, bytes.size()));
        out_.append(bytes);
    }

    void array(std::uint32_t count) {
        char head[head_room];
        append(head, put_array_head(head, count));
    }

    void map(std::uint32_t count) {
        char head[head_room];
        append(head, put_map_head(head, count));
    }

    // Bytes that are packed already.
    void raw(std::string_view packed) { out_.append(packed); }

    // Room for so many bytes, to be written with protocol/packed; close_room() says where they
    // ended. Nothing else is called between the two.
    char* open_room(std::size_t bytes) {
        const std::size_t size = out_.size();
        out_.resize(size + bytes);
        return out_.data() + size;
    }

    void close_room(const char* end) { out_.resize(static_cast<std::size_t>(end - out_.data())); }

    // Fixed widths, so that patch_*() can write over them: each returns where it stands.
    std::size_t open_integer();
    std::size_t open_array();
    void patch_integer(std::size_t at, std::int64_t value);
    void patch_array(std::size_t at, std::uint32_t count);

    std::string& out() { return out_; }

  private:
    void append(const char* begin, const char* end) {
        out_.append(begin, static_cast<std::size_t>(end - begin));
    }

    std::string& out_;
};

}  // namespace taskbbs::protocol
