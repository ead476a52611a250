// System calls, one each, with every failure turned into a JournalError. Syncs go through libc, so
// that whoever wraps it (a tracer, a fault injector) sees them.
#include "broker/journal/posix_disk.hpp"

#include "broker/journal/error.hpp"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::journal {

namespace {

class PosixFile final : public File {
  public:
    PosixFile(int fd, Sync sync, std::string path) : fd_(fd), sync_(sync), path_(std::move(path)) {}

    PosixFile(const PosixFile&) = delete;
    PosixFile& operator=(const PosixFile&) = delete;

    ~PosixFile() override { ::close(fd_); }

    // What fills the disk is written in part, without an error: the rest is tried to learn why, not
    // to go on where a write has failed.
    void write_at(std::uint64_t offset, std::string_view bytes) override {
        const std::size_t n = write_some(offset, bytes);
        if (n == bytes.size()) return;
        write_some(offset + n, bytes.substr(n));
        throw JournalError(
            EIO, "write", path_, fmt::format("short write, {} of {} bytes", n, bytes.size()));
    }

    std::size_t read_at(std::uint64_t offset, std::span<char> bytes) override {
        std::size_t done = 0;
        while (done < bytes.size()) {
            const auto at = static_cast<off_t>(offset + done);
            const ssize_t n = ::pread(fd_, bytes.data() + done, bytes.size() - done, at);
            if (n < 0) fail("read");
            if (n == 0) break;
            done += static_cast<std::size_t>(n);
        }
        return done;
    }

    void sync_data() override {
        if (sync_ == Sync::always && ::fdatasync(fd_) != 0) fail("fdatasync");
    }

    void sync() override {
        if (sync_ == Sync::always && ::fsync(fd_) != 0) fail("fsync");
    }

    void write_back(std::uint64_t offset, std::uint64_t bytes) override {
        if (sync_ == Sync::never) return;
        constexpr unsigned all =
            SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
        const int result =
            ::sync_file_range(fd_, static_cast<off64_t>(offset), static_cast<off64_t>(bytes), all);
        // Only a hint: file systems that don't know it are served by the sync that follows.
        if (result != 0 && errno != ENOSYS && errno != EINVAL && errno != ESPIPE) {
            fail("sync_file_range");
        }
    }

    void allocate(std::uint64_t bytes) override {
        int result = 0;
        do {
            result = ::fallocate(fd_, 0, 0, static_cast<off_t>(bytes));
        } while (result != 0 && errno == EINTR);
        if (result != 0) fail("fallocate");
    }

    void truncate(std::uint64_t bytes) override {
        if (::ftruncate(fd_, static_cast<off_t>(bytes)) != 0) fail("ftruncate");
    }

    std::uint64_t size() override {
        struct stat found {};

        if (::fstat(fd_, &found) != 0) fail("stat");
        return static_cast<std::uint64_t>(found.st_size);
    }

    int fd() const { return fd_; }

  private:
    std::size_t write_some(std::uint64_t offset, std::string_view bytes) {
        const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0) fail("write");
        return static_cast<std::size_t>(n);
    }

    [[noreturn]] void fail(const char* operation) const {
        throw JournalError(errno, operation, path_);
    }

    int fd_;
    Sync sync_;
    std::string path_;
};

std::uint64_t bytes_of(fsblkcnt_t blocks, const struct statvfs& system) {
    return static_cast<std::uint64_t>(blocks) * system.f_frsize;
}

struct statvfs file_system(int fd, const std::string& directory) {
    struct statvfs found {};

    if (::fstatvfs(fd, &found) != 0) throw JournalError(errno, "statvfs", directory);
    return found;
}

struct stat status_of(int fd, const std::string& path) {
    struct stat found {};

    if (::fstat(fd, &found) != 0) throw JournalError(errno, "stat", path);
    return found;
}

}  // namespace

PosixDisk::PosixDisk(std::string directory, Sync sync)
    : directory_(std::move(directory)),
      sync_(sync),
      fd_(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (fd_ < 0) {
        throw JournalError(errno, "open", directory_);
    }
    gives_away_ = ::geteuid() == 0 && status_of(fd_, directory_).st_uid != 0;
}

