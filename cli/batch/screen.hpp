// What a batch shows: outcomes on standard output and standard error, the progress on standard
// error. On a terminal that is a bar, which makes way for everything else; else a line now and
// then, ever more seldom.
#pragma once

#include "cli/batch/progress.hpp"
#include "cli/printer.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::cli::batch {

struct ScreenOptions {
    std::string command;  // "run"
    std::string name;     // of the batch
    // Shows outcomes as documents, on standard output alone; null: their outputs are shown.
    Printer* documents = nullptr;
};

// Looks at the terminal and its environment (NO_COLOR, TERM) when it is made. One per process.
class Screen {
  public:
    Screen(ScreenOptions options, Moment begin);
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;
    ~Screen();  // removes the bar

    // Hands it to the system before it returns, standard output first, then standard error. False:
    // standard output takes no more.
    bool show(const TaskOutcome& outcome);
    // A line of the command's own, on standard error.
    void say(std::string_view line);
    // No bar from here on: the end is near, and somebody may break in.
    void no_more_bar();

    // Shows how far it is, if it is time for that.
    void progress(const Tally& tally, Moment now);

    // When it is time next.
    Moment due() const { return due_; }

    // What failed, and the sum.
    void finish(const Tally& tally, Moment now);

  private:
    void clear();

    ScreenOptions options_;
    bool terminal_ = false;  // standard error is one that bars can be drawn on
    bool shares_ = false;    // standard output is a terminal as well
    bool colour_ = false;
    bool drawn_ = false;         // a bar is on the last line
    bool line_is_open_ = false;  // the last output has no end of line
    Moment begin_;
    Moment due_;
    std::chrono::milliseconds gap_;
    Pace pace_;
    Failures failures_;
};

}  // namespace taskbbs::cli::batch
