// The beginning, or the end, of what a command writes to one of its outputs; the rest is read and
// dropped, so that the command never waits for a reader.
#pragma once

#include "cli/executor/descriptor.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace taskbbs::cli {

struct Bound {
    std::size_t bytes = 0;
    bool of_end = false;    // the last ones are kept, else the first
    bool is_limit = false;  // who writes more has failed, and is to be ended
};

class Capture {
  public:
    // `reading`: the non-blocking end of a pipe.
    Capture(Descriptor reading, Bound bound) : reading_(std::move(reading)), bound_(bound) {}

    // Takes what is there, up to 1 MiB, so that a flood can't hold up other commands. Closes at the
    // end of the output.
    void read();

    int descriptor() const { return reading_.number(); }

    const std::string& text() const { return text_; }

    // Something is missing that was to be kept.
    bool truncated() const { return truncated_ && !bound_.of_end; }

    bool is_over() const { return truncated() && bound_.is_limit; }

  private:
    void keep(std::string_view part);

    Descriptor reading_;
    Bound bound_;
    std::string text_;
    bool truncated_ = false;
};

}  // namespace taskbbs::cli
