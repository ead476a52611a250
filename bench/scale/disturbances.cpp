// What a large board does to others now and then: the latency of a steady load at half the speed
// that is possible, before and while it happens.
#include "bench/scale/experiments.hpp"

#include <atomic>
#include <chrono>
#include <fmt/format.h>
#include <stdexcept>
#include <thread>

namespace taskbbs::bench {

namespace {

using namespace std::chrono_literals;

// Older tasks are the standing ones alone; younger ones may be the load's.
constexpr milliseconds standing_age{5'000};
constexpr CallOptions patient{.timeout = milliseconds(280'000)};

Row try_beside(Ground& ground,
               std::string id,
               std::string title,
               const std::function<void()>& work) {
    const Measured fast = ground.at_full_speed();
    const double rate = static_cast<double>(fast.steps) / fast.seconds / 2;
    const Measured before = ground.steadily(rate);
    const Measured during = ground.steadily_while(rate, work);
    Row row = scale_row(std::move(id), std::move(title), during);
    note_latencies(row, "before", before);
    row.more["rise_ms"] = (row.p999_us - row.more["before_p999_us"]) / 1e3;
    row.more["rate"] = rate;
    return row;
}

// The pass is over when this returns.
Converged converge(Ground& ground, const ConvergeArgs& args) {
    const auto converged = ground.client().converge(args, patient);
    if (!converged) {
        throw std::runtime_error("converge: " + converged.error().message);
    }
    return *converged;
}

}  // namespace

// All tasks are announced again at once; then all of them fail at once.
std::vector<Row> try_storms(const Scene& scene, const Sizes& sizes) {
    Ground ground(scene, long_intervals());
    ground.fill(sizes.board, Standing::pending, standing_payload);
    std::this_thread::sleep_for(standing_age);
    std::int64_t kicked = 0;
    std::int64_t failed = 0;
    Row kicks = try_beside(
        ground, "scale-storm-kicks", fmt::format("{} tasks kicked at once", sizes.board), [&] {
            kicked = converge(ground, {.convergence_interval = standing_age}).kicked;
        });
    kicks.more["due"] = static_cast<double>(kicked);
    Row ends = try_beside(
        ground, "scale-storm-ends", fmt::format("{} tasks fail at once", sizes.board), [&] {
            failed = converge(ground, {.time_to_claim = standing_age}).failed;
        });
    ends.more["due"] = static_cast<double>(failed);
    return {kicks, ends};
}

// The broker forks for a snapshot, once as much was journaled as the last one has: the load sees to
// that, and is counted anew while the child lives.
std::vector<Row> try_snapshot(const Scene& scene, const Sizes& sizes) {
    std::vector<std::string> arguments = long_intervals();
    const bool is_small = sizes.board < Sizes{}.board;
    if (is_small) {
        arguments.insert(arguments.end(),
                         {"--journal.snapshot_bytes",
                          "16MiB",
                          "--journal.segment_bytes",
                          "16MiB",
                          "--limits.batch_bytes",
                          "8MiB"});
    }
    Ground ground(scene, arguments);
    ground.fill(sizes.board, Standing::running, standing_payload);
    const Process& broker = ground.server().process();
    const auto wait = [&broker](bool for_child) {
        while ((broker.child() != 0) != for_child) {
            std::this_thread::sleep_for(5ms);
        }
    };
    wait(false);
    const Measured fast = ground.at_full_speed();
    const double rate = static_cast<double>(fast.steps) / fast.seconds / 2;
    wait(false);
    const double taken = ground.stat("snapshots");
    const Measured before = ground.steadily_while(rate, [&] { wait(true); });
    const Measured during = ground.steadily_while(rate, [&] { wait(false); });
    Row row =
        scale_row("scale-snapshot", fmt::format("a snapshot of {} tasks", sizes.board), during);
    note_latencies(row, "before", before);
    row.more["rise_ms"] = (row.p999_us - row.more["before_p999_us"]) / 1e3;
    row.more["rate"] = rate;
    row.more["snapshots"] = ground.stat("snapshots") - taken;
    return {row};
}

std::vector<Row> try_pages(const Scene& scene, const Sizes& sizes) {
    Ground ground(scene, long_intervals());
    ground.fill(sizes.board, Standing::running, standing_payload);
    std::int64_t pages = 0;
    Row row =
        try_beside(ground, "scale-pages", fmt::format("pages of a board of {}", sizes.board), [&] {
            const auto until =
                std::chrono::steady_clock::now() + std::chrono::duration<double>(scene.seconds);
            for (ListArgs args{.limit = 1000}; std::chrono::steady_clock::now() < until; ++pages) {
                const auto page = ground.client().list(args);
                if (!page) {
                    throw std::runtime_error("list: " + page.error().message);
                }
                args.cursor = page->cursor.value_or("");  // behind the last page, the first one
            }
        });
    row.more["pages_per_second"] = static_cast<double>(pages) / row.seconds;
    return {row};
}

// Acquires of a stack that no task has: they wait, and the load goes past them.
std::vector<Row> try_waiting(const Scene& scene, const Sizes& sizes) {
    Ground ground(scene, long_intervals());
    const Measured fast = ground.at_full_speed();
    for (int i = 0; i < sizes.waiting; ++i) {
        AcquireArgs args;
        args.executor_id = fmt::format("bench-waiting-{:04}", i);
        args.stacks = {"elsewhere"};
        args.wait = milliseconds(60'000);
        HeartbeatArgs heartbeat;
        heartbeat.executor_id = args.executor_id;
        heartbeat.ttl = milliseconds(600'000);
        ground.client().call(heartbeat, [](const Result<HeartbeatAnswer>&) {});
        ground.client().call(args, [](const Result<Acquired>&) {});
    }
    const double waiting = ground.stat("waiting_acquires");
    Row row = scale_row(
        "scale-waiting", fmt::format("{} acquires wait", sizes.waiting), ground.at_full_speed());
    row.more["without_per_second"] = static_cast<double>(fast.steps) / fast.seconds;
    row.more["waiting"] = waiting;
    note_latencies(row, "half_speed", ground.steadily(row.per_second / 2));
    return {row};
}

}  // namespace taskbbs::bench
