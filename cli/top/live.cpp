// The loop: it waits for whatever comes first, and draws at most ten times a second.
#include "cli/top/live.hpp"

#include "cli/signals.hpp"
#include "cli/top/link.hpp"
#include "cli/top/paint.hpp"
#include "cli/top/terminal.hpp"
#include "cli/top/view.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace taskbbs::cli::top {
namespace {

using Moment = std::chrono::steady_clock::time_point;

constexpr milliseconds shortest_frame{100};
// Ages go on while nothing happens.
constexpr milliseconds longest_frame{1'000};
// A large board takes longer to draw: then it is drawn less often, down to longest_frame.
constexpr int drawing_is_one_in = 20;

::sigset_t taken_signals() {
    return signal_set({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH});
}

// See https://no-color.org.
bool wants_colours() {
    const char* const no_color = std::getenv("NO_COLOR");
    return no_color == nullptr || *no_color == '\0';
}

class LiveTop {
  public:
    explicit LiveTop(Connection& connection)
        : connection_(connection),
          link_(connection.client(), model_),
          signals_(::signalfd(-1, &signal_set_, SFD_CLOEXEC | SFD_NONBLOCK)),
          painter_(wants_colours()) {}

    Exit run() {
        while (!exit_ && ending_signal_ == 0 && !link_.failure()) {
            link_.ask();
            draw_if_due();
            wait();
            take_signals();
            take_keys();
            terminal_.write_on();
            if (link_.take()) {
                changed_ = true;
                take_found();
            }
        }
        terminal_.end();
        if (const auto failure = link_.failure()) {
            return connection_.failed(*failure);
        }
        return exit_ ? *exit_ : die();
    }

  private:
    // ---- waiting -------------------------------------------------------------------------------

    void wait() {
        const bool writes = !terminal_.is_written();
        std::array<::pollfd, 4> polled{{
            {.fd = terminal_.input(), .events = POLLIN, .revents = 0},
            {.fd = signals_.number(), .events = POLLIN, .revents = 0},
            {.fd = link_.descriptor(), .events = POLLIN, .revents = 0},
            {.fd = writes ? terminal_.output() : -1, .events = POLLOUT, .revents = 0},
        }};
        ::poll(polled.data(), polled.size(), patience());
        has_keys_ = polled[0].revents != 0;
    }

    int patience() const {
        auto next = std::min(link_.deadline(), next_frame());
        if (keys_.waits()) {
            next = std::min(next, typed_at_ + milliseconds{KeyReader::patience_ms});
        }
        const auto left = std::chrono::ceil<milliseconds>(next - now().steady).count();
        return static_cast<int>(std::clamp<std::int64_t>(left, 0, longest_frame.count()));
    }

    // ---- signals and keys ----------------------------------------------------------------------

    void take_signals() {
        ::signalfd_siginfo info{};
        while (::read(signals_.number(), &info, sizeof info) == sizeof info) {
            take(static_cast<int>(info.ssi_signo));
        }
    }

    void take(int signal) {
        switch (signal) {
            case SIGWINCH:
                pressed_ = true;
                break;
            case SIGTSTP:
                terminal_.end();
                ::raise(SIGSTOP);  // we go on from here once somebody lets us
                begin_anew();
                break;
            case SIGCONT:
                begin_anew();
                break;
            case SIGINT:
                exit_ = Exit::interrupted;
                break;
            default:
                ending_signal_ = signal;
        }
    }

    void begin_anew() {
        terminal_.begin();
        painter_.forget();
        pressed_ = true;
    }

    void take_keys() {
        const auto at = now().steady;
        if (has_keys_) {
            const auto typed = terminal_.typed();
            if (!typed) {
                exit_ = Exit::unwritable;  // the terminal is gone
                return;
            }
            typed_at_ = at;
            press_all(keys_.take(*typed));
        } else if (keys_.waits() && at >= typed_at_ + milliseconds{KeyReader::patience_ms}) {
            press_all(keys_.give_up());
        }
    }

    void press_all(const std::vector<Key>& keys) {
        for (const Key& key : keys) {
            pressed_ = true;
            const auto wish = screen_.wish;
            const Deed deed = press(screen_, key, picture_);
            if (screen_.wish != wish) {
                picture_ = model_.picture(screen_.wish, now().wall);
            }
            if (deed == Deed::quit) {
                exit_ = Exit::done;
            } else if (deed == Deed::redraw) {
                painter_.forget();
            }
        }
        link_.look_after(screen_.look ? std::optional{screen_.look->guid} : std::nullopt);
    }

    void take_found() {
        const auto found = link_.found();
        if (!found || !screen_.look) {
            return;
        }
        Look& look = *screen_.look;
        if (*found) {
            look.task = (*found)->task;
            look.problem.clear();
        } else if (found->error().is(Status::not_found)) {
            look.problem =
                look.task ? "It is gone by now; this is how it was." : "It is gone by now.";
        } else {
            look.problem = found->error().message;
        }
    }

    // ---- drawing -------------------------------------------------------------------------------

    // A key is answered at once; news wait for their turn; nothing is drawn while the last frame is
    // still on its way.
    Moment next_frame() const {
        if (!terminal_.is_written()) {
            return Moment::max();
        }
        return pressed_ ? Moment::min() : drawn_at_ + (changed_ ? frame_ : longest_frame);
    }

    void draw_if_due() {
        const auto begin = now();
        if (next_frame() > begin.steady) {
            return;
        }
        picture_ = model_.picture(screen_.wish, begin.wall);
        const Situation situation{.endpoint = connection_.endpoint(),
                                  .now = begin.wall,
                                  .away_since = link_.feed().away_since(begin),
                                  .listed = link_.feed().listed()};
        const Size size = terminal_.size();
        terminal_.write(painter_.paint(frame(picture_, screen_, situation, size), size));
        drawn_at_ = now().steady;
        const auto due = drawing_is_one_in * (drawn_at_ - begin.steady);
        frame_ = std::clamp(std::chrono::ceil<milliseconds>(due), shortest_frame, longest_frame);
        changed_ = false;
        pressed_ = false;
    }

    // As the signal would have ended us.
    [[noreturn]] static void end_by(int signal) {
        const auto one = signal_set({signal});
        std::signal(signal, SIG_DFL);
        ::pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
        ::raise(signal);
        std::abort();
    }

    [[noreturn]] Exit die() const { end_by(ending_signal_); }

    Connection& connection_;
    BoardModel model_;
    Link link_;
    ::sigset_t signal_set_ = taken_signals();
    Descriptor signals_;
    Painter painter_;
    Screen screen_;
    KeyReader keys_;
    Picture picture_;  // as shown, or as the next key must find it
    Moment typed_at_{};
    Moment drawn_at_{};
    milliseconds frame_ = shortest_frame;
    bool has_keys_ = false;
    bool changed_ = true;
    bool pressed_ = true;
    std::optional<Exit> exit_;
    int ending_signal_ = 0;
    Terminal terminal_;  // last: first of all it is restored
};

}  // namespace

Exit run_live(Connection& connection) {
    return LiveTop{connection}.run();
}

void block_signals(bool on) {
    const auto signals = taken_signals();
    ::pthread_sigmask(on ? SIG_BLOCK : SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace taskbbs::cli::top
