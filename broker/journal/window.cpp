// One large buffer that slides over the file.
#include "broker/journal/window.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace taskbbs::journal {

namespace {

// Bytes of `bytes` up to and with its last one that is not zero.
std::size_t data_bytes(std::string_view bytes) {
    static constexpr std::array<char, 4096> zeroes{};
    // Whole blocks of zeroes are passed over at memcmp's speed.
    std::size_t end = bytes.size();
    while (end >= zeroes.size() &&
           std::memcmp(bytes.data() + end - zeroes.size(), zeroes.data(), zeroes.size()) == 0) {
        end -= zeroes.size();
    }
    const std::size_t last = bytes.substr(0, end).find_last_not_of('\0');
    return last == std::string_view::npos ? 0 : last + 1;
}

}  // namespace

std::string_view Window::view(std::uint64_t offset, std::size_t bytes) {
    const bool inside = offset >= begin_ && offset + bytes <= begin_ + filled_;
    if (!inside) {
        const std::size_t wanted = std::max(bytes, next_piece_);
        next_piece_ = std::min(2 * next_piece_, piece_bytes);
        filled_ = 0;
        if (buffer_.size() < wanted) buffer_.resize(wanted);
        filled_ = file_->read_at(offset, {buffer_.data(), wanted});
        begin_ = offset;
    }
    const auto skipped = static_cast<std::size_t>(offset - begin_);
    return std::string_view(buffer_.data(), filled_).substr(skipped, bytes);
}

std::uint64_t Window::end_of_data(std::uint64_t begin, std::uint64_t end) {
    std::uint64_t found = begin;
    for (std::uint64_t at = begin; at < end; at += piece_bytes) {
        const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes, end - at));
        const std::size_t data = data_bytes(view(at, bytes));
        if (data > 0) found = at + data;
    }
    return found;
}

}  // namespace taskbbs::journal
