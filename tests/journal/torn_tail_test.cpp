// What stands behind the last whole batch: a torn write is cut and kept, damage is refused.
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/recovery.hpp"
#include "tests/journal/memory_disk.hpp"
#include "tests/journal/run.hpp"
#include "tests/sampled.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::journal {

namespace {

struct Journal {
    std::unique_ptr<MemoryDisk> disk = std::make_unique<MemoryDisk>();
    std::string newest;
    std::uint64_t begin = 0;  // of the last batch
    std::uint64_t end = 0;
    Seq before = 0;  // the last event before that batch
};

// Its last batch holds `count` events and is not confirmed.
Journal journal_ending_in(std::uint32_t count) {
    Journal made;
    Run run(*made.disk);
    for (int i = 0; i < 4; ++i)
        run.write(2);
    made.before = run.last();
    made.begin = run.writer().tail().offset;
    run.write(count);
    made.newest = run.writer().tail().file;
    made.end = run.writer().tail().offset;
    return made;
}

}  // namespace

TEST_CASE("a last batch torn at any byte is cut and kept") {
    const Journal made = journal_ending_in(50);
    const std::string whole = made.disk->bytes(made.newest);
    REQUIRE(made.end - made.begin == 2 * block_bytes);
    for (std::uint64_t torn_at = made.begin + 1; torn_at < made.end; torn_at += test::one_in) {
        const auto disk = made.disk->copy();
        std::string& bytes = disk->bytes(made.newest);
        std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(torn_at), bytes.end(), '\0');
        const bool complete = bytes == whole;
        const Replayed found = replay(*disk);
        REQUIRE(found.events == events_up_to(complete ? made.before + 50 : made.before));
        if (complete) continue;
        REQUIRE(found.recovered.torn_bytes > 0);
        REQUIRE(found.recovered.torn_file == made.newest + ".torn");
        const std::string kept = disk->bytes(found.recovered.torn_file);
        REQUIRE(kept == whole.substr(made.begin, kept.size()));
        REQUIRE(kept.size() == found.recovered.torn_bytes);
    }
}

TEST_CASE("a last batch of which any sectors are missing is cut") {
    const Journal made = journal_ending_in(50);
    for (unsigned lost = 1; lost < 1U << 15; lost += 37 * test::one_in) {
        const auto disk = made.disk->copy();
        std::string& bytes = disk->bytes(made.newest);
        for (std::uint64_t sector = 0; sector < 15; ++sector) {
            if ((lost >> sector & 1) == 0) continue;
            bytes.replace(made.begin + 512 * sector, 512, 512, '\0');
        }
        const Seq last = replay(*disk).recovered.next_seq() - 1;
        // Those of its zero padding may be missing.
        REQUIRE((last == made.before || last == made.before + 50));
    }
}

TEST_CASE("where a torn batch was cut the journal goes on") {
    const Journal made = journal_ending_in(50);
    std::string& bytes = made.disk->bytes(made.newest);
    bytes.replace(made.begin + 4000, 512, 512, '\0');
    {
        Run run(*made.disk);
        CHECK(run.last() == made.before);
        run.write(3);
        run.stop();
    }
    const Replayed found = replay(*made.disk);
    CHECK(found.events == events_up_to(made.before + 3));
    CHECK(found.recovered.torn_bytes == 0);
    CHECK(found.recovered.clean_stop);
}

TEST_CASE("each torn tail is kept under a name of its own") {
    MemoryDisk disk;
    Run(disk).write(1);
    for (const char* const name : {".torn", ".torn.2", ".torn.3"}) {
        std::string& bytes = disk.bytes(segment_name(1));
        bytes[2 * block_bytes + 7] = 'x';
        const Replayed found = replay(disk);
        CHECK(found.recovered.torn_file == segment_name(1) + name);
        CHECK(found.recovered.torn_bytes == 8);
    }
}

TEST_CASE("damage to a batch that a confirmation follows is refused") {
    const Journal made = journal_ending_in(3);
    Run(*made.disk).write_empty(confirm);
    made.disk->bytes(made.newest)[made.begin + 130] ^= 4;
    CHECK_THROWS_AS(replay(*made.disk), CorruptError);
}

