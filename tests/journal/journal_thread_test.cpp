// The journal thread: batches come back durable, failures are final.
#include "broker/journal/journal_thread.hpp"

#include "broker/journal/error.hpp"
#include "broker/journal/posix_disk.hpp"
#include "tests/journal/memory_disk.hpp"
#include "tests/journal/run.hpp"
#include "tests/journal/scratch.hpp"
#include "tests/journal/waiting.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::journal {

namespace {

std::unique_ptr<Batch> batch_of(Seq first, std::uint32_t count) {
    auto batch = std::make_unique<Batch>();
    batch->set_first_seq(first);
    for (std::uint32_t i = 0; i < count; ++i) {
        const Event made = event(first + i);
        batch->append(made.tags, made.body, made.rest);
    }
    return batch;
}

// The batch that was submitted.
std::unique_ptr<Batch> complete(JournalThread& journal) {
    REQUIRE(becomes_readable(journal.fd()));
    return journal.take_completed();
}

}  // namespace

TEST_CASE("a submitted batch comes back when it is durable") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    {
        JournalThread journal(disk, small_settings(), replay(disk).recovered, {});
        Seq next = 1;
        for (std::uint32_t count = 1; count < 60; ++count) {
            CHECK_FALSE(journal.busy());
            journal.submit(batch_of(next, count));
            CHECK(journal.busy());
            const std::unique_ptr<Batch> batch = complete(journal);
            REQUIRE(batch);
            CHECK(batch->first_seq() == next);
            next = batch->last_seq() + 1;
            CHECK_FALSE(is_readable(journal.fd()));
        }
        CHECK(journal.batches() == 59);
        CHECK(journal.syncs() >= 59);
        CHECK(journal.progress() >= 59);
        CHECK(journal.bytes_written() > 0);
        journal.stop();
    }
    const Replayed found = replay(disk);
    CHECK(found.events == events_up_to(59 * 60 / 2));
    CHECK(found.recovered.clean_stop);
}

TEST_CASE("nothing is completed before something was submitted") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    JournalThread journal(disk, small_settings(), replay(disk).recovered, {});
    CHECK_FALSE(is_readable(journal.fd()));
    CHECK(journal.take_completed() == nullptr);
}

TEST_CASE("the loop may commit a batch itself where nothing is in flight") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    {
        JournalThread journal(disk, small_settings(), replay(disk).recovered, {});
        journal.submit(batch_of(1, 2));
        complete(journal);
        CHECK(journal.commit_here(*batch_of(3, 2)));
        journal.submit(batch_of(5, 2));
        complete(journal);
        // It does not fit into the segment: for the thread.
        const std::unique_ptr<Batch> large = batch_of(7, 200);
        CHECK_FALSE(journal.commit_here(*large));
    }
    CHECK(replay(disk).events == events_up_to(6));
}

TEST_CASE("a thread that is ended without a stop finishes the batch in flight") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    {
        JournalThread journal(disk, small_settings(), replay(disk).recovered, {});
        journal.submit(batch_of(1, 20));
    }
    const Replayed found = replay(disk);
    CHECK(found.events == events_up_to(20));
    CHECK_FALSE(found.recovered.clean_stop);
}

TEST_CASE("a stop takes the batch in flight along") {
    const Scratch scratch;
    PosixDisk disk(scratch.path());
    {
        JournalThread journal(disk, small_settings(), replay(disk).recovered, {});
        journal.submit(batch_of(1, 20));
        journal.stop();
    }
    const Replayed found = replay(disk);
    CHECK(found.events == events_up_to(20));
    CHECK(found.recovered.clean_stop);
}

TEST_CASE("a failure is thrown to the loop and no batch comes back") {
    MemoryDisk disk;
    Settings settings = small_settings();
    settings.reserve_bytes = 0;
    Recovered recovered = replay(disk, settings).recovered;
    // With its spare there the spares' thread has nothing to do: MemoryDisk is for one at a time.
    disk.put("spare-1", std::string(settings.segment_bytes, '\0'));
    JournalThread journal(disk, settings, std::move(recovered), {});
    disk.fail_at(disk.calls() + 1, MemoryDisk::Fault::eio);
    journal.submit(batch_of(1, 2));
    REQUIRE(becomes_readable(journal.fd()));
    CHECK_THROWS_AS(journal.take_completed(), JournalError);
    CHECK_THROWS_AS(journal.take_completed(), JournalError);
    CHECK(journal.busy());
    CHECK(is_readable(journal.fd()));
    CHECK_THROWS_AS(journal.stop(), JournalError);
}

}  // namespace taskbbs::journal
