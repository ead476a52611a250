// Executors that do nothing but heartbeat, each once in a third of its ttl of 15 s: the share of a
// core that the broker needs for them.
#include "bench/scale/experiments.hpp"
#include "bench/systems/heartbeat_dialect.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::bench {

namespace {

constexpr double every = 5;  // seconds

struct Beats {
    int executors;
    int connections;
    int per_message;
};

Row try_beats(const Scene& scene, const Beats& beats, std::string id, std::string title) {
    Ground ground(scene, {"--limits.connections", fmt::format("{}", beats.connections + 10)});
    const int each = beats.executors / beats.connections;
    // All have joined by the end of the first turn.
    const Load load{.connections = beats.connections,
                    .in_flight = 2 * beats.per_message,
                    .per_message = beats.per_message,
                    .rate = beats.executors / every,
                    .warm_up = std::min(every + 1, scene.warm_up * (every + 1)),
                    .seconds = 2 * scene.seconds};
    const Measured measured = ground.drive(load, [each](const Load& its, int number) {
        return std::make_unique<HeartbeatDialect>(its, number, each);
    });
    Row row = scale_row(std::move(id), std::move(title), measured);
    row.more["share_of_core"] = measured.server_cpu / measured.seconds;
    row.more["executors"] = ground.stat("executors");
    return row;
}

}  // namespace

std::vector<Row> try_executors(const Scene& scene, const Sizes& sizes, int executors) {
    constexpr int most = 50;
    const int per_message = std::clamp(executors / sizes.executor_connections, 1, most);
    return {try_beats(scene,
                      {executors, sizes.executor_connections, per_message},
                      fmt::format("scale-executors-{}", executors),
                      fmt::format("{} executors, {} a message", executors, per_message))};
}

std::vector<Row> try_single_heartbeats(const Scene& scene, const Sizes& sizes) {
    const int executors = sizes.executors.back();
    return {try_beats(scene,
                      {executors, sizes.executor_connections, 1},
                      "scale-heartbeats-single",
                      fmt::format("{} executors, 1 a message", executors))};
}

// As many heartbeats, each connection for its share of the executors.
std::vector<Row> try_connections(const Scene& scene, const Sizes& sizes) {
    const int executors = std::max(sizes.executors.back(), sizes.connections);
    return {try_beats(scene,
                      {executors, sizes.connections, 1},
                      "scale-connections",
                      fmt::format("{} executors, {} connections", executors, sizes.connections))};
}

}  // namespace taskbbs::bench
