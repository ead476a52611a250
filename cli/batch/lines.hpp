// Bytes, as they are read, into lines. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::cli::batch {

// A line has an end of one byte, which is not part of it; the last one may lack it. Keeps what was
// added and not yet handed out.
class Lines {
  public:
    // More than `longest` bytes make no line: too_long() tells, and no line follows.
    Lines(char end, std::size_t longest) : end_(end), longest_(longest) {}

    void add(std::string_view bytes);

    // There is no more: what is left without an end is a line, if it is not empty.
    void close() { closed_ = true; }

    // Nothing: add more, or, once it is closed, that was all.
    std::optional<std::string> next();

    bool too_long() const { return too_long_; }

  private:
    char end_;
    std::size_t longest_;
    std::string bytes_;
    std::size_t begin_ = 0;     // of the line that is next
    std::size_t searched_ = 0;  // no end before
    bool closed_ = false;
    bool too_long_ = false;
};

}  // namespace taskbbs::cli::batch
