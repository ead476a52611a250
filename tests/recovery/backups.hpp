// Backups and restores over disks in memory, and what a daemon makes of them.
#pragma once

#include "broker/backup_job.hpp"
#include "broker/journal/names.hpp"
#include "tests/recovery/life.hpp"
#include "tests/recovery/recorded.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace taskbbs::recovery_test {

using broker::Backup;
using journal::Reach;

inline Backup back_up(MemoryDisk& from, MemoryDisk& to, Reach reach = Reach::snapshot) {
    const auto lock = from.lock(std::string(journal::backup_lock_name));
    REQUIRE(lock);
    return broker::take_backup(from, to, board_settings(), {.reach = reach, .writer = "test"});
}

inline Backup restore(MemoryDisk& from, MemoryDisk& to) {
    return broker::restore_backup(from, to, board_settings(), journal_settings(), "test");
}

// What a daemon makes of the directory.
struct Served {
    State state;
    std::string log;
};

inline Served serve(MemoryDisk& disk) {
    const auto recovered = recover(disk);
    return {state_of(*recovered.board), journal::to_hex(recovered.journal.log())};
}

inline std::string log_of(const Recorded& recorded) {
    return serve(*recorded.disk->copy()).log;
}

inline bool is_refused(MemoryDisk& disk) {
    try {
        serve(disk);
        return false;
    } catch (const std::runtime_error& error) {
        INFO(error.what());
        REQUIRE(std::string(error.what()).find("taskbbsd journal restore") != std::string::npos);
        return true;
    }
}

}  // namespace taskbbs::recovery_test
