// Each goal names the rows that it compares.
#include "bench/report/ratios.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace taskbbs::bench {

namespace {

struct Goal {
    std::string_view what;
    std::string_view row;
    std::string_view against;
    double times;
};

constexpr std::array goals{
    Goal{"natural batching, against Redis", "taskbbs-batched", "redis-batched", 3},
    Goal{"natural batching by the SDK, against Redis", "taskbbs-sdk", "redis-batched", 3},
    Goal{"1 request a message, against Redis", "taskbbs-single", "redis-single", 2},
    Goal{"natural batching, against etcd", "taskbbs-batched", "etcd-natural", 45},
    Goal{"natural batching, against the stub", "taskbbs-batched", "stub-batched", 0.7},
    Goal{"1 request a message, against the stub", "taskbbs-single", "stub-single", 0.7},
    Goal{"the stub against the bare echo, batched", "stub-batched", "echo-batched", 0.5},
    Goal{"the stub against the bare echo, 1 a message", "stub-single", "echo-single", 0.5},
};

// What one request may take besides a sync and an echo.
constexpr double allowance_us = 60;

std::optional<Row> find(const std::vector<Row>& rows, std::string_view id) {
    for (const Row& row : rows) {
        if (row.id == id && row.has_figures()) {
            return row;
        }
    }
    return std::nullopt;
}

}  // namespace

std::vector<Ratio> ratios_of(const std::vector<Row>& rows, double sync_p50_us) {
    std::vector<Ratio> ratios;
    for (const Goal& goal : goals) {
        const auto row = find(rows, goal.row);
        const auto against = find(rows, goal.against);
        if (row && against) {
            ratios.push_back({.id = std::string(goal.row) + "/" + std::string(goal.against),
                              .what = std::string(goal.what),
                              .value = row->per_second / against->per_second,
                              .goal = goal.times});
        }
    }
    const auto alone = find(rows, "taskbbs-alone");
    const auto echo = find(rows, "echo-alone");
    if (alone && echo) {
        ratios.push_back({.id = "alone",
                          .what = "one at a time, p50 in us, against fdatasync + echo + 60 us",
                          .value = alone->p50_us,
                          .goal = sync_p50_us + echo->p50_us + allowance_us,
                          .at_most = true});
    }
    return ratios;
}

}  // namespace taskbbs::bench
