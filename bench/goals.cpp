// Each load beside each system that has it; all but "one at a time" over 32 connections.
#include "bench/goals.hpp"

namespace taskbbs::bench {

std::vector<Trial> goal_trials(double warm_up, double seconds) {
    constexpr int many = 32;
    const Load alone{.warm_up = warm_up, .seconds = seconds};
    Load single = alone;
    single.connections = many;
    single.in_flight = 64;
    Load batched = single;
    batched.in_flight = 500;
    batched.per_message = 50;
    // It answers a connection's requests one after the other: as many in flight take connections.
    Load etcd = alone;
    etcd.connections = single.connections * single.in_flight;
    const char* const one = "one at a time";
    const char* const singles = "32 conn., 64 in flight, 1 a message";
    const char* const batches = "32 conn., 500 in flight, 50 a message";
    const char* const pipelined = "32 conn., 500 in flight";
    return {
        {.id = "taskbbs-alone", .system = "taskbbs", .title = one, .load = alone},
        {.id = "taskbbs-single", .system = "taskbbs", .title = singles, .load = single},
        {.id = "taskbbs-batched", .system = "taskbbs", .title = batches, .load = batched},
        {.id = "taskbbs-sdk",
         .system = "taskbbs",
         .title = "32 clients of the SDK, 500 in flight",
         .load = batched,
         .sdk = true},
        {.id = "stub-alone", .system = "stub", .title = one, .load = alone},
        {.id = "stub-single", .system = "stub", .title = singles, .load = single},
        {.id = "stub-batched", .system = "stub", .title = batches, .load = batched},
        {.id = "echo-alone", .system = "echo", .title = one, .load = alone},
        {.id = "echo-single", .system = "echo", .title = singles, .load = single},
        {.id = "echo-batched", .system = "echo", .title = batches, .load = batched},
        {.id = "redis-alone", .system = "redis", .title = one, .load = alone},
        {.id = "redis-single",
         .system = "redis",
         .title = "32 conn., 64 in flight",
         .load = single},
        {.id = "redis-batched", .system = "redis", .title = pipelined, .load = batched},
        {.id = "beanstalkd-single",
         .system = "beanstalkd",
         .title = "32 conn., 64 in flight",
         .load = single},
        {.id = "postgres-single",
         .system = "postgres",
         .title = "32 conn., 64 in flight, 1 a commit",
         .load = single},
        {.id = "postgres-batched",
         .system = "postgres",
         .title = "32 conn., 500 in flight, 50 a commit",
         .load = batched},
        {.id = "pg-quiet-single",
         .system = "pg-quiet",
         .title = "32 conn., 64 in flight, 1 a commit",
         .load = single},
        {.id = "pg-quiet-batched",
         .system = "pg-quiet",
         .title = "32 conn., 500 in flight, 50 a commit",
         .load = batched},
        {.id = "etcd-single", .system = "etcd", .title = "2048 conn., 1 in flight", .load = etcd},
    };
}

}  // namespace taskbbs::bench
