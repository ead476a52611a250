// The open map of `stats`, read.
#include "cli/top/figures.hpp"

#include <algorithm>

namespace taskbbs::cli::top {
namespace {

template <class Value>
std::optional<Value> value_of(const Stats& stats, std::string_view name) {
    const auto entry = stats.values.find(std::string{name});
    const auto* value = entry != stats.values.end() ? std::get_if<Value>(&entry->second) : nullptr;
    return value != nullptr ? std::optional{*value} : std::nullopt;
}

std::int64_t amount_of(const Stats& stats, std::string_view name) {
    return figure(stats, name).value_or(0);
}

// What was added to a counter between two answers.
class Growth {
  public:
    Growth(const Stats& before, const Stats& after) : before_(before), after_(after) {}

    double of(std::string_view name) const {
        return static_cast<double>(
            std::max<std::int64_t>(0, amount_of(after_, name) - amount_of(before_, name)));
    }

  private:
    const Stats& before_;
    const Stats& after_;
};

void put_rates(BrokerFigures& figures, const Growth& growth) {
    const double seconds = growth.of("uptime_ms") / 1000;
    if (seconds <= 0) {
        return;
    }
    figures.syncs_per_second = growth.of("syncs") / seconds;
    figures.events_per_second = growth.of("seq") / seconds;
    figures.requests_per_second = growth.of("requests") / seconds;
    figures.bytes_per_second = growth.of("journal_bytes") / seconds;
    if (const double batches = growth.of("batches"); batches > 0) {
        figures.events_per_batch = growth.of("seq") / batches;
    }
}

}  // namespace

std::optional<std::int64_t> figure(const Stats& stats, std::string_view name) {
    return value_of<std::int64_t>(stats, name);
}

BrokerFigures figures_of(const Stats& stats, const Stats* before) {
    BrokerFigures figures{.uptime_ms = amount_of(stats, "uptime_ms"),
                          .seq = amount_of(stats, "seq"),
                          .connections = amount_of(stats, "connections"),
                          .sessions = amount_of(stats, "sessions"),
                          .waiting_acquires = amount_of(stats, "waiting_acquires"),
                          .executors = amount_of(stats, "executors"),
                          .brake = value_of<bool>(stats, "brake").value_or(false),
                          .read_only = value_of<bool>(stats, "read_only").value_or(false),
                          .sync = value_of<std::string>(stats, "sync").value_or(""),
                          .sync_mean_us = figure(stats, "sync_mean_us"),
                          .sync_max_us = figure(stats, "sync_max_us"),
                          .loop_longest_us = figure(stats, "loop_longest_us"),
                          .journal_bytes = amount_of(stats, "journal_bytes"),
                          .snapshots = amount_of(stats, "snapshots"),
                          .snapshot_failures = amount_of(stats, "snapshot_failures")};
    if (before != nullptr && amount_of(*before, "uptime_ms") < figures.uptime_ms) {
        put_rates(figures, {*before, stats});
    }
    return figures;
}

}  // namespace taskbbs::cli::top
