// How fuzz targets cut their bytes: into pieces, each two bytes of length (little-endian) and as
// many bytes as are there. So inputs stay short, and what a mutation hits means something.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace taskbbs::fuzz {

inline constexpr std::size_t longest_piece = std::numeric_limits<std::uint16_t>::max();

// Total: where bytes are missing, it gives fewer, or zeroes.
class Input {
  public:
    Input(const std::uint8_t* data, std::size_t size)
        : left_(reinterpret_cast<const char*>(data), size) {}

    bool empty() const { return left_.empty(); }

    std::uint8_t byte() { return static_cast<std::uint8_t>(take(1).append(1, '\0').front()); }

    // A copy of its own, so that the sanitizer sees each read beyond its end.
    std::string piece() {
        const std::size_t low = byte();
        return take(low + (std::size_t{byte()} << 8));
    }

    std::string rest() { return take(left_.size()); }

  private:
    std::string take(std::size_t wanted) {
        const std::string taken(left_.substr(0, wanted));
        left_.remove_prefix(taken.size());
        return taken;
    }

    std::string_view left_;
};

// The other way round, for the corpus. Longer pieces are cut.
inline void put_piece(std::string& out, std::string_view bytes) {
    const std::string_view cut = bytes.substr(0, longest_piece);
    out.push_back(static_cast<char>(cut.size() & 0xff));
    out.push_back(static_cast<char>(cut.size() >> 8));
    out += cut;
}

}  // namespace taskbbs::fuzz
