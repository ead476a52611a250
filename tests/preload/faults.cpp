// Counting, in the shared page.
#include "tests/preload/faults.hpp"

#include "tests/preload/page.hpp"

#include <array>
#include <cerrno>
#include <utility>

namespace disk_tap {

std::string_view name_of(Kind kind) {
    constexpr std::array<std::string_view, 14> names{"pwrite",
                                                     "pread",
                                                     "fdatasync",
                                                     "fsync",
                                                     "sync_file_range",
                                                     "fallocate",
                                                     "ftruncate",
                                                     "create",
                                                     "open",
                                                     "opendir",
                                                     "rename",
                                                     "unlink",
                                                     "flock",
                                                     "stat"};
    return names.at(static_cast<std::size_t>(kind));
}

bool can_have(Kind kind, Fault fault) {
    const bool syncs = kind == Kind::fsync || kind == Kind::fdatasync;
    switch (fault) {
        case Fault::none:
            return false;
        case Fault::eio:
            return true;
        case Fault::enospc:
            return syncs || kind == Kind::pwrite || kind == Kind::fallocate ||
                   kind == Kind::create || kind == Kind::rename;
        case Fault::short_write:
            return kind == Kind::pwrite;
        case Fault::lost:
            return syncs;
    }
    return false;
}

Fault fault_of(Kind kind, std::string_view file) {
    static thread_local bool cut_short = false;
    if (kind == Kind::pwrite && std::exchange(cut_short, false)) return Fault::enospc;
    const Settings& given = settings();
    if (!given.counts_here || !can_have(kind, given.fault)) return Fault::none;
    Page& shared = page();
    if (++shared.calls != given.call) return Fault::none;
    say(shared, name_of(kind), file);
    shared.hit = 1;
    cut_short = given.fault == Fault::short_write;
    return given.fault;
}

int error_of(Fault fault) {
    return fault == Fault::enospc ? ENOSPC : EIO;
}

}  // namespace disk_tap
