// Restarts, measured by taskbbs_replay_bench, which has the broker's own code and no broker.
#include "bench/scale/experiments.hpp"

#include <array>
#include <cstdio>
#include <fmt/format.h>
#include <stdexcept>

namespace taskbbs::bench {

namespace {

std::string output_of(const std::string& command) {
    FILE* const pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) {
        throw std::runtime_error("cannot run " + command);
    }
    std::string text;
    std::array<char, 4096> buffer{};
    for (std::size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        text.append(buffer.data(), got);
    }
    if (pclose(pipe) != 0) {
        throw std::runtime_error("failed: " + command);
    }
    return text;
}

}  // namespace

std::vector<Row> try_restart(const Sizes& sizes) {
    const std::string program = find_program("taskbbs_replay_bench");
    if (program.empty()) {
        throw std::runtime_error("taskbbs_replay_bench is not there");
    }
    const std::string said = output_of(fmt::format("'{}' {}", program, sizes.board));
    Row row = scale_row(
        "scale-restart", fmt::format("restart with {} tasks", sizes.board), {.seconds = 1});
    double events = 0;
    double from_snapshot = 0;
    const bool understood =
        std::sscanf(said.c_str(),
                    "replay: %lf events in %*f s, %lf/s; by user time %lf/s\n"
                    "restart: %*d tasks in %lf s, %lf s of user time; %lf of them",
                    &events,
                    &row.more["events_per_second"],
                    &row.more["events_per_user_second"],
                    &row.more["restart_seconds"],
                    &row.more["restart_user_seconds"],
                    &from_snapshot) == 6;
    if (!understood) {
        throw std::runtime_error("taskbbs_replay_bench said: " + said);
    }
    row.more["events"] = events;
    row.more["tasks_from_snapshot"] = from_snapshot;
    return {row};
}

}  // namespace taskbbs::bench
