// Lines.
#include "cli/top/styled.hpp"

namespace taskbbs::cli::top {

Line& Line::add(std::string text, Style style) {
    if (!text.empty()) {
        width_ += width_of(text);
        spans_.push_back({std::move(text), style});
    }
    return *this;
}

Line& Line::pad_to(int columns) {
    if (width_ < columns) {
        add(std::string(static_cast<std::size_t>(columns - width_), ' '));
    }
    return *this;
}

Line& Line::cut_to(int columns) {
    int left = columns;
    width_ = 0;
    for (std::size_t i = 0; i < spans_.size(); ++i) {
        Span& span = spans_[i];
        span.text = std::string{front_of(span.text, left)};
        const int taken = width_of(span.text);
        width_ += taken;
        left -= taken;
        if (span.text.empty()) {
            spans_.resize(i);
        }
    }
    return *this;
}

std::string Line::text() const {
    std::string text;
    for (const Span& span : spans_) {
        text += span.text;
    }
    text.resize(text.find_last_not_of(' ') + 1);
    return text;
}

}  // namespace taskbbs::cli::top
