// What a transition costs on a board of so many tasks, all of them running: at full speed, and the
// latency of a steady load at half of that.
#include "bench/scale/experiments.hpp"

#include <fmt/format.h>

namespace taskbbs::bench {

std::vector<Row> try_boards(const Scene& scene, const Sizes& sizes) {
    Ground ground(scene, long_intervals());
    std::vector<Row> rows;
    std::uint64_t standing = 0;
    for (const std::uint64_t tasks : sizes.boards) {
        ground.fill(tasks - standing, Standing::running, standing_payload);
        standing = tasks;
        const Measured fast = ground.at_full_speed();
        Row& row = rows.emplace_back(scale_row(fmt::format("scale-board-{}", tasks),
                                               fmt::format("{} tasks on the board", tasks),
                                               fast));
        note_latencies(row, "half_speed", ground.steadily(row.per_second / 2));
    }
    return rows;
}

}  // namespace taskbbs::bench