PosixDisk::~PosixDisk() {
    ::close(fd_);
}

std::vector<std::string> PosixDisk::list() {
    struct Close {
        void operator()(DIR* directory) const { ::closedir(directory); }
    };

    const std::unique_ptr<DIR, Close> directory(::opendir(directory_.c_str()));
    if (!directory) throw JournalError(errno, "open", directory_);
    std::vector<std::string> names;
    errno = 0;
    // One DIR per call: no two threads share it.
    while (const dirent* entry = ::readdir(directory.get())) {  // NOLINT(concurrency-mt-unsafe)
        std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(std::move(name));
        errno = 0;
    }
    if (errno != 0) throw JournalError(errno, "list", directory_);
    return names;
}

std::unique_ptr<File> PosixDisk::open(const std::string& name, int flags) {
    int fd = -1;
    do {
        fd = ::openat(fd_, name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0640);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) throw JournalError(errno, "open", path(name));
    auto file = std::make_unique<PosixFile>(fd, sync_, path(name));
    if (gives_away_ && (flags & O_CREAT) != 0) give_to_owner(fd, name);
    return file;
}

// A file that has another name besides may be anybody's.
void PosixDisk::give_to_owner(int fd, const std::string& name) const {
    const struct stat file = status_of(fd, path(name));
    const struct stat directory = status_of(fd_, directory_);
    if (file.st_uid != 0 || file.st_nlink != 1 || !S_ISREG(file.st_mode)) return;
    if (::fchown(fd, directory.st_uid, directory.st_gid) != 0) {
        throw JournalError(errno, "chown", path(name));
    }
}

std::unique_ptr<File> PosixDisk::open_to_read(const std::string& name) {
    return open(name, O_RDONLY);
}

std::unique_ptr<File> PosixDisk::open_to_write(const std::string& name) {
    return open(name, O_RDWR);
}

std::unique_ptr<File> PosixDisk::create(const std::string& name) {
    return open(name, O_RDWR | O_CREAT | O_TRUNC);
}

std::unique_ptr<File> PosixDisk::lock(const std::string& name) {
    return open_locked(name, O_RDWR | O_CREAT, LOCK_EX);
}

std::unique_ptr<File> PosixDisk::lock_to_read(const std::string& name) {
    return open_locked(name, O_RDONLY, LOCK_SH);
}

std::unique_ptr<File> PosixDisk::open_locked(const std::string& name, int flags, int operation) {
    std::unique_ptr<File> file = open(name, flags);
    const int fd = static_cast<PosixFile&>(*file).fd();
    if (::flock(fd, operation | LOCK_NB) == 0) return file;
    if (errno == EWOULDBLOCK) return nullptr;
    throw JournalError(errno, "flock", path(name));
}

void PosixDisk::rename(const std::string& from, const std::string& to) {
    if (::renameat(fd_, from.c_str(), fd_, to.c_str()) != 0) {
        throw JournalError(errno, "rename", path(from), "to " + to);
    }
}

void PosixDisk::remove(const std::string& name) {
    if (::unlinkat(fd_, name.c_str(), 0) != 0 && errno != ENOENT) {
        throw JournalError(errno, "unlink", path(name));
    }
}

void PosixDisk::sync_directory() {
    if (sync_ == Sync::never) return;
    const std::lock_guard lock(directory_mutex_);
    if (::fsync(fd_) != 0) directory_lost_ = errno;
    if (directory_lost_ != 0) throw JournalError(directory_lost_, "fsync", directory_);
}

std::uint64_t PosixDisk::free_bytes() {
    const struct statvfs system = file_system(fd_, directory_);
    return bytes_of(system.f_bavail, system);
}

std::uint64_t PosixDisk::total_bytes() {
    const struct statvfs system = file_system(fd_, directory_);
    return bytes_of(system.f_blocks, system);
}

void PosixDisk::random(std::span<char> bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::getrandom(bytes.data() + done, bytes.size() - done, 0);
        if (n < 0 && errno != EINTR) throw JournalError(errno, "getrandom", directory_);
        if (n > 0) done += static_cast<std::size_t>(n);
    }
}

}  // namespace taskbbs::journal
