// Writes MessagePack at the end of a string. Shortest forms, except where a number is patched
// later.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taskbbs::protocol {

// Appends to a buffer that the caller owns and that must outlive it.
class Packer {
  public:
    explicit Packer(std::string& out) : out_(out) {}

    void nil() { byte(0xc0); }

    void boolean(bool value) { byte(value ? 0xc3 : 0xc2); }

    void integer(std::int64_t value) {
        if (value >= 0 && value < 0x80) {
            byte(static_cast<std::uint8_t>(value));
        } else {
            wide_integer(value);
        }
    }

    void real(double value);
    void str(std::string_view text);
    void bin(std::string_view bytes);
    void array(std::uint32_t count);
    void map(std::uint32_t count);

    // Bytes that are packed already.
    void raw(std::string_view packed) { out_.append(packed); }

    // Fixed widths, so that patch_*() can write over them: each returns where it stands.
    std::size_t open_integer();
    std::size_t open_array();
    void patch_integer(std::size_t at, std::int64_t value);
    void patch_array(std::size_t at, std::uint32_t count);

    std::string& out() { return out_; }

  private:
    void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }

    void wide_integer(std::int64_t value);
    template <class Int>
    void big_endian(std::uint8_t tag, Int value);

    std::string& out_;
};

}  // namespace taskbbs::protocol
