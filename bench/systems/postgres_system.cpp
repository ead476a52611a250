// A cluster of its own, made by initdb and left as it is: fsync and synchronous_commit are on. It
// does not run as root: where we are, it runs as the user `postgres` that the package brings.
#include "bench/systems/postgres_dialect.hpp"
#include "bench/systems/system.hpp"

#include <chrono>
#include <fmt/format.h>
#include <fstream>
#include <pwd.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace taskbbs::bench {

namespace {

using namespace std::chrono_literals;

// Hands the directory to the user that the server runs as; 0: it is ours, and so is the server.
uid_t give_away(const std::string& directory) {
    if (geteuid() != 0) {
        return 0;
    }
    const passwd* const user = getpwnam("postgres");
    if (user == nullptr || chown(directory.c_str(), user->pw_uid, user->pw_gid) != 0) {
        throw std::runtime_error("there is no user postgres for the server to run as");
    }
    return user->pw_uid;
}

// It accepts connections before it is ready for them.
void await_ready(const Command& ask) {
    constexpr int patience = 200;
    for (int i = 0; i < patience; ++i) {
        if (run_to_end(ask) == 0) {
            return;
        }
        std::this_thread::sleep_for(50ms);
    }
    throw std::runtime_error("postgres does not get ready");
}

std::unique_ptr<Server> start_postgres(const Setting& setting) {
    auto server = std::make_unique<Server>(setting.parent);
    const std::string& directory = server->directory();
    const uid_t user = give_away(directory);
    std::ofstream(directory + "/schema") << postgres_schema();
    const std::string make = fmt::format(
        "{} -D data -A trust -U postgres -E UTF8 --locale=C --no-sync && "
        "{} --single -D data postgres <schema",
        find_program("initdb"),
        find_program("postgres"));
    if (run_to_end({{"/bin/sh", "-c", make}, directory, user}) != 0) {
        throw std::runtime_error("initdb failed");
    }
    const std::string port = std::to_string(free_port());
    server->start({.arguments = {find_program("postgres"),
                                 "-D",
                                 directory + "/data",
                                 "-h",
                                 "127.0.0.1",
                                 "-p",
                                 port,
                                 "-k",
                                 directory},
                   .user = user},
                  "tcp://127.0.0.1:" + port);
    await_ready(
        {{find_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", port}, directory, user});
    return server;
}

}  // namespace

System postgres_system() {
    return {.name = "postgres",
            .promise =
                "synced before each reply (fsync and synchronous_commit on); each transition an "
                "UPDATE of the row in its state, NOTIFY with the guid, for which commits queue up; "
                "no fencing, no retries applied once, no presence or convergence",
            .program = "initdb",
            .package = "postgresql",
            .start = start_postgres,
            .dialect = [](const Load& load, int) {
                return std::make_unique<PostgresDialect>(load, Notify::yes);
            }};
}

System quiet_postgres_system() {
    System system = postgres_system();
    system.name = "pg-quiet";
    system.promise = "postgres as above without NOTIFY: no events, commits share a sync";
    system.dialect = [](const Load& load, int) {
        return std::make_unique<PostgresDialect>(load, Notify::no);
    };
    return system;
}

}  // namespace taskbbs::bench
