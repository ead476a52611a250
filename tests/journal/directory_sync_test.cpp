// A sync of the directory that failed: the kernel says so once, to one thread, and every later sync
// seems to succeed. The disk remembers it for all of them.
#include "broker/journal/error.hpp"
#include "broker/journal/posix_disk.hpp"
#include "tests/journal/scratch.hpp"
#include "tests/journal/tapped_fsync.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <future>

namespace taskbbs::journal {

namespace {

using namespace std::chrono_literals;

// The errno of a sync of the directory; 0: it succeeded.
int sync_of(PosixDisk& disk) {
    try {
        disk.sync_directory();
        return 0;
    } catch (const JournalError& error) {
        return error.code();
    }
}

}  // namespace

TEST_CASE("once a sync of the directory has failed, no later one is believed, by any thread") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    std::atomic<int> calls = 0;
    const TappedFsync tapped([&] { return ++calls == 2 ? EIO : 0; });
    CHECK(sync_of(disk) == 0);
    const auto elsewhere = [&] { return std::async(std::launch::async, sync_of, std::ref(disk)); };
    CHECK(elsewhere().get() == EIO);
    CHECK(sync_of(disk) == EIO);
    CHECK(elsewhere().get() == EIO);
    PosixDisk another(scratch.path());
    CHECK(sync_of(another) == 0);
}

TEST_CASE("a sync of the directory waits for one that is about to fail") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    std::promise<void> failure_is_taken;
    std::promise<void> other_is_done;
    std::atomic<int> calls = 0;
    const TappedFsync tapped([&] {
        if (++calls > 1) return 0;
        // The kernel has told this thread, which was not yet able to say so to anyone.
        failure_is_taken.set_value();
        other_is_done.get_future().wait_for(200ms);
        return EIO;
    });
    auto failing = std::async(std::launch::async, sync_of, std::ref(disk));
    failure_is_taken.get_future().wait();
    CHECK(sync_of(disk) == EIO);
    other_is_done.set_value();
    CHECK(failing.get() == EIO);
}

}  // namespace taskbbs::journal
