// The beginning of what a command writes to one of its outputs; the rest is read and dropped, so
// that the command never waits for a reader.
#pragma once

#include "cli/executor/descriptor.hpp"

#include <cstddef>
#include <string>

namespace taskbbs::cli {

class Capture {
  public:
    // `reading`: the non-blocking end of a pipe. Keeps at most `bound` bytes.
    Capture(Descriptor reading, std::size_t bound) : reading_(std::move(reading)), bound_(bound) {}

    // Takes what is there, up to 1 MiB, so that a flood can't hold up other commands. Closes at the
    // end of the output.
    void read();

    int descriptor() const { return reading_.number(); }

    const std::string& text() const { return text_; }

    bool truncated() const { return truncated_; }

  private:
    Descriptor reading_;
    std::size_t bound_;
    std::string text_;
    bool truncated_ = false;
};

}  // namespace taskbbs::cli
