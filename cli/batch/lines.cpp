// A buffer that is searched once.
#include "cli/batch/lines.hpp"

#include <algorithm>

namespace taskbbs::cli::batch {

void Lines::add(std::string_view bytes) {
    bytes_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
    bytes_ += bytes;
}

std::optional<std::string> Lines::next() {
    const auto end = bytes_.find(end_, searched_);
    searched_ = std::min(end, bytes_.size());
    const auto length = searched_ - begin_;
    too_long_ = too_long_ || length > longest_;
    const bool cut = end == std::string::npos && (!closed_ || length == 0);
    if (too_long_ || cut) {
        return std::nullopt;
    }
    std::string line = bytes_.substr(begin_, length);
    begin_ = std::min(searched_ + 1, bytes_.size());
    searched_ = begin_;
    return line;
}

}  // namespace taskbbs::cli::batch
