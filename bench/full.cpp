// Around 32 connections over tcp, 512 requests in flight each, 50 a message, nobody subscribed.
#include "bench/full.hpp"

#include <fmt/format.h>

namespace taskbbs::bench {

std::vector<Trial> full_trials(double warm_up, double seconds) {
    const Load base{.connections = 32,
                    .in_flight = 512,
                    .per_message = 50,
                    .warm_up = warm_up,
                    .seconds = seconds};
    std::vector<Trial> trials;
    const auto add = [&](std::string id, std::string title, const Load& load) -> Trial& {
        return trials.emplace_back(Trial{.id = "full-" + std::move(id),
                                         .system = "taskbbs",
                                         .title = std::move(title),
                                         .load = load});
    };
    add("base", "32 conn., 512 in flight, 50 a message", base);
    Load single = base;
    single.per_message = 1;
    add("per-message-1", "1 a message", single);
    for (const int connections : {1, 256}) {
        Load load = base;
        load.connections = connections;
        add(fmt::format("connections-{}", connections),
            connections == 1 ? "1 connection" : fmt::format("{} connections", connections),
            load);
    }
    for (const int in_flight : {1, 16}) {
        Load load = base;
        load.in_flight = in_flight;
        add(fmt::format("in-flight-{}", in_flight), fmt::format("{} in flight", in_flight), load);
    }
    for (const bool curve : {false, true}) {
        const auto add_sdk = [&](const std::string& id,
                                 const std::string& title,
                                 const Load& load) {
            Trial& trial = add(curve ? id + "-curve" : id, curve ? title + ", CURVE" : title, load);
            trial.sdk = true;
            trial.curve = curve;
        };
        add_sdk("sdk", "through the SDK", base);
        Load alone = base;
        alone.connections = 1;
        alone.in_flight = 1;
        add_sdk("sdk-alone", "through the SDK, one at a time", alone);
    }
    for (const int subscribers : {1, 10, 100}) {
        add(fmt::format("subscribers-{}", subscribers),
            fmt::format("{} subscribed, and reading", subscribers),
            base)
            .subscribers = subscribers;
    }
    add("ipc", "ipc", base).ipc = true;
    return trials;
}

}  // namespace taskbbs::bench