TEST_CASE("damage to the last batch that nothing confirms can't be told from a torn write") {
    const Journal made = journal_ending_in(3);
    made.disk->bytes(made.newest)[made.begin + 130] ^= 4;
    const Replayed found = replay(*made.disk);
    CHECK(found.events == events_up_to(made.before));
    CHECK(found.recovered.torn_bytes > 0);
}

TEST_CASE("data behind the largest possible batch is refused") {
    const Journal made = journal_ending_in(3);
    std::string& bytes = made.disk->bytes(made.newest);
    SECTION("of a torn batch whose header holds: behind its length") {
        bytes[made.begin + 130] ^= 4;
        bytes[made.end] = 'x';
    }
    SECTION("of any other: behind half a segment") {
        bytes[made.begin] ^= 4;
        bytes.back() = 'x';
    }
    CHECK_THROWS_WITH(replay(*made.disk), Catch::Contains("damaged"));
}

TEST_CASE("bytes that a client chose are not taken for a batch") {
    // Another journal's batch, whole, inside of a torn one's record.
    MemoryDisk other;
    Run(other).write(1);
    const std::string forged = other.bytes(segment_name(1)).substr(block_bytes, block_bytes);

    MemoryDisk disk;
    disk.random(std::span<char>(std::string(64, ' ').data(), 64));
    {
        Run run(disk);
        Batch batch;
        batch.set_first_seq(1);
        batch.append({}, "", std::string(block_bytes - 120, 'x') + forged);
        run.writer().commit(batch);
    }
    std::string& bytes = disk.bytes(segment_name(1));
    REQUIRE(bytes.substr(2 * block_bytes, block_bytes) == forged);
    bytes[block_bytes] ^= 1;
    CHECK(replay(disk).recovered.torn_bytes > 0);
}

TEST_CASE("a crash between successor and seal is mended") {
    MemoryDisk disk;
    std::uint64_t seal = 0;
    {
        Run run(disk);
        for (int i = 0; i < 3; ++i)
            run.write(2);
        seal = run.writer().tail().offset;
        run.write(2);
    }
    // The first batch of the successor never came to the disk.
    std::string& successor = disk.bytes(segment_name(7));
    successor.replace(block_bytes, block_bytes, block_bytes, '\0');
    std::string& predecessor = disk.bytes(segment_name(1));
    const std::string whole = predecessor;
    SECTION("before the seal") {
        predecessor.replace(seal, block_bytes, block_bytes, '\0');
    }
    SECTION("in the midst of it") {
        predecessor.replace(seal + 40, 20, 20, '\0');
    }
    SECTION("after it"){} {
        Run run(disk);
        CHECK(run.last() == 6);
        CHECK(disk.bytes(segment_name(1)) == whole);
        run.write(1);
    }
    CHECK(replay(disk).events == events_up_to(7));
}

TEST_CASE("a seal that is missing where the successor was used is refused") {
    MemoryDisk disk;
    {
        Run run(disk);
        for (int i = 0; i < 4; ++i)
            run.write(2);
        run.stop();
    }
    std::string& predecessor = disk.bytes(segment_name(1));
    predecessor.replace(4 * block_bytes, block_bytes, block_bytes, '\0');
    CHECK_THROWS_WITH(replay(disk), Catch::Contains("seal is missing"));
}

TEST_CASE("a torn first batch of an own-size segment is cut") {
    MemoryDisk disk;
    Seq before = 0;
    {
        Run run(disk);
        run.write(2);
        before = run.last();
        run.write(600);
    }
    std::string& bytes = disk.bytes(segment_name(3));
    bytes.replace(9 * block_bytes, 512, 512, '\0');
    CHECK(replay(disk).events == events_up_to(before));
    Run run(disk);
    run.write(600);
    CHECK(run.last() == before + 600);
}

TEST_CASE("a journal that ends before a confirmed batch is refused, be all behind it zero") {
    MemoryDisk disk;
    {
        Run run(disk);
        run.write(2);
        run.write(2);
        run.write_empty(confirm);
    }
    std::string& segment = disk.bytes(segment_name(1));
    segment.replace(2 * block_bytes, 2 * block_bytes, 2 * block_bytes, '\0');
    CHECK_THROWS_WITH(replay(disk), Catch::Contains("was synced"));
}

}  // namespace taskbbs::journal
