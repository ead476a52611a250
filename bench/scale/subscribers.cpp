// Subscribers of everything that do not read: what they cost the others, and what piles up.
#include "bench/load/subscribers.hpp"

#include "bench/scale/experiments.hpp"

#include <fmt/format.h>

namespace taskbbs::bench {

std::vector<Row> try_silent_subscribers(const Scene& scene, const Sizes& sizes) {
    Ground ground(scene, long_intervals());
    const auto resident_mib = [&ground] {
        return static_cast<double>(ground.server().process().resident_bytes()) / (1 << 20);
    };
    const Measured without = ground.at_full_speed();
    const double before = resident_mib();
    const Subscribers subscribers(ground.server().events_endpoint(), sizes.silent, false);
    Row row = scale_row("scale-silent-subscribers",
                        fmt::format("{} subscribed, none reads", sizes.silent),
                        ground.at_full_speed());
    row.more["without_per_second"] = static_cast<double>(without.steps) / without.seconds;
    row.more["share_of_that"] = row.per_second / row.more["without_per_second"];
    row.more["resident_mib_before"] = before;
    row.more["resident_mib_after"] = resident_mib();
    note_latencies(row, "half_speed", ground.steadily(row.per_second / 2));
    return {row};
}

}  // namespace taskbbs::bench
