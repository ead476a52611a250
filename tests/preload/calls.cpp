// The calls themselves: libc's names, found before libc's own. Those on files of the state
// directory are counted, may fail, and tell what is durable; all others are passed on as they are.
#include "tests/preload/durable.hpp"
#include "tests/preload/faults.hpp"
#include "tests/preload/page.hpp"
#include "tests/preload/settings.hpp"
#include "tests/preload/undo.hpp"

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <ctime>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <optional>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <vector>

namespace disk_tap {

namespace {

template <class Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

using Read = ssize_t(int, void*, size_t, off_t);
using Write = ssize_t(int, const void*, size_t, off_t);

ssize_t real_pread(int fd, void* bytes, size_t size, off_t offset) {
    static auto* const call = next<Read>("pread");
    return call(fd, bytes, size, offset);
}

ssize_t real_pwrite(int fd, const void* bytes, size_t size, off_t offset) {
    static auto* const call = next<Write>("pwrite");
    return call(fd, bytes, size, offset);
}

// The name of a file of the state directory by what is open; "." is the directory.
std::optional<std::string> name_of_file(int fd) {
    const std::string& directory = settings().directory;
    if (directory.empty()) return std::nullopt;
    std::array<char, 32> link{};
    std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", fd);
    std::array<char, 4096> buffer{};
    const ssize_t size = readlink(link.data(), buffer.data(), buffer.size());
    const std::string_view path(buffer.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
    if (!path.starts_with(directory)) return std::nullopt;
    const std::string_view rest = path.substr(directory.size());
    if (rest.empty()) return ".";
    if (rest.front() != '/') return std::nullopt;
    return std::string(rest.substr(1));
}

Durable& durable() {
    static Durable one;
    return one;
}

Undo& undo() {
    static Undo one;
    return one;
}

// The result of a call that has the fault.
int failed(Fault fault) {
    errno = error_of(fault);
    return -1;
}

// True: the call on this file fails; errno is set.
bool fails(Kind kind, int fd) {
    const auto file = name_of_file(fd);
    if (!file) return false;
    const Fault fault = fault_of(kind, *file);
    if (fault != Fault::none) errno = error_of(fault);
    return fault != Fault::none;
}

void learn_mark(int fd, std::uint64_t offset, std::string_view bytes) {
    if (offset == 0) return durable().learn(bytes);
    if (!durable().needs_mark()) return;
    std::string header(4096, '\0');
    if (real_pread(fd, header.data(), header.size(), 0) == 4096) durable().learn(header);
}

void keep_for_undo(int fd, const std::string& file, std::uint64_t offset, std::size_t size) {
    if (settings().fault != Fault::lost) return;
    std::string before(size, '\0');
    const ssize_t had = real_pread(fd, before.data(), size, static_cast<off_t>(offset));
    before.resize(had < 0 ? 0 : static_cast<std::size_t>(had));
    undo().keep(file, {offset, std::move(before)});
}

void lose_unsynced(int fd, const std::string& file) {
    for (const Undo::Piece& piece : undo().take(file)) {
        (void)!real_pwrite(
            fd, piece.before.data(), piece.before.size(), static_cast<off_t>(piece.offset));
    }
}

void hold_up() {
    const unsigned ms = settings().sync_ms;
    const timespec time{ms / 1000, static_cast<long>(ms % 1000) * 1'000'000};
    if (ms > 0) nanosleep(&time, nullptr);
}

int tapped_sync(Kind kind, int (*call)(int), int fd) {
    const auto file = name_of_file(fd);
    if (!file) return call(fd);
    const Fault fault = fault_of(kind, *file);
    if (fault == Fault::lost) lose_unsynced(fd, *file);
    if (fault != Fault::none) return failed(fault);
    const std::uint64_t newest = durable().newest_in(*file);
    hold_up();
    const int result = call(fd);
    if (result == 0) {
        durable().synced(newest);
        undo().forget(*file);
    }
    return result;
}

}  // namespace

}  // namespace disk_tap

using namespace disk_tap;

extern "C" {

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
    const auto file = name_of_file(fd);
    if (!file) return real_pwrite(fd, bytes, size, offset);
    const Fault fault = fault_of(Kind::pwrite, *file);
    if (fault != Fault::none && fault != Fault::short_write) return failed(fault);
    if (fault == Fault::short_write) size /= 2;
    const auto at = static_cast<std::uint64_t>(offset);
    keep_for_undo(fd, *file, at, size);
    if (file->starts_with("seg-")) {
        const std::string_view written(static_cast<const char*>(bytes), size);
        learn_mark(fd, at, written);
        durable().written(*file, at, written);
    }
    return real_pwrite(fd, bytes, size, offset);
}

ssize_t pread(int fd, void* bytes, size_t size, off_t offset) {
    return fails(Kind::pread, fd) ? -1 : real_pread(fd, bytes, size, offset);
}

int fdatasync(int fd) {
    static const auto call = next<int(int)>("fdatasync");
    return tapped_sync(Kind::fdatasync, call, fd);
}

int fsync(int fd) {
    static const auto call = next<int(int)>("fsync");
    return tapped_sync(Kind::fsync, call, fd);
}

int sync_file_range(int fd, off64_t offset, off64_t size, unsigned flags) {
    static const auto call = next<int(int, off64_t, off64_t, unsigned)>("sync_file_range");
    return fails(Kind::sync_file_range, fd) ? -1 : call(fd, offset, size, flags);
}

int fallocate(int fd, int mode, off_t offset, off_t size) {
    static const auto call = next<int(int, int, off_t, off_t)>("fallocate");
    return fails(Kind::fallocate, fd) ? -1 : call(fd, mode, offset, size);
}

int ftruncate(int fd, off_t size) noexcept {
    static const auto call = next<int(int, off_t)>("ftruncate");
    return fails(Kind::ftruncate, fd) ? -1 : call(fd, size);
}

int open(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    static const auto call = next<int(const char*, int, ...)>("open");
    if (path == settings().directory) {
        const Fault fault = fault_of(Kind::open, ".");
        if (fault != Fault::none) return failed(fault);
    }
    return call(path, flags, mode);
}

int openat(int directory, const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    static const auto call = next<int(int, const char*, int, ...)>("openat");
    if (name_of_file(directory)) {
        const Fault fault = fault_of((flags & O_CREAT) != 0 ? Kind::create : Kind::open, path);
        if (fault != Fault::none) return failed(fault);
    }
    return call(directory, path, flags, mode);
}

DIR* opendir(const char* path) {
    static const auto call = next<DIR*(const char*)>("opendir");
    const bool ours = path == settings().directory;
    const Fault fault = ours ? fault_of(Kind::opendir, ".") : Fault::none;
    if (fault == Fault::none) return call(path);
    errno = error_of(fault);
    return nullptr;
}

int renameat(int from_directory, const char* from, int to_directory, const char* to) noexcept {
    static const auto call = next<int(int, const char*, int, const char*)>("renameat");
    if (name_of_file(from_directory)) {
        const Fault fault = fault_of(Kind::rename, to);
        if (fault != Fault::none) return failed(fault);
    }
    return call(from_directory, from, to_directory, to);
}

int unlinkat(int directory, const char* path, int flags) noexcept {
    static const auto call = next<int(int, const char*, int)>("unlinkat");
    if (name_of_file(directory)) {
        const Fault fault = fault_of(Kind::unlink, path);
        if (fault != Fault::none) return failed(fault);
    }
    return call(directory, path, flags);
}

int flock(int fd, int operation) noexcept {
    static const auto call = next<int(int, int)>("flock");
    return fails(Kind::flock, fd) ? -1 : call(fd, operation);
}

int fstat(int fd, struct stat* found) noexcept {
    static const auto call = next<int(int, struct stat*)>("fstat");
    return fails(Kind::stat, fd) ? -1 : call(fd, found);
}

int fstatvfs(int fd, struct statvfs* found) noexcept {
    static const auto call = next<int(int, struct statvfs*)>("fstatvfs");
    return fails(Kind::stat, fd) ? -1 : call(fd, found);
}

// The broker starts its snapshots without any environment: the tap goes along where it is asked to.
// Its parameters are libc's. NOLINTNEXTLINE(readability-function-size)
int posix_spawn(pid_t* pid,
                const char* path,
                const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* attributes,
                char* const arguments[],
                char* const environment[]) {
    using Spawn = int(pid_t*,
                      const char*,
                      const posix_spawn_file_actions_t*,
                      const posix_spawnattr_t*,
                      char* const[],
                      char* const[]);
    static auto* const call = next<Spawn>("posix_spawn");
    if (!settings().in_children) {
        return call(pid, path, actions, attributes, arguments, environment);
    }
    std::string is_child = "DISK_TAP_IS_CHILD=1";
    std::vector<char*> words{is_child.data()};
    for (char** word = environ; *word != nullptr; ++word) {
        words.push_back(*word);
    }
    words.push_back(nullptr);
    return call(pid, path, actions, attributes, arguments, words.data());
}

}  // extern "C"
