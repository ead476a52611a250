// proc(5), getrusage(2), statvfs(3).
#include "broker/metrics/host.hpp"

#include "broker/journal/names.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

namespace taskbbs::broker {

namespace {

double seconds(const timespec& time) {
    using std::chrono::nanoseconds;
    return std::chrono::duration<double>(std::chrono::seconds(time.tv_sec) +
                                         nanoseconds(time.tv_nsec))
        .count();
}

double clock_seconds(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return seconds(time);
}

// Each entry but . and ..
template <class OnName>
void for_each_name(DIR* dir, const OnName& on_name) {
    if (dir == nullptr) {
        return;
    }
    rewinddir(dir);
    while (const dirent* entry = readdir(dir)) {  // NOLINT(concurrency-mt-unsafe): a stream of ours
        const std::string_view name = std::data(entry->d_name);
        if (name != "." && name != "..") {
            on_name(name);
        }
    }
}

std::size_t kind_of(std::string_view name) {
    if (journal::parse_segment_name(name)) return 0;
    if (journal::parse_snapshot_name(name)) return 1;
    if (journal::parse_index_name(name)) return 2;
    if (journal::parse_spare_name(name)) return 3;
    return 4;
}

}  // namespace

Host::Host(const std::string& dir)
    : start_time_(clock_seconds(CLOCK_REALTIME)),
      dir_(opendir(dir.c_str())),
      open_files_(opendir("/proc/self/fd")),
      memory_(open("/proc/self/statm", O_RDONLY | O_CLOEXEC)) {}

Host::~Host() {
    if (memory_ >= 0) {
        close(memory_);
    }
}

ProcessFigures Host::process() const {
    ProcessFigures figures{.cpu_seconds = clock_seconds(CLOCK_PROCESS_CPUTIME_ID),
                           .start_time = start_time_};
    std::array<char, 256> text{};
    if (memory_ >= 0 && pread(memory_, text.data(), text.size() - 1, 0) > 0) {
        char* next = text.data();
        const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
        figures.virtual_bytes = page * std::strtoull(next, &next, 10);
        figures.resident_bytes = page * std::strtoull(next, &next, 10);
    }
    for_each_name(open_files_.get(), [&](std::string_view /*name*/) { ++figures.open_files; });
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    figures.most_files = limit.rlim_cur;
    return figures;
}

DirectoryFigures Host::directory() const {
    DirectoryFigures figures;
    if (dir_ == nullptr) {
        return figures;
    }

    struct statvfs disk {};

    if (fstatvfs(dirfd(dir_.get()), &disk) == 0) {
        figures.disk_bytes = disk.f_frsize * disk.f_blocks;
        figures.free_bytes = disk.f_frsize * disk.f_bavail;
    }
    journal::Seq newest = 0;
    for_each_name(dir_.get(), [&](std::string_view name) {
        struct stat file {};
        if (fstatat(dirfd(dir_.get()), name.data(), &file, AT_SYMLINK_NOFOLLOW) != 0) {
            return;  // gone by now
        }
        FileFigures& kind = figures.files.at(kind_of(name));
        ++kind.count;
        kind.bytes += static_cast<std::uint64_t>(file.st_size);
        const auto snapshot = journal::parse_snapshot_name(name);
        if (snapshot && *snapshot >= newest) {
            newest = *snapshot;
            figures.snapshot_time = seconds(file.st_mtim);
        }
    });
    return figures;
}

}  // namespace taskbbs::broker
