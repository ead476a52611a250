// Ends that are missing: files that became shorter, and files whose end reads as zero.
#include "tests/recovery/recorded.hpp"
#include "tests/sampled.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::recovery_test {

namespace {

std::unique_ptr<MemoryDisk> cut_off(const Recorded& recorded,
                                    const std::string& name,
                                    std::size_t bytes) {
    auto disk = recorded.disk->copy();
    disk->bytes(name).resize(bytes);
    return disk;
}

std::unique_ptr<MemoryDisk> zeroed_from(const Recorded& recorded,
                                        const std::string& name,
                                        std::size_t begin) {
    auto disk = cut_off(recorded, name, begin);
    disk->bytes(name).resize(recorded.disk->bytes(name).size());
    return disk;
}

}  // namespace

TEST_CASE("the segment in use cut off at any byte of its last batches is refused") {
    const Recorded recorded = record(End::stopped);
    for (std::size_t at = recorded.last_batch - block_bytes; at < recorded.tail;
         at += 3 * test::one_in) {
        INFO("byte " << at);
        REQUIRE(judge(*cut_off(recorded, recorded.newest, at), recorded) == Verdict::refused);
    }
}

TEST_CASE("a segment cut off anywhere is refused where it is needed") {
    const Recorded recorded = record(End::killed);
    int needed = 0;
    for (const std::string& name : recorded.segments()) {
        int refused = 0;
        const std::size_t size = recorded.disk->bytes(name).size();
        for (std::size_t at = 0; at < size; at += 397) {
            INFO(name << " byte " << at);
            const Verdict verdict = judge(*cut_off(recorded, name, at), recorded);
            REQUIRE(verdict != Verdict::cut);
            refused += verdict == Verdict::refused ? 1 : 0;
        }
        REQUIRE((refused == 0 || refused == static_cast<int>((size + 396) / 397)));
        needed += refused > 0 ? 1 : 0;
    }
    CHECK(needed >= 3);
}

TEST_CASE("a last batch of which only the begin was written is cut where nothing confirms it") {
    const Recorded recorded = record(End::killed);
    const std::string whole = recorded.disk->bytes(recorded.newest);
    for (std::size_t at = recorded.last_batch; at < recorded.tail; at += 3 * test::one_in) {
        INFO("byte " << at);
        const auto disk = zeroed_from(recorded, recorded.newest, at);
        const bool complete = disk->bytes(recorded.newest) == whole;
        REQUIRE(judge(*disk, recorded) == (complete ? Verdict::harmless : Verdict::cut));
    }
}

TEST_CASE("a journal that was stopped in order is refused when its end reads as zero") {
    const Recorded recorded = record(End::stopped);
    const std::string whole = recorded.disk->bytes(recorded.newest);
    for (std::size_t at = 0; at < recorded.tail; at += at < recorded.last_batch ? 131 : 5) {
        INFO("byte " << at);
        const auto disk = zeroed_from(recorded, recorded.newest, at);
        const bool complete = disk->bytes(recorded.newest) == whole;
        REQUIRE(judge(*disk, recorded) == (complete ? Verdict::harmless : Verdict::refused));
    }
}

TEST_CASE("a snapshot cut off anywhere makes another one be used") {
    const Recorded recorded = record(End::stopped);
    for (const std::string& name : recorded.snapshots()) {
        const std::size_t size = recorded.disk->bytes(name).size();
        for (std::size_t at = 0; at < size; at += at < 4000 ? 307 : 29) {
            INFO(name << " byte " << at);
            REQUIRE(judge(*cut_off(recorded, name, at), recorded) == Verdict::harmless);
            REQUIRE(judge(*zeroed_from(recorded, name, at), recorded) == Verdict::harmless);
        }
    }
}

}  // namespace taskbbs::recovery_test
