// A lock on LOCK counts once that file is known to be the one that has this name still: the maker
// before may have given the directory its name, or removed it, just before it let go.
#include "broker/backup_partial.hpp"

#include "broker/backup_job.hpp"
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/posix_disk.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <stdexcept>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace taskbbs::broker {

namespace {

namespace fs = std::filesystem;
using journal::JournalError;

constexpr mode_t for_its_owner_alone = 0700;
constexpr int not_there = -1;

std::string lock_in(const std::string& path) {
    return fmt::format("{}/{}", path, journal::lock_name);
}

bool has_name(int fd, const std::string& name) {
    struct stat held {};

    struct stat named {};

    return fstat(fd, &held) == 0 && stat(name.c_str(), &named) == 0 &&
           held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

// The file, locked; not_there: the directory went, or became another one, meanwhile.
int try_to_lock(const std::string& path) {
    const std::string name = lock_in(path);
    const int fd = open(name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (fd < 0) {
        if (errno == ENOENT) {
            return not_there;
        }
        throw JournalError(errno, "open", name);
    }
    const bool locked = flock(fd, LOCK_EX | LOCK_NB) == 0;
    const bool busy = !locked && errno == EWOULDBLOCK;
    if (locked && has_name(fd, name)) {
        return fd;
    }
    close(fd);
    if (busy) {
        throw std::runtime_error(fmt::format(
            "another backup is being made in {}: wait for it, or choose another directory", path));
    }
    return not_there;
}

int lock_made(const std::string& path) {
    constexpr int attempts = 10;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        make_directory(path);
        const int fd = try_to_lock(path);
        if (fd != not_there) {
            return fd;
        }
    }
    throw std::runtime_error(
        fmt::format("{} comes and goes: other backups are being made there", path));
}

}  // namespace

bool make_directory(const std::string& path) {
    if (mkdir(path.c_str(), for_its_owner_alone) == 0) {
        return true;
    }
    if (errno == EEXIST && fs::is_directory(path)) {
        return false;
    }
    throw JournalError(errno, "mkdir", path, "its parent must be there and be writable");
}

void sync_directory(const std::string& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = fd >= 0 && fsync(fd) == 0;
    const int error = errno;
    close(fd);
    if (!synced) {
        throw JournalError(error, "fsync", path);
    }
}

PartialBackup::PartialBackup(const std::string& path) : path_(path), lock_(lock_made(path)) {
    journal::PosixDisk disk(path);
    remove_unfinished_backup(disk);
    if (disk.list().size() == 1) {
        return;
    }
    disk.remove(std::string(journal::lock_name));
    close(lock_);
    throw std::runtime_error(fmt::format(
        "{} holds files that are none of a backup's: move them, or choose another name", path));
}

PartialBackup::~PartialBackup() {
    close(lock_);
}

void PartialBackup::name_it(const std::string& to) {
    if (std::rename(path_.c_str(), to.c_str()) != 0) {
        throw JournalError(
            errno,
            "rename",
            path_,
            fmt::format("to {}: where that is a mount point, choose a directory in it", to));
    }
    sync_directory(fs::path(to).parent_path());
}

void PartialBackup::remove() {
    journal::PosixDisk disk(path_);
    remove_unfinished_backup(disk);
    disk.remove(std::string(journal::lock_name));
    rmdir(path_.c_str());
}

}  // namespace taskbbs::broker
