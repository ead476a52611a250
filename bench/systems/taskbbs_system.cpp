// The programs of this project: the broker, the stub and the bare echo.
#include "bench/systems/echo_dialect.hpp"
#include "bench/systems/system.hpp"
#include "bench/systems/taskbbs_dialect.hpp"
#include "keys/key_file.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <stdexcept>

namespace taskbbs::bench {

namespace {

std::string endpoint_in(const Server& server, const Setting& setting, std::string_view name) {
    return setting.ipc ? fmt::format("ipc://{}/{}", server.directory(), name)
                       : fmt::format("tcp://127.0.0.1:{}", free_port());
}

// The broker's pair, and one client's: an operator.
void add_keys(Server& server, Command& command) {
    const std::string key = server.directory() + "/server";
    const std::string clients = server.directory() + "/clients";
    const auto server_key = keys::write_new_pair(key);
    const auto client = keys::new_pair();
    if (!server_key || !client) {
        throw std::runtime_error("no keys could be made");
    }
    std::ofstream(clients) << client->public_key << " bench operator\n";
    for (const std::string& word : {std::string("--security.server_key"),
                                    key,
                                    std::string("--security.authorized_keys"),
                                    clients}) {
        command.arguments.push_back(word);
    }
    server.set_curve({client->secret_key, *server_key});
}

// The stub takes the arguments of the broker.
std::unique_ptr<Server> start_broker(const std::string& program, const Setting& setting) {
    auto server = std::make_unique<Server>(setting.parent);
    std::filesystem::create_directory(server->directory() + "/journal");
    const std::string requests = endpoint_in(*server, setting, "requests");
    const std::string events = endpoint_in(*server, setting, "events");
    Command command{.arguments = {find_program(program),
                                  "--journal.dir",
                                  server->directory() + "/journal",
                                  "--requests.endpoint",
                                  requests,
                                  "--events.endpoint",
                                  events}};
    if (setting.curve) {
        add_keys(*server, command);
    }
    command.arguments.insert(command.arguments.end(), setting.more.begin(), setting.more.end());
    server->start(std::move(command), requests, events);
    return server;
}

std::unique_ptr<Server> start_echo(const Setting& setting) {
    auto server = std::make_unique<Server>(setting.parent);
    const std::string endpoint = endpoint_in(*server, setting, "requests");
    server->start({.arguments = {find_program("taskbbs_echo"), endpoint}}, endpoint);
    return server;
}

std::unique_ptr<Dialect> speak_taskbbs(const Load& load, int connection) {
    return std::make_unique<TaskbbsDialect>(load, connection);
}

}  // namespace

System taskbbs_system() {
    return {.name = "taskbbs",
            .promise =
                "synced before each reply; state machine, fencing, retries applied once, "
                "presence, convergence; every event published with its task",
            .program = "taskbbsd",
            .start = [](const Setting& setting) { return start_broker("taskbbsd", setting); },
            .dialect = speak_taskbbs};
}

System stub_system() {
    return {.name = "stub",
            .promise =
                "the broker's sockets, codec and journal; the same bytes synced and "
                "published; says yes to everything and keeps nothing",
            .program = "taskbbs_stub",
            .start = [](const Setting& setting) { return start_broker("taskbbs_stub", setting); },
            .dialect = speak_taskbbs,
            .is_limit = true};
}

System echo_system() {
    return {.name = "echo",
            .promise =
                "bare ROUTER and DEALER, messages of the same sizes; nothing is read, "
                "written or published",
            .program = "taskbbs_echo",
            .start = start_echo,
            .dialect = [](const Load& load, int) { return std::make_unique<EchoDialect>(load); },
            .is_limit = true};
}

}  // namespace taskbbs::bench
