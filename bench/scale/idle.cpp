// What a board costs that nobody touches: passes that find nothing due, announcements, memory.
#include "bench/scale/experiments.hpp"

#include <chrono>
#include <fmt/format.h>
#include <stdexcept>
#include <thread>

namespace taskbbs::bench {

namespace {

constexpr int passes = 200;

// ns of each of so many calls.
template <class Args>
Histogram time_calls(Client& client, const Args& args) {
    Histogram times;
    for (int i = 0; i < passes; ++i) {
        const std::int64_t asked = clock_now();
        if (const auto answer = client.call(args); !answer) {
            throw std::runtime_error(answer.error().message);
        }
        times.add(clock_now() - asked);
    }
    return times;
}

}  // namespace

// A pass that is asked for, less the way there and back, which `stats` takes too.
std::vector<Row> try_idle_passes(const Scene& scene, const Sizes& sizes) {
    Ground ground(scene, long_intervals());
    ground.fill(sizes.board, Standing::pending, standing_payload);
    Measured measured{.seconds = 1};
    const Histogram way = time_calls(ground.client(), StatsArgs{});
    measured.latency = time_calls(ground.client(), ConvergeArgs{});
    measured.steps = measured.latency.count();
    Row row = scale_row(
        "scale-idle-pass", fmt::format("a pass over {}, nothing due", sizes.board), measured);
    row.more["way_p50_us"] = static_cast<double>(way.percentile(0.5)) / 1e3;
    row.more["pass_us"] = row.p50_us - row.more["way_p50_us"];
    return {row};
}

// Pending tasks with nothing to do but to be announced again and again.
std::vector<Row> try_kicks(const Scene& scene, const Sizes& sizes) {
    Ground ground(scene, sizes.kicking);
    ground.fill(sizes.board, Standing::pending, standing_payload);
    Measured measured;
    const double seq = ground.stat("seq");
    const double bytes = ground.stat("journal_bytes");
    const double cpu = ground.server().process().cpu_seconds();
    const std::int64_t began = clock_now();
    std::this_thread::sleep_for(std::chrono::duration<double>(sizes.kicking_seconds));
    measured.server_cpu = ground.server().process().cpu_seconds() - cpu;
    measured.seconds = static_cast<double>(clock_now() - began) / 1e9;
    const double kicks = ground.stat("seq") - seq;
    measured.steps = static_cast<std::uint64_t>(kicks);
    Row row =
        scale_row("scale-kicks", fmt::format("{} pending, left alone", sizes.board), measured);
    const double written = ground.stat("journal_bytes") - bytes;
    row.more["kicks"] = kicks;
    row.more["share_of_core"] = measured.server_cpu / measured.seconds;
    row.more["journal_bytes_per_second"] = written / measured.seconds;
    row.more["journal_bytes_a_kick"] = kicks > 0 ? written / kicks : 0;
    return {row};
}

// Guids of 36 characters, no payload, all replies acknowledged but for the last ones.
std::vector<Row> try_memory(const Scene& scene, const Sizes& sizes) {
    Ground ground(scene, long_intervals());
    ground.fill(1, Standing::pending, 0);
    const auto before = static_cast<double>(ground.server().process().resident_bytes());
    ground.fill(sizes.board, Standing::pending, 0);
    const auto after = static_cast<double>(ground.server().process().resident_bytes());
    Row row = scale_row(
        "scale-memory", fmt::format("{} pending, no payload", sizes.board), {.seconds = 1});
    row.more["bytes_a_task"] = (after - before) / static_cast<double>(sizes.board);
    row.more["resident_mib"] = after / (1 << 20);
    return {row};
}

}  // namespace taskbbs::bench
