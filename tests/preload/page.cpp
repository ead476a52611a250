// Mapping by system calls of its own: the tap's wrappers are not for itself.
#include "tests/preload/page.hpp"

#include "tests/preload/settings.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace disk_tap {

namespace {

Page* map_page() {
    const char* const path = settings().page.c_str();
    const long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    void* const mapped =
        mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, static_cast<int>(fd), 0);
    if (fd < 0 || mapped == MAP_FAILED) {
        std::fprintf(stderr, "disk_tap: DISK_TAP_PAGE=%s can't be mapped\n", path);
        std::_Exit(99);
    }
    syscall(SYS_close, fd);
    return static_cast<Page*>(mapped);
}

}  // namespace

Page& page() {
    static Page* const mapped = map_page();
    return *mapped;
}

void say(Page& page, std::string_view call, std::string_view file) {
    const std::string words = std::string(call) + " " + std::string(file);
    const std::size_t bytes = std::min(words.size(), page.what.size() - 1);
    std::copy_n(words.begin(), bytes, page.what.begin());
}

}  // namespace disk_tap
