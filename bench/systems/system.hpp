// The systems that are compared: how each is started, how it is spoken to, and what it promises.
#pragma once

#include "bench/load/drive.hpp"
#include "bench/systems/process.hpp"

#include <taskbbs/curve.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace taskbbs::bench {

// How a system is started, besides what it is.
struct Setting {
    std::string parent;             // of its directory
    bool ipc = false;               // a socket of the file system instead of tcp
    bool curve = false;             // encrypted; a broker's alone
    std::vector<std::string> more;  // arguments
};

// A server that runs, until this is gone.
class Server {
  public:
    Server(const std::string& parent) : directory_(parent) {}

    const std::string& directory() const { return directory_.path(); }

    const std::string& endpoint() const { return endpoint_; }

    // Of a broker's events; empty elsewhere.
    const std::string& events_endpoint() const { return events_endpoint_; }

    // What a client needs of a broker that serves with CURVE; nothing elsewhere.
    const std::optional<CurveKeys>& curve() const { return curve_; }

    void set_curve(CurveKeys keys) { curve_ = std::move(keys); }

    const Process& process() const { return *process_; }

    // Starts `command` in the directory, and waits until it listens at `endpoint`. Throws
    // std::runtime_error.
    void start(Command command, std::string endpoint, std::string events_endpoint = {});

  private:
    Directory directory_;
    std::string endpoint_;
    std::string events_endpoint_;
    std::optional<CurveKeys> curve_;
    std::unique_ptr<Process> process_;
};

struct System {
    std::string name;
    std::string promise;  // what it does and does not do, for who reads the figures
    std::string program;  // that must be there
    std::string package;  // of Debian, that brings it; empty: it is built here
    std::function<std::unique_ptr<Server>(const Setting&)> start;
    std::function<std::unique_ptr<Dialect>(const Load&, int connection)> dialect;
    bool is_limit = false;  // no board: it says how far one could come
};

System taskbbs_system();
System stub_system();
System echo_system();
System redis_system();
System etcd_system();
System postgres_system();
// The same without events, for who wonders what they cost it.
System quiet_postgres_system();
System beanstalkd_system();

// All of them, in the order in which they are shown.
std::vector<System> all_systems();

Target target_of(const System& system, const Server& server);

}  // namespace taskbbs::bench
