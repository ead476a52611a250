// Plain system calls, timed one by one.
#include "bench/disk.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <unistd.h>
#include <vector>

namespace taskbbs::bench {

SyncTimes measure_syncs(const std::string& directory) {
    constexpr int blocks = 3000;
    constexpr std::size_t block = 4096;
    std::string name = directory + "/taskbbs-sync-XXXXXX";
    const int fd = mkstemp(name.data());
    if (fd < 0) {
        throw std::runtime_error("cannot write below " + directory);
    }
    unlink(name.c_str());
    const std::vector<char> zeroes(blocks * block);
    if (write(fd, zeroes.data(), zeroes.size()) != static_cast<ssize_t>(zeroes.size())) {
        close(fd);
        throw std::runtime_error("cannot write below " + directory);
    }
    fsync(fd);
    const std::vector<char> ones(block, '1');
    std::vector<double> times;
    constexpr std::chrono::seconds longest(3);
    const auto until = std::chrono::steady_clock::now() + longest;
    for (int i = 0; i < blocks; ++i) {
        const auto began = std::chrono::steady_clock::now();
        if (began > until && !times.empty()) {
            break;
        }
        if (pwrite(fd, ones.data(), block, static_cast<off_t>(i * block)) < 0) {
            break;
        }
        fdatasync(fd);
        const std::chrono::duration<double, std::micro> took =
            std::chrono::steady_clock::now() - began;
        times.push_back(took.count());
    }
    close(fd);
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times[times.size() * 99 / 100], times.back()};
}

}  // namespace taskbbs::bench
