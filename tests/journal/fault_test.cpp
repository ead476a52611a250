// A recorded run is repeated with a fault at each of its I/O calls in turn. Whatever the fault:
// every acknowledged event is there afterwards, none is there that was not written, recovering
// again gives the same, and the journal can be written to.
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/recovery.hpp"
#include "tests/journal/memory_disk.hpp"
#include "tests/journal/run.hpp"
#include "tests/sampled.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::journal {

namespace {

using Fault = MemoryDisk::Fault;

struct Progress {
    Seq acknowledged = 0;
    Seq attempted = 0;
};

void write(Run& run, std::uint32_t count, Progress& progress) {
    progress.attempted = run.last() + count;
    run.write(count);
    progress.acknowledged = run.last();
}

// Two runs with turns to spares and to segments made at once, one of its own size, and both kinds
// of stop.
void script(MemoryDisk& disk, Progress& progress) {
    {
        Run run(disk);
        run.write_empty(began_to_serve);
        for (std::uint32_t count = 1; count < 4; ++count)
            write(run, count, progress);
        run.rest();
        write(run, 40, progress);
        run.write_empty(confirm);
        run.stop();
    }
    {
        Run run(disk);
        run.write_empty(began_to_serve);
        write(run, 2, progress);
        write(run, 2, progress);
        write(run, 200, progress);
        run.rest();
        write(run, 1, progress);
    }
    Run run(disk);
    write(run, 2, progress);
}

// True: it came to the end.
bool play(MemoryDisk& disk, Progress& progress) {
    try {
        script(disk, progress);
        return true;
    } catch (const JournalError&) {
        return false;
    } catch (const Crash&) {
        return false;
    }
}

void check_recovers(MemoryDisk& disk, const Progress& progress) {
    Seq last = 0;
    {
        Run run(disk);
        last = run.last();
        REQUIRE(last >= progress.acknowledged);
        REQUIRE(last <= progress.attempted);
        REQUIRE(run.replayed() == events_up_to(last));
    }
    {
        Run run(disk);
        REQUIRE(run.replayed() == events_up_to(last));
        run.write(3);
    }
    REQUIRE(replay(disk).events == events_up_to(last + 3));
}

std::uint64_t calls_of_script() {
    MemoryDisk disk;
    Progress progress;
    REQUIRE(play(disk, progress));
    return disk.calls();
}

}  // namespace

TEST_CASE("a fault at any call loses nothing that was acknowledged") {
    const std::uint64_t calls = calls_of_script();
    for (const Fault fault : {Fault::eio, Fault::enospc, Fault::short_write}) {
        for (std::uint64_t call = 0; call < calls; call += test::one_in) {
            MemoryDisk disk;
            Progress progress;
            disk.fail_at(call, fault);
            play(disk, progress);
            disk.heal();
            INFO("fault " << static_cast<int>(fault) << " at call " << call);
            check_recovers(disk, progress);
        }
    }
}

TEST_CASE("a fault, a restart and then a crash lose nothing that was acknowledged") {
    // After a failed sync the page cache shows what the disk never gets.
    const std::uint64_t calls = calls_of_script();
    for (std::uint64_t call = 0; call < calls; call += test::one_in) {
        MemoryDisk disk;
        Progress progress;
        disk.fail_at(call, Fault::eio);
        play(disk, progress);
        disk.heal();
        INFO("failed call " << call);
        {
            Run run(disk);
            REQUIRE(run.last() >= progress.acknowledged);
            write(run, 2, progress);
            write(run, 90, progress);
            write(run, 2, progress);
        }
        for (std::uint64_t seed = 0; seed < 4; ++seed) {
            const auto left = disk.crash(seed);
            check_recovers(*left, progress);
        }
    }
}

TEST_CASE("a crash at any call loses nothing that was acknowledged") {
    const std::uint64_t calls = calls_of_script();
    for (const Fault fault : {Fault::crash_before, Fault::crash_after}) {
        for (std::uint64_t call = 0; call < calls; call += test::one_in) {
            MemoryDisk disk;
            Progress progress;
            disk.fail_at(call, fault);
            play(disk, progress);
            for (std::uint64_t seed = 0; seed < 6; ++seed) {
                INFO("crash at call " << call << ", seed " << seed);
                const auto left = disk.crash(1000 * call + seed);
                check_recovers(*left, progress);
            }
        }
    }
}

TEST_CASE("a crash within the recovery from a crash loses nothing either") {
    const std::uint64_t calls = calls_of_script();
    for (std::uint64_t call = 0; call < calls; call += 3 * test::one_in) {
        MemoryDisk disk;
        Progress progress;
        disk.fail_at(call, Fault::crash_after);
        play(disk, progress);
        const std::uint64_t seed = 77 * call;
        for (std::uint64_t second = 0;; second += 2) {
            const auto left = disk.crash(seed);
            left->fail_at(second, Fault::crash_after);
            bool through = false;
            try {
                replay(*left);
                through = true;
            } catch (const Crash&) {
            }
            INFO("crash at call " << call << ", then at call " << second << " of the recovery");
            check_recovers(*left->crash(seed + second), progress);
            if (through) break;
        }
    }
}

TEST_CASE("a fault within recovery is an error, and the next recovery succeeds") {
    MemoryDisk pristine;
    Progress progress;
    play(pristine, progress);
    for (const Fault fault : {Fault::eio, Fault::enospc, Fault::short_write}) {
        for (std::uint64_t call = 0;; ++call) {
            const auto disk = pristine.copy();
            disk->fail_at(call, fault);
            bool through = false;
            try {
                replay(*disk);
                through = true;
            } catch (const JournalError&) {
            }
            disk->heal();
            check_recovers(*disk, progress);
            if (through) break;
        }
    }
}

}  // namespace taskbbs::journal
