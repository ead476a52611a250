// The list, and what all servers have in common.
#include "bench/systems/system.hpp"

namespace taskbbs::bench {

void Server::start(Command command, std::string endpoint, std::string events_endpoint) {
    endpoint_ = std::move(endpoint);
    events_endpoint_ = std::move(events_endpoint);
    command.directory = directory();
    process_ = std::make_unique<Process>(command);
    process_->await(endpoint_);
}

std::vector<System> all_systems() {
    return {taskbbs_system(),
            stub_system(),
            echo_system(),
            redis_system(),
            beanstalkd_system(),
            postgres_system(),
            quiet_postgres_system(),
            etcd_system()};
}

Target target_of(const System& system, const Server& server) {
    return {
        server.endpoint(), system.dialect, [&server] { return server.process().cpu_seconds(); }};
}

}  // namespace taskbbs::bench
