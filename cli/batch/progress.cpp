// Rates, durations, bars.
#include "cli/batch/progress.hpp"

#include "cli/shown_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::cli::batch {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds sample_gap{1000};
constexpr std::size_t most_samples = 30;
constexpr std::size_t longest_bar = 30;
constexpr std::size_t longest_shown_command = 72;
constexpr milliseconds farthest = std::chrono::hours{24 * 365};

// Those that are not 0, each in its word.
std::string parts_of(const Tally& tally) {
    std::string text;
    const auto add = [&text](std::uint64_t count, std::string_view word) {
        if (count > 0) {
            text += fmt::format(", {} {}", count, word);
        }
    };
    add(tally.failed, "failed");
    add(tally.cancelled, "cancelled");
    add(tally.elsewhere, "taken by somebody else");
    add(tally.skipped, "done before");
    add(tally.retried, "tried anew");
    return text;
}

}  // namespace

void Pace::add(Moment at, std::uint64_t over) {
    // The newest moves along until it is far enough from the one before it.
    if (samples_.size() > 1 && samples_.back().at - std::prev(samples_.end(), 2)->at < sample_gap) {
        samples_.back() = {at, over};
        return;
    }
    samples_.push_back({at, over});
    if (samples_.size() > most_samples) {
        samples_.pop_front();
    }
}

double Pace::rate() const {
    const std::chrono::duration<double> span = samples_.back().at - samples_.front().at;
    const auto count = static_cast<double>(samples_.back().over - samples_.front().over);
    return span.count() > 0 ? count / span.count() : 0;
}

std::string short_duration(milliseconds duration) {
    const auto seconds = duration.count() / 1000;
    if (seconds == 0) {
        return fmt::format("{}ms", duration.count());
    }
    if (seconds < 60) {
        return fmt::format("{}s", seconds);
    }
    if (seconds < 3600) {
        return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
    }
    return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
}

std::optional<milliseconds> time_left(const Tally& tally, double rate) {
    const auto left = static_cast<double>(tally.left());
    if (!tally.has_total || rate <= 0 ||
        left * 1000 / rate > static_cast<double>(farthest.count())) {
        return std::nullopt;
    }
    return milliseconds{static_cast<std::int64_t>(left * 1000 / rate)};
}

std::string numbers(const Tally& tally, double rate) {
    auto text = fmt::format("{}/{}{} {}",
                            tally.over(),
                            tally.total,
                            tally.has_total ? "" : "+",
                            tally.handed_over > 0 ? "on the board" : "done");
    text += parts_of(tally);
    text += fmt::format(", {:.1f}/s", rate);
    if (const auto left = time_left(tally, rate); left && tally.left() > 0) {
        text += fmt::format(", {} left",
                            short_duration(std::chrono::ceil<std::chrono::seconds>(*left)));
    }
    return text;
}

std::string bar(const Tally& tally, double rate, std::size_t width, bool colour) {
    const auto text = numbers(tally, rate);
    constexpr std::size_t around = 3;  // brackets and a space
    if (text.size() + around + 5 > width) {
        return text.substr(0, width);
    }
    const auto length = std::min(width - text.size() - around, longest_bar);
    const auto over = tally.total == 0 ? 0 : tally.over() * length / tally.total;
    const std::string full(over, '#');
    const std::string rest(length - over, '.');
    const auto* const begin = !colour ? "" : tally.failed > 0 ? "\x1b[31m" : "\x1b[32m";
    return fmt::format("[{}{}{}{}] {}", begin, full, colour ? "\x1b[0m" : "", rest, text);
}

void Failures::add(const TaskOutcome& outcome) {
    if (!outcome.failed || was_stopped(outcome)) {
        return;
    }
    if (++count_ > most_named) {
        return;
    }
    named_.push_back(fmt::format("  {}: {}: {}\n",
                                 outcome.key.number,
                                 escaped(outcome.reason),
                                 escaped(outcome.command, longest_shown_command)));
}

std::string Failures::text() const {
    std::string text;
    for (const auto& line : named_) {
        text += line;
    }
    if (count_ > most_named) {
        text += fmt::format("  and {} more\n", count_ - most_named);
    }
    return text;
}

std::string sum(const Tally& tally, milliseconds elapsed) {
    const double seconds = static_cast<double>(std::max<std::int64_t>(1, elapsed.count())) / 1000;
    const auto ended = tally.done + tally.failed;
    return fmt::format("{} done{} in {} ({:.1f}/s)",
                       tally.done,
                       parts_of(tally),
                       short_duration(elapsed),
                       static_cast<double>(ended) / seconds);
}

}  // namespace taskbbs::cli::batch
