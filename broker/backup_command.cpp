// Making, naming and removing directories.
#include "broker/backup_command.hpp"

#include "broker/backup_job.hpp"
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/posix_disk.hpp"
#include "broker/system.hpp"
#include "broker/version.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fmt/core.h>
#include <memory>
#include <optional>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace taskbbs::broker {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using journal::JournalError;
using journal::PosixDisk;

constexpr mode_t for_its_owner_alone = 0700;

std::string absolute(const std::string& given) {
    const fs::path path = fs::absolute(given).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

// False: it was there.
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

void check_unused(const std::string& path) {
    std::error_code missing;
    if (fs::is_symlink(path, missing)) {
        throw std::runtime_error(
            fmt::format("{} is a symbolic link: name the directory itself", path));
    }
    if (fs::exists(path, missing) && !(fs::is_directory(path) && fs::is_empty(path))) {
        throw std::runtime_error(fmt::format(
            "{} is there already: a backup wants a directory that is absent or empty", path));
    }
}

// What is lost with the state directory is no backup of it.
void check_outside(const std::string& path, const std::string& state) {
    const fs::path inner = fs::weakly_canonical(path);
    const fs::path outer = fs::weakly_canonical(state);
    const auto parted = std::ranges::mismatch(outer, inner);
    if (parted.in1 == outer.end()) {
        throw std::runtime_error(fmt::format(
            "{} is in the state directory {}: choose a directory elsewhere, best on another disk",
            path,
            state));
    }
}

// Before anything is made there.
void check_journal(journal::Disk& disk) {
    if (journal::segments_of(disk.list()).empty()) {
        throw std::runtime_error(fmt::format(
            "{}: there is no journal here; --from is the broker's journal.dir", disk.directory()));
    }
}

// What an earlier one left that was interrupted goes first.
void make_partial(const std::string& path) {
    if (make_directory(path)) {
        return;
    }
    PosixDisk left(path);
    remove_unfinished_backup(left);
    if (!left.list().empty()) {
        throw std::runtime_error(fmt::format(
            "{} holds files that are none of a backup's: move them, or choose another name", path));
    }
}

void remove_partial(const std::string& path) {
    PosixDisk left(path);
    remove_unfinished_backup(left);
    rmdir(path.c_str());
}

// The broker holds it for a moment when a segment becomes a spare.
std::unique_ptr<journal::File> lock_against_reuse(journal::Disk& disk) {
    constexpr int attempts = 50;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        if (auto lock = disk.lock(std::string(journal::backup_lock_name))) {
            return lock;
        }
        std::this_thread::sleep_for(20ms);
    }
    throw std::runtime_error(
        fmt::format("another backup of {} is being made: wait for it", disk.directory()));
}

void name_it(const std::string& partial, const std::string& to) {
    if (std::rename(partial.c_str(), to.c_str()) != 0) {
        throw JournalError(
            errno,
            "rename",
            partial,
            fmt::format("to {}: where that is a mount point, choose a directory in it", to));
    }
    sync_directory(fs::path(to).parent_path());
}

// Beside a broker it takes a tenth where processors are short (the lowest priority might not come
// to an end on a busy machine), and goes first where memory is.
void give_way() {
    constexpr int behind_others = 10;
    go_first_out_of_memory();
    setpriority(PRIO_PROCESS, 0, behind_others);
}

// Who has to be given the directory for the broker to start: nobody, unless root made it.
std::string owner_hint(const std::string& directory, bool made) {
    return made && geteuid() == 0
               ? fmt::format("chown -R taskbbs:taskbbs {} (root made it), then ", directory)
               : std::string();
}

}  // namespace

Exit run_backup(const Options& options, const std::string& given, journal::Reach reach) {
    const std::string to = absolute(given);
    const std::string partial = to + ".partial";
    give_way();
    raise_file_limit();
    PosixDisk from(options.journal.dir);
    check_journal(from);
    check_outside(to, options.journal.dir);
    check_unused(to);
    const auto lock = lock_against_reuse(from);
    make_partial(partial);
    try {
        PosixDisk copy(partial);
        const Backup backup =
            take_backup(from,
                        copy,
                        options.core,
                        {.reach = reach, .now = wall_time(), .writer = std::string(version)});
        name_it(partial, to);
        fmt::print("backup {} to={}\n", backup.text(), to);
        return Exit::stopped;
    } catch (const std::runtime_error&) {
        remove_partial(partial);
        throw;
    }
}

Exit run_restore(const Options& options, const std::string& given) {
    const std::string from = absolute(given);
    const std::string& to = options.journal.dir;
    raise_file_limit();
    PosixDisk backup(from);
    const bool made = make_directory(to);
    try {
        PosixDisk disk(to, options.journal.sync);
        const Backup restored =
            restore_backup(backup, disk, options.core, options.journal, std::string(version));
        fmt::print("restored {} to={}\n", restored.text(), to);
    } catch (const std::runtime_error&) {
        if (made) {
            rmdir(to.c_str());
        }
        throw;
    }
    if (made) {
        sync_directory(fs::path(to).parent_path());
    }
    fmt::print(
        "next: {}start the broker on it (systemctl start taskbbsd); clients see another log and "
        "list the board anew\n",
        owner_hint(to, made));
    return Exit::stopped;
}

}  // namespace taskbbs::broker
