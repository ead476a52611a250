// The terminal: its modes while `top` has it, and back in every way in which that may end. Thin.
#pragma once

#include "cli/executor/descriptor.hpp"
#include "cli/top/styled.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <termios.h>

namespace taskbbs::cli::top {

// Empty where standard input and output are a terminal that can place its cursor; else why not, for
// people.
std::string why_no_terminal();

// There is one of these at a time: a crash (SIGSEGV, SIGABRT and the like) restores its terminal
// too. What waits to be written never blocks: a line that is slow, or stopped, holds nobody up.
class Terminal {
  public:
    Terminal();   // begin()
    ~Terminal();  // end()
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    // Raw keys, but for those that make signals; the alternate screen. Again: anew, where another
    // process may have changed them.
    void begin();
    // All as it was before.
    void end();

    Size size() const;

    // What was typed so far; nothing where it is gone.
    std::optional<std::string> typed() const;

    // Writes, as far as it goes at once; write_on() goes on once output() is writable.
    void write(std::string_view bytes);

    void write_on() { write({}); }

    bool is_written() const { return unwritten_.empty(); }

    int input() const;

    int output() const { return output_.number(); }

  private:
    void write_out();

    Descriptor output_;  // our own way to it: others' writes go on blocking
    std::string unwritten_;
    ::termios before_{};
    bool begun_ = false;
};

}  // namespace taskbbs::cli::top
