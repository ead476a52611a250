// Each goal names the rows that it compares, or the figure of one.
#include "bench/report/ratios.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace taskbbs::bench {

namespace {

// A rate, as a multiple of another row's.
struct Faster {
    std::string_view what;
    std::string_view row;
    std::string_view against;
    double times;
};

constexpr std::array faster{
    Faster{"natural batching, against Redis", "taskbbs-batched", "redis-batched", 3},
    Faster{"natural batching by the SDK, against Redis", "taskbbs-sdk", "redis-batched", 3},
    Faster{"1 request a message, against Redis", "taskbbs-single", "redis-single", 2},
    Faster{"natural batching, against etcd", "taskbbs-batched", "etcd-single", 45},
    Faster{"natural batching, against the stub", "taskbbs-batched", "stub-batched", 0.7},
    Faster{"1 request a message, against the stub", "taskbbs-single", "stub-single", 0.7},
    Faster{"the stub against the bare echo, batched", "stub-batched", "echo-batched", 0.5},
    Faster{"the stub against the bare echo, 1 a message", "stub-single", "echo-single", 0.5},
};

// A figure of one row.
struct Bound {
    std::string_view what;
    std::string_view row;
    std::string_view figure;
    double goal;
    bool at_most;
};

constexpr std::array bounds{
    Bound{"bytes a task, besides its payload", "scale-memory", "bytes_a_task", 300, true},
    Bound{"restart from a snapshot, s", "scale-restart", "restart_seconds", 1, true},
    Bound{"the directory at its peak, against 3 states + 1 GiB",
          "scale-disk-use",
          "share_of_bound",
          1,
          true},
    Bound{"events replayed a second", "scale-restart", "events_per_second", 2e6, false},
    Bound{"a pass with nothing due, us", "scale-idle-pass", "pass_us", 1000, true},
    Bound{"all tasks kicked at once, p99.9 rises by, ms", "scale-storm-kicks", "rise_ms", 20, true},
    Bound{"all tasks fail at once, p99.9 rises by, ms", "scale-storm-ends", "rise_ms", 20, true},
    Bound{"a snapshot, p99.9 rises by, ms", "scale-snapshot", "rise_ms", 20, true},
    Bound{"100,000 executors, share of a core",
          "scale-executors-100000",
          "share_of_core",
          0.15,
          true},
    Bound{"subscribers that don't read, throughput against none",
          "scale-silent-subscribers",
          "share_of_that",
          0.95,
          false},
};

// What one request may take besides a sync and an echo.
constexpr double allowance_us = 60;

class Rows {
  public:
    explicit Rows(const std::vector<Row>& rows) : rows_(rows) {}

    const Row* find(std::string_view id) const {
        for (const Row& row : rows_) {
            if (row.id == id && row.has_figures()) {
                return &row;
            }
        }
        return nullptr;
    }

    // How many times as fast the one is.
    std::optional<double> times(std::string_view id, std::string_view against) const {
        const Row* const row = find(id);
        const Row* const other = find(against);
        if (row == nullptr || other == nullptr) {
            return std::nullopt;
        }
        return row->per_second / other->per_second;
    }

  private:
    const std::vector<Row>& rows_;
};

// Is `id` a row of the stub's that says how far the limit is?
bool is_limit(const Rows& rows, std::string_view id) {
    for (const Faster& goal : faster) {
        if (goal.row == id) {
            return rows.times(id, goal.against).value_or(0) >= goal.times;
        }
    }
    return true;
}

void add_faster(const Rows& rows, std::vector<Ratio>& ratios) {
    for (const Faster& goal : faster) {
        const auto times = rows.times(goal.row, goal.against);
        if (!times) {
            continue;
        }
        Ratio& ratio =
            ratios.emplace_back(Ratio{.id = std::string(goal.row) + "/" + std::string(goal.against),
                                      .what = std::string(goal.what),
                                      .value = *times,
                                      .goal = goal.times});
        if (!is_limit(rows, goal.against)) {
            ratio.counts = false;
            ratio.what += " (too slow to count)";
        }
    }
}

void add_alone(const Rows& rows, double sync_p50_us, std::vector<Ratio>& ratios) {
    const Row* const alone = rows.find("taskbbs-alone");
    const Row* const echo = rows.find("echo-alone");
    if (alone != nullptr && echo != nullptr) {
        ratios.push_back({.id = "alone",
                          .what = "one at a time, p50 in us, against fdatasync + echo + 60 us",
                          .value = alone->p50_us,
                          .goal = sync_p50_us + echo->p50_us + allowance_us,
                          .at_most = true});
    }
}

void add_bounds(const Rows& rows, std::vector<Ratio>& ratios) {
    for (const Bound& bound : bounds) {
        const Row* const row = rows.find(bound.row);
        if (row != nullptr) {
            ratios.push_back({.id = std::string(bound.row) + "/" + std::string(bound.figure),
                              .what = std::string(bound.what),
                              .value = row->more.at(std::string(bound.figure)),
                              .goal = bound.goal,
                              .at_most = bound.at_most});
        }
    }
}

// The broker's own time for it, which other load on the machine does not change.
void add_cost(const Rows& rows, std::vector<Ratio>& ratios) {
    constexpr double times = 1.3;
    const Row* const small = rows.find("scale-board-1000");
    const Row* const large = rows.find("scale-board-5000000");
    if (small != nullptr && large != nullptr) {
        ratios.push_back({.id = "scale-board-5000000/scale-board-1000",
                          .what = "cost of a transition at 5 M tasks against 1 k",
                          .value = large->cpu_of_step() / small->cpu_of_step(),
                          .goal = times,
                          .at_most = true});
    }
}

}  // namespace

std::vector<Ratio> ratios_of(const std::vector<Row>& rows, double sync_p50_us) {
    const Rows found(rows);
    std::vector<Ratio> ratios;
    add_faster(found, ratios);
    add_alone(found, sync_p50_us, ratios);
    add_bounds(found, ratios);
    add_cost(found, ratios);
    return ratios;
}

}  // namespace taskbbs::bench
