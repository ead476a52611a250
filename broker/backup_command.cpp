// What is checked before, and held meanwhile.
#include "broker/backup_command.hpp"

#include "broker/backup_job.hpp"
#include "broker/backup_partial.hpp"
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/posix_disk.hpp"
#include "broker/system.hpp"
#include "broker/version.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fmt/core.h>
#include <memory>
#include <optional>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace taskbbs::broker {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using journal::JournalError;
using journal::PosixDisk;

std::string absolute(const std::string& given) {
    const fs::path path = fs::absolute(given).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
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

bool is_within(const std::string& path, const std::string& directory) {
    const fs::path inner = fs::weakly_canonical(path);
    const fs::path outer = fs::weakly_canonical(directory);
    return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

// What is lost with the state directory is no backup of it.
void check_outside(const std::string& path, const std::string& state) {
    if (is_within(path, state)) {
        throw std::runtime_error(fmt::format(
            "{} is in the state directory {}: choose a directory elsewhere, best on another disk",
            path,
            state));
    }
}

// Before anything is made.
void check_restorable(const std::string& backup, const std::string& to) {
    if (!fs::is_directory(backup)) {
        throw std::runtime_error(fmt::format("{}: there is no such backup", backup));
    }
    if (is_within(to, backup)) {
        throw std::runtime_error(
            fmt::format("{} is in the backup {}: choose a directory elsewhere", to, backup));
    }
}

// Who can't write here can't keep a broker that can from writing: there must be none.
std::unique_ptr<journal::File> lock_against_serving(journal::Disk& disk) {
    const std::string name(journal::lock_name);
    const std::vector<std::string> names = disk.list();
    if (std::ranges::find(names, name) == names.end()) {
        return nullptr;  // every broker makes one
    }
    auto lock = disk.lock_to_read(name);
    if (!lock) {
        throw std::runtime_error(fmt::format(
            "{} is read-only here, and a broker serves from it: name the directory by a path where "
            "it can be written to",
            disk.directory()));
    }
    return lock;
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

// So that no segment is overwritten while it is read.
std::unique_ptr<journal::File> lock_source(journal::Disk& disk) {
    try {
        return lock_against_reuse(disk);
    } catch (const JournalError& error) {
        if (error.code() != EROFS) {
            throw;
        }
        return lock_against_serving(disk);
    }
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
    give_way();
    raise_file_limit();
    PosixDisk from(options.journal.dir);
    check_source(from);
    check_outside(to, options.journal.dir);
    check_unused(to);
    const auto lock = lock_source(from);
    PartialBackup partial(to + ".partial");
    try {
        check_unused(to);  // another one may have been made while this one waited
        PosixDisk copy(partial.path());
        const Backup backup = take_backup(
            from,
            copy,
            options.core,
            {.reach = reach,
             .now = wall_time(),
             .writer = std::string(version),
             .report = [](std::string_view line) { fmt::print(stderr, "{}\n", line); }});
        partial.name_it(to);
        fmt::print("backup {} to={}\n", backup.text(), to);
        return Exit::stopped;
    } catch (const std::runtime_error&) {
        partial.remove();
        throw;
    }
}

Exit run_restore(const Options& options, const std::string& given) {
    const std::string from = absolute(given);
    const std::string& to = options.journal.dir;
    raise_file_limit();
    check_restorable(from, to);
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
