// Any flipped bit and any truncation of a journal that was stopped cleanly is found and refused, or
// harmless: never a wrong event, never a crash of the reader.
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/recovery.hpp"
#include "tests/journal/memory_disk.hpp"
#include "tests/journal/run.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::journal {

namespace {

enum class Outcome { refused, harmless };

Outcome recover_damaged(MemoryDisk& disk, Seq last) {
    try {
        const Replayed found = replay(disk);
        if (found.events != events_up_to(last)) FAIL("wrong events");
    } catch (const CorruptError&) {
        return Outcome::refused;
    } catch (const UnsupportedError&) {
        return Outcome::refused;
    }
    // What was let pass is let pass again, and can be written to.
    {
        Run run(disk);
        REQUIRE(run.last() == last);
        run.write(1);
    }
    REQUIRE(replay(disk).events == events_up_to(last + 1));
    return Outcome::harmless;
}

struct Journal {
    MemoryDisk disk;
    Seq last = 0;
};

void fill(Journal& journal) {
    Run run(journal.disk);
    run.write_empty(began_to_serve);
    for (std::uint32_t count = 1; count < 6; ++count)
        run.write(count);
    run.write_empty(confirm);
    run.write(40);
    run.write(2);
    run.stop();
    journal.last = run.last();
}

// Positions worth a try: all bytes that are not zero, and a sample of the others.
bool is_tried(const std::string& bytes, std::size_t i) {
    if (bytes[i] != 0 || i % 61 == 0) return true;
    return i > 0 && bytes[i - 1] != 0;
}

}  // namespace

TEST_CASE("a flipped bit anywhere is refused or harmless") {
    Journal journal;
    fill(journal);
    std::size_t refused = 0;
    for (const std::string& name : journal.disk.copy()->list()) {
        const std::string bytes = journal.disk.bytes(name);
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            if (!is_tried(bytes, i)) continue;
            const auto disk = journal.disk.copy();
            char& byte = disk->bytes(name)[i];
            byte = static_cast<char>(byte ^ (1 << i % 8));
            INFO(name << " at " << i);
            if (recover_damaged(*disk, journal.last) == Outcome::refused) ++refused;
        }
    }
    CHECK(refused > 1000);
}

TEST_CASE("a flipped bit in the records of any batch is refused") {
    Journal journal;
    fill(journal);
    for (const Seq segment : segments_of(journal.disk.copy()->list())) {
        const std::string name = segment_name(segment);
        const std::string bytes = journal.disk.bytes(name);
        for (std::size_t i = block_bytes; i < bytes.size(); ++i) {
            if (i % block_bytes < batch_header_bytes || bytes[i] == 0) continue;
            const auto disk = journal.disk.copy();
            char& byte = disk->bytes(name)[i];
            byte = static_cast<char>(byte ^ (1 << i % 8));
            REQUIRE(recover_damaged(*disk, journal.last) == Outcome::refused);
        }
    }
}

TEST_CASE("a segment cut off at any byte is refused") {
    Journal journal;
    fill(journal);
    for (const Seq segment : segments_of(journal.disk.copy()->list())) {
        const std::string name = segment_name(segment);
        const auto disk = journal.disk.copy();
        // From the end on: what is refused changes nothing.
        std::size_t refused = 0;
        const std::size_t size = disk->bytes(name).size();
        const std::size_t step = segment == 1 ? 1 : 13;
        for (std::size_t cut = 1; cut <= size; cut += step) {
            disk->bytes(name).resize(size - cut);
            if (recover_damaged(*disk, journal.last) == Outcome::refused) ++refused;
        }
        CHECK(refused == (size + step - 1) / step);
    }
}

TEST_CASE("a segment with bytes added is refused") {
    Journal journal;
    fill(journal);
    for (const Seq segment : segments_of(journal.disk.copy()->list())) {
        const auto disk = journal.disk.copy();
        disk->bytes(segment_name(segment)) += std::string(block_bytes, '\0');
        REQUIRE(recover_damaged(*disk, journal.last) == Outcome::refused);
    }
}

TEST_CASE("two segments exchanged are refused") {
    Journal journal;
    fill(journal);
    const std::vector<Seq> segments = segments_of(journal.disk.copy()->list());
    REQUIRE(segments.size() >= 3);
    std::swap(journal.disk.bytes(segment_name(segments[0])),
              journal.disk.bytes(segment_name(segments[1])));
    CHECK(recover_damaged(journal.disk, journal.last) == Outcome::refused);
}

TEST_CASE("batches exchanged within a segment are refused") {
    MemoryDisk disk;
    {
        Run run(disk);
        for (int i = 0; i < 3; ++i)
            run.write(2);
    }
    std::string& bytes = disk.bytes(segment_name(1));
    const std::string second = bytes.substr(2 * block_bytes, block_bytes);
    bytes.replace(2 * block_bytes, block_bytes, bytes, 3 * block_bytes, block_bytes);
    bytes.replace(3 * block_bytes, block_bytes, second);
    CHECK_THROWS_AS(replay(disk), CorruptError);
}

}  // namespace taskbbs::journal
