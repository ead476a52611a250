// /proc and uname.
#include "bench/report/machine.hpp"

#include <fmt/format.h>
#include <fstream>
#include <sys/utsname.h>
#include <thread>
#include <unistd.h>

namespace taskbbs::bench {

namespace {

std::string cpu_model() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("model name")) {
            return line.substr(line.find(": ") + 2);
        }
    }
    return "unknown";
}

}  // namespace

Machine look_at_machine(const std::string& directory) {
    utsname system{};
    uname(&system);
    const double bytes =
        static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
    return {.cores = std::thread::hardware_concurrency(),
            .cpu = cpu_model(),
            .memory = fmt::format("{:.1f} GiB", bytes / (1ULL << 30)),
            .kernel = fmt::format("{} {}", system.sysname, system.release),
            .directory = directory,
            .syncs = measure_syncs(directory)};
}

}  // namespace taskbbs::bench
