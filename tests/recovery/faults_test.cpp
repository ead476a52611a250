// A recorded run with snapshots and retirement is repeated with a fault, or a crash, at each of its
// I/O calls in turn. The daemon ends or goes on; either way a restart comes to the board that was
// acknowledged, or to that with the one batch whose write failed.
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "tests/recovery/life.hpp"
#include "tests/sampled.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace taskbbs::recovery_test {

namespace {

using Fault = MemoryDisk::Fault;

// What clients may believe.
struct Course {
    State acknowledged;
    State attempted;
    bool ended_early = false;
    int snapshots = 0;

    bool allows(const State& found) const { return found == acknowledged || found == attempted; }
};

// Segments of three or four batches, and a reserve: a full disk is survived for a while.
journal::Settings small_segments() {
    journal::Settings settings = journal_settings();
    settings.segment_bytes = 5 * block_bytes;
    settings.reserve_bytes = 2 * settings.segment_bytes;
    return settings;
}

template <class Work>
void watch(Life& life, Course& course, Work work) {
    const auto note = [&] {
        course.acknowledged = life.acknowledged();
        course.attempted = life.attempted();
    };
    try {
        work();
    } catch (const journal::JournalError&) {
        note();
        throw;
    } catch (const journal::Crash&) {
        note();
        throw;
    }
    note();
}

void fill_and_take_a_snapshot(Life& life, Course& course, int& round) {
    const std::string before = life.tail().file;
    while (life.tail().file == before) {
        life.work(round++);
    }
    course.snapshots += life.take_snapshot() ? 1 : 0;
    life.tidy();
}

// Three snapshots, by which segments, and the first of them, are not needed any more; a stop; a
// start from the newest; a fourth, and no stop.
void script(MemoryDisk& disk, Course& course) {
    int round = 0;
    {
        Life life(disk, small_segments());
        watch(life, course, [&] {
            protocol::HeartbeatArgs beat;
            beat.executor_id = "e1";
            beat.incarnation = "i1";
            beat.ttl = std::chrono::minutes(10);
            life.ask(beat);
            for (int i = 0; i < 3; ++i) {
                fill_and_take_a_snapshot(life, course, round);
            }
            life.stop();
        });
    }
    Life life(disk, small_segments());
    watch(life, course, [&] { fill_and_take_a_snapshot(life, course, round); });
}

Course play(MemoryDisk& disk) {
    Course course;
    course.acknowledged = course.attempted = state_of(core::Board(board_settings()));
    try {
        script(disk, course);
    } catch (const journal::JournalError&) {
        course.ended_early = true;
    } catch (const journal::Crash&) {
        course.ended_early = true;
    }
    return course;
}

State recovered(MemoryDisk& disk) {
    return state_of(*recover(disk).board);
}

// Twice, and goes on to another snapshot.
void check_recovers(MemoryDisk& disk, const Course& course) {
    const State found = recovered(disk);
    REQUIRE(course.allows(found));
    REQUIRE(recovered(disk) == found);
    Course later;
    int round = 1000;
    {
        Life life(disk, small_segments());
        REQUIRE(life.acknowledged() == found);
        watch(life, later, [&] { fill_and_take_a_snapshot(life, later, round); });
        REQUIRE(later.snapshots == 1);
    }
    REQUIRE(recovered(disk) == later.acknowledged);
    // What a failed sync lost shows once the page cache is gone.
    REQUIRE(recovered(*disk.crash(disk.calls())) == later.acknowledged);
}

// The call and its kind of file: "write seg", "rename snap.tmp".
std::string kind_of(const std::string& operation, const std::string& name) {
    const std::string kind = name.substr(0, name.find('-'));
    return operation + " " + kind + (name.ends_with(".tmp") ? ".tmp" : "");
}

}  // namespace

TEST_CASE("the recorded run takes snapshots, and what they make unneeded goes") {
    MemoryDisk disk;
    std::set<std::string> kinds;
    disk.on_call = [&](const char* operation, const std::string& name) {
        kinds.insert(kind_of(operation, name));
        return std::nullopt;
    };
    const Course course = play(disk);
    CHECK_FALSE(course.ended_early);
    CHECK(course.snapshots == 4);
    const auto snapshots = journal::snapshots_of(disk.list());
    CHECK(snapshots.size() == 2);
    CHECK(journal::segments_of(disk.list()).front() == snapshots.front() + 1);
    for (const char* kind : {"write seg",
                             "fdatasync seg",
                             "fsync LOCK",  // a stop
                             "fsync directory",
                             "fallocate reserve",
                             "fsync seg.tmp",    // made at once
                             "rename seg",       // retired, to become a spare
                             "write spare.tmp",  // zeroed
                             "fdatasync spare",  // to be the next segment
                             "unlink seg",
                             "flock SNAPSHOT",
                             "write snap.tmp",
                             "fsync snap.tmp",
                             "read snap.tmp",
                             "rename snap.tmp",
                             "read snap",
                             "unlink snap",
                             "rename idx.tmp"}) {
        INFO(kind);
        CHECK(kinds.contains(kind));
    }
}

TEST_CASE("a fault at any call, those of snapshots too, loses nothing that was acknowledged") {
    MemoryDisk healthy;
    play(healthy);
    int ended = 0;
    int went_on = 0;
    for (const Fault fault : {Fault::eio, Fault::enospc, Fault::short_write}) {
        for (std::uint64_t call = 0; call < healthy.calls(); call += test::one_in) {
            INFO("fault " << static_cast<int>(fault) << " at call " << call);
            MemoryDisk disk;
            disk.fail_at(call, fault);
            const Course course = play(disk);
            disk.heal();
            ++(course.ended_early ? ended : went_on);
            REQUIRE(course.allows(recovered(*disk.crash(call))));
            check_recovers(disk, course);
        }
    }
    CHECK(ended > 300 / test::one_in);
    CHECK(went_on > 300 / test::one_in);
}

TEST_CASE("a crash at any call, those of snapshots too, loses nothing that was acknowledged") {
    MemoryDisk healthy;
    play(healthy);
    for (const Fault fault : {Fault::crash_before, Fault::crash_after}) {
        for (std::uint64_t call = 0; call < healthy.calls(); call += test::one_in) {
            MemoryDisk disk;
            disk.fail_at(call, fault);
            const Course course = play(disk);
            for (std::uint64_t seed = 0; seed < 2; ++seed) {
                INFO("crash at call " << call << ", seed " << seed);
                check_recovers(*disk.crash(1000 * call + seed), course);
            }
        }
    }
}

}  // namespace taskbbs::recovery_test
