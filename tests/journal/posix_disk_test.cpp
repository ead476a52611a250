// The file system as a Disk.
#include "broker/journal/posix_disk.hpp"

#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "tests/journal/run.hpp"
#include "tests/journal/scratch.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace taskbbs::journal {

namespace {

// No file grows beyond it while this lives: what a full disk does, without one.
class LargestFile {
  public:
    explicit LargestFile(rlim_t bytes) : before_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }

    ~LargestFile() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, before_handler_);
    }

    LargestFile(const LargestFile&) = delete;
    LargestFile& operator=(const LargestFile&) = delete;

  private:
    rlimit before_{};
    void (*before_handler_)(int);
};

}  // namespace

TEST_CASE("a journal on the file system is recovered") {
    const Scratch scratch;
    {
        PosixDisk disk(scratch.path());
        Run run(disk);
        for (std::uint32_t count = 1; count < 20; ++count)
            run.write(count);
        run.rest();
        run.write(600);
        run.stop();
    }
    PosixDisk disk(scratch.path());
    const Replayed found = replay(disk);
    CHECK(found.events == events_up_to(190 + 600));
    CHECK(found.recovered.clean_stop);
    CHECK(found.recovered.torn_bytes == 0);
}

TEST_CASE("a directory that is in use can't be locked twice") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    PosixDisk other(scratch.path());
    const Replayed held = replay(disk);
    CHECK_THROWS_AS(replay(other), LockedError);
    CHECK_THROWS_WITH(replay(other), Catch::Contains("another broker"));
}

TEST_CASE("the lock is free again when its holder is gone") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    { const Replayed held = replay(disk); }
    CHECK_NOTHROW(replay(disk));
}

TEST_CASE("who may only read keeps a broker out, and no other reader") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    const std::string name(lock_name);
    CHECK_THROWS_AS(disk.lock_to_read(name), JournalError);
    { const auto made = disk.lock(name); }
    const std::string file = scratch.path() + "/" + name;
    REQUIRE(::chmod(file.c_str(), 0440) == 0);
    {
        const auto reader = disk.lock_to_read(name);
        REQUIRE(reader);
        CHECK(disk.lock_to_read(name));
        CHECK_FALSE(disk.lock(name));
    }
    const auto broker = disk.lock(name);
    CHECK_FALSE(disk.lock_to_read(name));
}

TEST_CASE("a missing directory is an error that names it") {
    const Scratch scratch;
    const std::string missing = scratch.path() + "/missing";
    CHECK_THROWS_WITH(PosixDisk(missing), Catch::Contains(missing + ": No such file"));
}

TEST_CASE("a file that is not there has errno ENOENT") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    try {
        disk.open_to_read("missing");
        FAIL("it was opened");
    } catch (const JournalError& error) {
        CHECK(error.code() == ENOENT);
        CHECK(error.operation() == "open");
        CHECK(error.file() == scratch.path() + "/missing");
    }
    CHECK_NOTHROW(disk.remove("missing"));
}

TEST_CASE("files are written, read, grown, cut and renamed") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    const std::unique_ptr<File> file = disk.create("a");
    file->write_at(10, "hello");
    file->write_back(0, 15);
    file->sync_data();
    file->sync();
    std::string bytes(20, 'x');
    CHECK(file->read_at(8, bytes) == 7);
    CHECK(bytes.substr(0, 7) == std::string("\0\0hello", 7));
    file->allocate(8192);
    CHECK(file->size() == 8192);
    file->truncate(12);
    CHECK(file->size() == 12);
    disk.rename("a", "b");
    disk.sync_directory();
    CHECK(disk.list() == std::vector<std::string>{"b"});
    CHECK(disk.free_bytes() <= disk.total_bytes());
    std::string random(64, '\0');
    disk.random(random);
    CHECK(random != std::string(64, '\0'));
}

TEST_CASE("a write that is cut short fails for what cut it") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    const std::unique_ptr<File> file = disk.create("a");
    const LargestFile limit(4096);
    try {
        file->write_at(0, std::string(8192, 'x'));
        FAIL("it was written");
    } catch (const JournalError& error) {
        CHECK(error.code() == EFBIG);
    }
    CHECK(file->size() == 4096);
}

TEST_CASE("a symbolic link is not followed") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    REQUIRE(::symlink("/etc/passwd", (scratch.path() + "/LOCK").c_str()) == 0);
    CHECK_THROWS_AS(replay(disk), JournalError);
}

}  // namespace taskbbs::journal
