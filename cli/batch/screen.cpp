// Writing to the standard outputs.
#include "cli/batch/screen.hpp"

#include "cli/shown_text.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::cli::batch {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds bar_gap{200};
constexpr milliseconds first_line_gap{1000};
constexpr milliseconds longest_line_gap{60'000};

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view{value};
}

// One less: a bar that fills its line would move on to the next one.
std::size_t terminal_width() {
    winsize size{};
    const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? size.ws_col - 1U : 79U;
}

bool written(std::FILE* file, std::string_view bytes) {
    return std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
}

}  // namespace

Screen::Screen(ScreenOptions options, Moment begin)
    : options_(std::move(options)),
      terminal_(::isatty(STDERR_FILENO) != 0 && environment("TERM") != "dumb"),
      shares_(terminal_ && ::isatty(STDOUT_FILENO) != 0),
      colour_(terminal_ && environment("NO_COLOR").empty()),
      begin_(begin),
      due_(begin + (terminal_ ? bar_gap : first_line_gap)),
      gap_(first_line_gap),
      pace_(begin) {}

Screen::~Screen() {
    clear();
}

void Screen::clear() {
    if (std::exchange(drawn_, false)) {
        written(stderr, "\r\x1b[K");
    }
}

bool Screen::show(const TaskOutcome& outcome) {
    failures_.add(outcome);
    clear();
    if (options_.documents != nullptr) {
        options_.documents->record(json_of(outcome, options_.name));
        options_.documents->flush();
        return !options_.documents->unwritable();
    }
    if (!outcome.out.empty()) {
        line_is_open_ = shares_ && outcome.out.back() != '\n';
    }
    const bool ok = written(stdout, outcome.out) && std::fflush(stdout) == 0;
    written(stderr, outcome.err);
    if (!outcome.err.empty()) {
        line_is_open_ = outcome.err.back() != '\n';
    }
    if (outcome.truncated) {
        say(
            fmt::format("{}: its output was longer than a result may be: only its beginning is "
                        "shown",
                        outcome.key.number));
    }
    return ok;
}

void Screen::say(std::string_view line) {
    clear();
    if (std::exchange(line_is_open_, false)) {
        written(stderr, "\n");
    }
    written(stderr, fmt::format("taskbbs: {} {}: {}\n", options_.command, options_.name, line));
}

void Screen::no_more_bar() {
    clear();
    terminal_ = false;
    gap_ = first_line_gap;
}

void Screen::progress(const Tally& tally, Moment now) {
    if (now < due_) {
        return;
    }
    pace_.add(now, tally.worked());
    if (!terminal_) {
        say(numbers(tally, pace_.rate()));
        due_ = now + gap_;
        gap_ = std::min(2 * gap_, longest_line_gap);
        return;
    }
    if (std::exchange(line_is_open_, false)) {
        written(stderr, "\n");
    }
    written(stderr, fmt::format("\r{}\x1b[K", bar(tally, pace_.rate(), terminal_width(), colour_)));
    drawn_ = true;
    due_ = now + bar_gap;
}

void Screen::finish(const Tally& tally, Moment now) {
    say(sum(tally, std::chrono::duration_cast<milliseconds>(now - begin_)));
    written(stderr, failures_.text());
}

}  // namespace taskbbs::cli::batch
