// redis-server, each write synced before it is answered.
#include "bench/systems/redis_dialect.hpp"
#include "bench/systems/system.hpp"

#include <fmt/format.h>

namespace taskbbs::bench {

namespace {

std::unique_ptr<Server> start_redis(const Setting& setting) {
    auto server = std::make_unique<Server>(setting.parent);
    const std::uint16_t port = free_port();
    server->start({.arguments = {find_program("redis-server"),
                                 "--bind",
                                 "127.0.0.1",
                                 "--port",
                                 std::to_string(port),
                                 "--dir",
                                 server->directory(),
                                 "--save",
                                 "",
                                 "--appendonly",
                                 "yes",
                                 "--appendfsync",
                                 "always"}},
                  fmt::format("tcp://127.0.0.1:{}", port));
    return server;
}

}  // namespace

System redis_system() {
    return {.name = "redis",
            .promise =
                "synced before each reply (appendfsync always); states compared and set in "
                "Lua, a set a state, the task's key published; no fencing, no retries "
                "applied once, no presence or convergence",
            .program = "redis-server",
            .package = "redis-server",
            .start = start_redis,
            .dialect = [](const Load& load, int) { return std::make_unique<RedisDialect>(load); }};
}

}  // namespace taskbbs::bench
