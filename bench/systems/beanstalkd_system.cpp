// beanstalkd with its log, synced after each write to it.
#include "bench/systems/beanstalkd_dialect.hpp"
#include "bench/systems/system.hpp"

namespace taskbbs::bench {

namespace {

std::unique_ptr<Server> start_beanstalkd(const Setting& setting) {
    auto server = std::make_unique<Server>(setting.parent);
    const std::string port = std::to_string(free_port());
    server->start({.arguments = {find_program("beanstalkd"),
                                 "-l",
                                 "127.0.0.1",
                                 "-p",
                                 port,
                                 "-b",
                                 server->directory(),
                                 "-f0"}},
                  "tcp://127.0.0.1:" + port);
    return server;
}

}  // namespace

System beanstalkd_system() {
    return {
        .name = "beanstalkd",
        .promise =
            "puts and deletes synced (-f0), a reserve is not written; three steps a life: put, "
            "reserve, delete; no states behind them, no outcome, no events, no fencing, no "
            "retries applied once; what is reserved too long is ready again",
        .program = "beanstalkd",
        .package = "beanstalkd",
        .start = start_beanstalkd,
        .dialect = [](const Load& load, int) { return std::make_unique<BeanstalkdDialect>(load); }};
}

}  // namespace taskbbs::bench
