// A board as pictures have it, of everything something: what the tests of looks share.
#pragma once

#include "cli/top/view.hpp"
#include "tests/cli/top/boards.hpp"

namespace taskbbs::cli::top {

inline BrokerFigures sample_figures() {
    return {.uptime_ms = 7'380'000,
            .seq = 1'234'567,
            .connections = 12,
            .sessions = 30,
            .waiting_acquires = 3,
            .executors = 2,
            .sync = "always",
            .sync_mean_us = 850,
            .sync_max_us = 12'100,
            .loop_longest_us = 400,
            .journal_bytes = 64 * 1024 * 1024,
            .snapshots = 5,
            .syncs_per_second = 812.4,
            .events_per_second = 2'599.2,
            .requests_per_second = 2'700,
            .bytes_per_second = 1'258'291,
            .events_per_batch = 3.2};
}

inline Picture sample_picture() {
    Picture picture;
    const auto state = [&picture](State of, std::int64_t tasks, double rate, Duration oldest) {
        picture.states[static_cast<std::size_t>(of)] = {of, tasks, rate, oldest};
    };
    state(State::pending, 12'345, 10.2, 3'200ms);
    state(State::claimed, 1, 10.1, 400ms);
    state(State::running, 3, 10.1, 62s);
    state(State::completed, 1'030, 10, 2h + 3min);
    state(State::resolving, 0, 9.8, 0ms);
    state(State::resolved, 0, 9.8, 0ms);
    picture.states[4].oldest.reset();
    picture.states[5].oldest.reset();
    picture.queues = {{"default", "linux", 12'000, 1, 3, 3'200ms},
                      {"nightly-builds", "", 340, 0, 0, 2s},
                      {"batch", std::nullopt, 5, 0, 0, 1s}};
    picture.executors = {{.executor_id = "host-7-4711",
                          .stacks = {"linux", "windows"},
                          .claimed = 1,
                          .running = 2,
                          .slots = 4,
                          .free = Resources{.memory_mb = 512},
                          .expires_in = 14'200ms},
                         {.executor_id = "host-8-42",
                          .stacks = {"linux"},
                          .running = 1,
                          .slots = 1,
                          .draining = true,
                          .expires_in = 9'800ms}};
    picture.tasks = {
        {"0f8fad5b-d9cb-469f-a165-70867728950e",
         State::running,
         false,
         62s,
         "default",
         "linux",
         "host-8-42"},
        {"build-17", State::running, false, 4s, "default", "linux", "host-7-4711"},
        {"build-18", State::running, false, 1'200ms, "default", "linux", "host-7-4711"},
        {"build-19", State::claimed, false, 400ms, "default", "linux", "host-7-4711"},
        {"later", State::pending, false, -30s, "nightly-builds", "", ""},
        {"broken", State::completed, true, 5min, "default", "linux", ""}};
    picture.matching = 13'379;
    picture.held = 13'379;
    picture.on_board = 13'379;
    picture.whole = true;
    picture.broker = sample_figures();
    return picture;
}

inline Situation sample_situation() {
    return {.endpoint = "tcp://127.0.0.1:7411", .now = noon + 3min + 4s};
}

}  // namespace taskbbs::cli::top
