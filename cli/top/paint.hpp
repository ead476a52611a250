// Lines as what a terminal obeys. Whole lines are written, those that changed, with nothing but the
// sequences that every terminal in use knows (ECMA-48: CUP, EL, SGR; of xterm and its like: the
// alternate screen, the cursor's and the margin's modes): so no library of terminals is asked, and
// what was sent reads as text. Pure.
#pragma once

#include "cli/top/styled.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::cli::top {

// The alternate screen, no cursor, nothing wraps; and all of it undone.
inline constexpr std::string_view enter_screen = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
inline constexpr std::string_view leave_screen = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";

class Painter {
  public:
    // Without colours: bold, faint and reverse only.
    explicit Painter(bool colours) : colours_(colours) {}

    // What makes the screen show these lines, knowing what it shows. Empty: it does already.
    std::string paint(const std::vector<Line>& lines, Size size);

    // The screen may show anything.
    void forget();

  private:
    std::string spelled(const Line& line, int columns) const;

    bool colours_;
    std::vector<Line> shown_;
    Size size_{0, 0};
};

}  // namespace taskbbs::cli::top
