// Scans MessagePack for the few values that the load needs; the rest is skipped, not parsed.
#pragma once

#include <cstdint>
#include <string_view>

namespace taskbbs::bench {

// Goes through `bytes` value by value. Each throws std::runtime_error where the next value is not
// of that kind, or the bytes end.
class PackedCursor {
  public:
    PackedCursor() = default;

    explicit PackedCursor(std::string_view bytes)
        : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

    std::uint64_t integer();  // not negative
    std::string_view str();
    std::uint32_t array();  // how many values follow
    std::uint32_t map();    // how many pairs follow
    void skip();            // one value with all that is in it

    bool at_end() const { return at_ == end_; }

  private:
    unsigned char tag();
    std::uint64_t number(std::size_t bytes);
    void jump(std::uint64_t bytes);

    const char* at_ = nullptr;
    const char* end_ = nullptr;
};

}  // namespace taskbbs::bench
