// Modes, and their restoration.
#include "cli/top/terminal.hpp"

#include "cli/top/paint.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace taskbbs::cli::top {
namespace {

constexpr auto crashes = std::to_array<int>({SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL});

// At the end: for what is still to be written, so that the screen is left in order.
constexpr int last_words_ms = 1000;

// What a crash puts back. Written before the handler can run.
::termios modes_to_restore;

// Nothing but calls that a signal handler may make.
extern "C" void restore_and_crash(int signal) {
    [[maybe_unused]] const auto written =
        ::write(STDOUT_FILENO, leave_screen.data(), leave_screen.size());
    ::tcsetattr(STDIN_FILENO, TCSANOW, &modes_to_restore);
    ::raise(signal);
}

void handle_crashes(bool on) {
    struct ::sigaction action {};

    action.sa_handler = on ? restore_and_crash : SIG_DFL;
    // Once: the second time the signal does what it does without us.
    action.sa_flags = on ? static_cast<int>(SA_RESETHAND | SA_NODEFER) : 0;
    for (const int signal : crashes) {
        ::sigaction(signal, &action, nullptr);
    }
}

}  // namespace

std::string why_no_terminal() {
    const char* const term = std::getenv("TERM");
    if (::isatty(STDOUT_FILENO) == 0) {
        return "standard output is no terminal";
    }
    if (::isatty(STDIN_FILENO) == 0) {
        return "standard input is no terminal";
    }
    return term != nullptr && std::string_view{term} == "dumb" ? "this terminal is dumb (TERM)"
                                                               : "";
}

Terminal::Terminal()
    : output_(::open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) {
    if (output_.number() < 0) {
        output_ = Descriptor{::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)};
    }
    ::tcgetattr(STDIN_FILENO, &before_);
    begin();
}

Terminal::~Terminal() {
    end();
}

void Terminal::begin() {
    ::termios modes = before_;
    modes.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL | INLCR | ISTRIP);
    modes.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    modes_to_restore = before_;
    handle_crashes(true);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &modes);
    begun_ = true;
    write(enter_screen);
}

void Terminal::end() {
    if (!begun_) {
        return;
    }
    begun_ = false;
    write(leave_screen);
    ::pollfd writable{.fd = output_.number(), .events = POLLOUT, .revents = 0};
    while (!is_written() && ::poll(&writable, 1, last_words_ms) > 0) {
        write_on();
    }
    unwritten_.clear();
    ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    handle_crashes(false);
}

Size Terminal::size() const {
    ::winsize told{};
    const bool known = ::ioctl(output_.number(), TIOCGWINSZ, &told) == 0;
    // 0 where nobody has set it.
    return {known && told.ws_row > 0 ? std::min<int>(told.ws_row, 1000) : 24,
            known && told.ws_col > 0 ? std::min<int>(told.ws_col, 1000) : 80};
}

int Terminal::input() const {
    return STDIN_FILENO;
}

std::optional<std::string> Terminal::typed() const {
    std::array<char, 256> bytes{};
    const auto count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count > 0) {
        return std::string{bytes.data(), static_cast<std::size_t>(count)};
    }
    return count < 0 && (errno == EINTR || errno == EAGAIN) ? std::optional{std::string{}}
                                                            : std::nullopt;
}

void Terminal::write(std::string_view bytes) {
    unwritten_ += bytes;
    write_out();
}

void Terminal::write_out() {
    while (!unwritten_.empty()) {
        const auto count = ::write(output_.number(), unwritten_.data(), unwritten_.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            // Full, for now; or gone, which its input tells as well.
            unwritten_.resize(errno == EAGAIN ? unwritten_.size() : 0);
            return;
        }
        unwritten_.erase(0, static_cast<std::size_t>(count));
    }
}

}  // namespace taskbbs::cli::top
