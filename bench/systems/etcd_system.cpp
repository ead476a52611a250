// A cluster of one, each write in its log and synced before it is answered.
#include "bench/systems/etcd_dialect.hpp"
#include "bench/systems/system.hpp"

#include <fmt/format.h>

namespace taskbbs::bench {

namespace {

std::unique_ptr<Server> start_etcd(const Setting& setting) {
    auto server = std::make_unique<Server>(setting.parent);
    const std::string port = std::to_string(free_port());
    const std::string clients = "http://127.0.0.1:" + port;
    const std::string peers = fmt::format("http://127.0.0.1:{}", free_port());
    server->start({.arguments = {find_program("etcd"),
                                 "--data-dir",
                                 server->directory() + "/data",
                                 "--enable-v2",
                                 "--listen-client-urls",
                                 clients,
                                 "--advertise-client-urls",
                                 clients,
                                 "--listen-peer-urls",
                                 peers,
                                 "--initial-advertise-peer-urls",
                                 peers,
                                 "--initial-cluster",
                                 "default=" + peers,
                                 "--logger",
                                 "zap",
                                 "--log-level",
                                 "error"}},
                  "tcp://127.0.0.1:" + port);
    return server;
}

}  // namespace

System etcd_system() {
    return {.name = "etcd",
            .promise =
                "synced before each reply; a read, then a compare-and-swap a step (v2 API); each "
                "change can be watched with its task; writers are told apart by the index alone; "
                "no state machine, no retries applied once, no presence or convergence",
            .program = "etcd",
            .package = "etcd-server",
            .start = start_etcd,
            .dialect = [](const Load& load, int) { return std::make_unique<EtcdDialect>(load); }};
}

}  // namespace taskbbs::bench
