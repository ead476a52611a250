// uname(2), os-release(5), the libraries' own words.
#include "cli/server/machine.hpp"

#include <msgpack/version_master.hpp>
#include <zmq.h>

#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <sstream>
#include <sys/utsname.h>
#include <thread>

namespace taskbbs::cli {
namespace {

std::string libzmq_version() {
    int major = 0;
    int minor = 0;
    int patch = 0;
    zmq_version(&major, &minor, &patch);
    return fmt::format("{}.{}.{}", major, minor, patch);
}

std::string system_name() {
    utsname names{};
    ::uname(&names);
    return fmt::format("{} {} {}", names.sysname, names.release, names.machine);
}

std::string text_of_file(const char* name) {
    std::ifstream file(name);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::string distribution_in(const std::string& os_release) {
    constexpr std::string_view key = "PRETTY_NAME=";
    std::istringstream lines(os_release);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(key)) {
            continue;
        }
        line.erase(0, key.size());
        const bool quoted = line.size() >= 2 && line.front() == line.back() &&
                            (line.front() == '"' || line.front() == '\'');
        return quoted ? line.substr(1, line.size() - 2) : line;
    }
    return {};
}

Machine this_machine() {
    return {.version = TASKBBS_VERSION,
            .libzmq = libzmq_version(),
            .msgpack = fmt::format(
                "{}.{}.{}", MSGPACK_VERSION_MAJOR, MSGPACK_VERSION_MINOR, MSGPACK_VERSION_REVISION),
            .system = system_name(),
            .distribution = distribution_in(text_of_file("/etc/os-release")),
            .processors = std::thread::hardware_concurrency()};
}

}  // namespace taskbbs::cli
