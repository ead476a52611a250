// Several texts in one block of memory, eight bytes where they are kept. The block:
//
//     u8 width | end of text 0 | ... | end of text N-1 | the bytes, one text behind the other
//
// An end takes its lowest `width` bytes: 1, 2 or 4, as the last one needs, so that short texts stay
// in a small class of the allocator.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace taskbbs::core {

static_assert(std::endian::native == std::endian::little, "the lowest bytes of an end come first");

template <std::size_t count>
class TextPack {
  public:
    using Texts = std::array<std::string_view, count>;

    // Texts that are all empty take no block.
    void assign(const Texts& texts) {
        std::size_t total = 0;
        for (const std::string_view text : texts) {
            total += text.size();
        }
        if (total == 0) {
            block_.reset();
            return;
        }
        const std::size_t width = total <= UINT8_MAX ? 1 : total <= UINT16_MAX ? 2 : 4;
        const std::size_t head = head_of(width);
        auto block =
            std::make_unique_for_overwrite<char[]>(head + total);  // texts may point into ours
        block[0] = static_cast<char>(width);
        std::uint32_t end = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (!texts[i].empty()) {
                std::memcpy(block.get() + head + end, texts[i].data(), texts[i].size());
            }
            end += static_cast<std::uint32_t>(texts[i].size());
            std::memcpy(block.get() + 1 + i * width, &end, width);
        }
        block_ = std::move(block);
    }

    std::string_view operator[](std::size_t i) const {
        if (!block_) {
            return {};
        }
        const std::uint32_t from = i == 0 ? 0 : end_of(i - 1);
        return {block_.get() + head_of(width()) + from, end_of(i) - from};
    }

    Texts all() const {
        Texts texts;
        if (!block_) {
            return texts;
        }
        const char* const bytes = block_.get() + head_of(width());
        std::uint32_t from = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint32_t end = end_of(i);
            texts[i] = {bytes + from, end - from};
            from = end;
        }
        return texts;
    }

  private:
    static constexpr std::size_t head_of(std::size_t width) { return 1 + count * width; }

    std::size_t width() const { return static_cast<unsigned char>(block_[0]); }

    // A copy of a size that the compiler knows is one instruction, of any other a call.
    std::uint32_t end_of(std::size_t i) const {
        switch (width()) {
            case 1:
                return end_of<std::uint8_t>(i);
            case 2:
                return end_of<std::uint16_t>(i);
            default:
                return end_of<std::uint32_t>(i);
        }
    }

    template <class End>
    End end_of(std::size_t i) const {
        End end = 0;
        std::memcpy(&end, block_.get() + 1 + i * sizeof end, sizeof end);
        return end;
    }

    std::unique_ptr<char[]> block_;
};

}  // namespace taskbbs::core
