// The loop of `taskbbs run` and `taskbbs wait`.
#include "cli/batch/driver.hpp"

#include "cli/failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::cli::batch {
namespace {

// The SDK asks again by itself until then; the machine asks again after that.
constexpr CallOptions patient_call{.timeout = milliseconds{1'800'000}};
// More is no payload anywhere.
// Where no events come: how often the tasks are looked at instead.
constexpr std::chrono::seconds look_gap{5};
constexpr std::size_t longest_line = std::size_t{64} << 20;

Moment now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

Driver::Driver(DriverOptions options, Batch& batch, Client& client, Inbox& inbox, Screen& screen)
    : options_(std::move(options)),
      batch_(batch),
      client_(client),
      inbox_(inbox),
      screen_(screen),
      lines_(options_.source ? options_.source->line_end : '\n', longest_line),
      input_open_(options_.source.has_value()),
      look_at_(now() + look_gap) {}

Exit Driver::run() {
    perform();
    while (!batch_.finished() && !abandoned_) {
        screen_.progress(batch_.tally(), now());
        wait();
        interrupt();
        for (const auto& input : inbox_.take()) {
            input(batch_, now());
        }
        batch_.tick(now());
        do_without_events();
        feed();
        perform();
    }
    return worse(batch_.exit(), trouble_);
}

// ---- input -----------------------------------------------------------------------------------

bool Driver::wants_input() const {
    return input_open_ && batch_.wants_line();
}

void Driver::read_input() {
    std::array<char, 65'536> part{};
    const auto count = ::read(STDIN_FILENO, part.data(), part.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
        return;
    }
    if (count < 0) {
        input_failed(fmt::format("cannot read standard input: {}", std::strerror(errno)));
        return;
    }
    if (count == 0) {
        input_open_ = false;
        lines_.close();
        return;
    }
    lines_.add({part.data(), static_cast<std::size_t>(count)});
}

// As many lines as the batch wants, and the end where there are no more.
void Driver::feed() {
    if (!options_.source) {
        return;
    }
    const auto& source = *options_.source;
    while (batch_.wants_line()) {
        const auto line = lines_.next();
        if (lines_.too_long()) {
            input_failed(
                fmt::format("line {} is longer than {} MiB\nIs it the right input? -0 "
                            "reads lines that end in a zero byte.",
                            batch_.next_number(),
                            longest_line >> 20));
        } else if (!line && !input_open_) {
            batch_.input_ended();
        } else if (!line) {
            return;
        } else if (source.log && source.log->is_done(batch_.next_number(), hash_of(*line))) {
            batch_.skip(now());
        } else {
            batch_.add(*line, source.command.command_line(*line, batch_.next_number()));
        }
    }
}

// What was read goes on; the rest can't be known.
void Driver::input_failed(const std::string& why) {
    screen_.say(why);
    trouble_ = worse(trouble_, Exit::usage);
    input_open_ = false;
    batch_.input_ended();
}

// ---- what the batch asks for -----------------------------------------------------------------

void Driver::perform() {
    for (auto actions = batch_.take(); !actions.empty() && !abandoned_; actions = batch_.take()) {
        for (const Action& action : actions) {
            std::visit([this](const auto& what) { act(what); }, action);
            if (abandoned_) {
                return;
            }
        }
        feed();
    }
}

// An answer may come when the driver is gone, so it goes to the inbox alone.
template <class Args, class Then>
void Driver::call(TaskKey key, const Args& args, Then then) {
    using Answer = Result<typename Args::Reply>;
    client_.call(
        args,
        [&inbox = inbox_, key, then](Answer answer) {
            inbox.post([key, then, answer = std::move(answer)](Batch& batch, Moment at) mutable {
                (batch.*then)(key, std::move(answer), at);
            });
        },
        patient_call);
}

void Driver::act(const Desire& action) {
    call(action.key, DesireArgs{action.task}, &Batch::desired);
}

void Driver::act(const Look& action) {
    call(action.key, GetArgs{guid_of(options_.name, action.key)}, &Batch::looked);
}

void Driver::act(const Cancel& action) {
    call(action.key,
         CancelArgs{guid_of(options_.name, action.key), std::string{stopped_reason}},
         &Batch::cancelled);
}

void Driver::act(const Take& action) {
    call(action.key, ResolvingArgs{guid_of(options_.name, action.key)}, &Batch::taken);
}

void Driver::act(const Leave& action) {
    call(action.key, ResolveArgs{guid_of(options_.name, action.key), action.epoch}, &Batch::left);
}

// Shown first, logged then: who dies in between runs it again rather than never.
void Driver::act(const Show& action) {
    const bool shown = screen_.show(action.outcome);
    if (!shown && !std::exchange(unwritable_, true)) {
        abandoned_ = options_.leaves_open;
        batch_.stop(Exit::unwritable, now());
    }
    if (!shown || !options_.source || !options_.source->log || was_stopped(action.outcome) ||
        !action.board_knows) {
        return;
    }
    const auto logged = options_.source->log->append(action.outcome, action.line_hash);
    if (!logged) {
        screen_.say(logged.error());
        batch_.stop(Exit::failed, now());
    }
}

void Driver::act(const Say& action) {
    screen_.say(action.line);
}

// ---- the loop --------------------------------------------------------------------------------

void Driver::wait() {
    std::array<pollfd, 3> polled{
        pollfd{.fd = inbox_.descriptor(), .events = POLLIN, .revents = 0},
        pollfd{.fd = interrupted_ ? -1 : interrupts_.descriptor(), .events = POLLIN, .revents = 0},
        pollfd{.fd = wants_input() ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0}};
    auto due = std::min(screen_.due(), batch_.deadline().value_or(screen_.due()));
    if (options_.heard && !*options_.heard) {
        due = std::min(due, look_at_);
    }
    const auto left = std::chrono::ceil<milliseconds>(due - now()).count();
    ::poll(
        polled.data(), polled.size(), static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)));
    if (polled[2].revents != 0) {
        read_input();
    }
}

// The broker answers, and its events have not come: perhaps nothing lets them through to here.
void Driver::do_without_events() {
    if (!options_.heard || *options_.heard || now() < look_at_) {
        return;
    }
    look_at_ = now() + look_gap;
    if (batch_.look_at_all() && !std::exchange(told_of_silence_, true)) {
        screen_.say(fmt::format(
            "no events come from the broker: the tasks are looked at every 5s instead\n{}",
            where_events_are));
    }
}

void Driver::interrupt() {
    if (interrupted_ || !interrupts_.came()) {
        return;
    }
    interrupted_ = true;
    screen_.no_more_bar();
    screen_.say(options_.leaves_open
                    ? fmt::format("interrupted; what is on the board goes on: taskbbs wait {}",
                                  options_.name)
                    : "interrupted: cancelling what is open; once more leaves at once");
    batch_.stop(Exit::interrupted, now());
}

}  // namespace taskbbs::cli::batch
