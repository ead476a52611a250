// One bit that is not what it was: in any header, and in a sample of what lies behind them.
#include "tests/recovery/recorded.hpp"
#include "tests/sampled.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::recovery_test {

namespace {

constexpr std::size_t batch_header = 96;
constexpr std::size_t checksum = 4;  // the last bytes of a file's header

struct Count {
    int refused = 0;
    int harmless = 0;
    int cut = 0;

    void add(Verdict verdict) {
        refused += verdict == Verdict::refused ? 1 : 0;
        harmless += verdict == Verdict::harmless ? 1 : 0;
        cut += verdict == Verdict::cut ? 1 : 0;
    }
};

Verdict flip(const Recorded& recorded, const std::string& name, std::size_t byte, int bit) {
    INFO(name << " byte " << byte << " bit " << bit);
    const auto disk = recorded.disk->copy();
    char& changed = disk->bytes(name)[byte];
    changed = static_cast<char>(changed ^ (1 << bit));
    const Verdict verdict = judge(*disk, recorded);
    const bool in_last = name == recorded.newest && byte >= recorded.last_batch;
    REQUIRE((verdict != Verdict::cut || in_last));
    return verdict;
}

// The block of this byte begins with the segment's mark.
bool begins_a_batch(const std::string& segment, std::size_t byte) {
    const std::size_t block = byte / block_bytes * block_bytes;
    return block > 0 && segment.compare(block, 8, segment, 88, 8) == 0;
}

// Every bit of a file's header that means something, and of each batch's.
Count flip_headers(const Recorded& recorded, const std::string& name, std::size_t header) {
    Count count;
    const std::string bytes = recorded.disk->bytes(name);
    for (std::size_t byte = 0; byte < bytes.size(); ++byte) {
        const bool has_batches = name.starts_with("seg-") && begins_a_batch(bytes, byte);
        const bool in_header =
            byte < header || (byte >= block_bytes - checksum && byte < block_bytes);
        const bool in_batch = has_batches && byte % block_bytes < batch_header;
        if (!in_header && !in_batch) continue;
        for (int bit = static_cast<int>(byte % test::one_in); bit < 8; bit += test::one_in) {
            count.add(flip(recorded, name, byte, bit));
        }
    }
    return count;
}

}  // namespace

TEST_CASE("a flipped bit in a header of a segment or batch is refused or harmless") {
    const Recorded recorded = record(End::stopped);
    Count all;
    for (const std::string& name : recorded.segments()) {
        // Those before the newest snapshot are not read.
        if (!recorded.is_read(name)) continue;
        const Count count = flip_headers(recorded, name, 128);
        all.refused += count.refused;
        REQUIRE(count.cut == 0);
    }
    CHECK(all.refused > 4000 / test::one_in);
}

TEST_CASE("a flipped bit in a snapshot's header makes another one be used") {
    const Recorded recorded = record(End::stopped);
    for (const std::string& name : recorded.snapshots()) {
        const Count count = flip_headers(recorded, name, 144);
        CHECK((count.refused == 0 && count.cut == 0));
        CHECK(count.harmless >= 8 * (144 + 4) / test::one_in);
    }
}

TEST_CASE("a flipped bit behind the headers is refused or harmless") {
    const Recorded recorded = record(End::stopped);
    Count count;
    for (const std::string& name : recorded.files()) {
        const std::string bytes = recorded.disk->bytes(name);
        for (std::size_t byte = 128; byte < bytes.size();
             byte += test::one_in * (bytes[byte] != 0 ? 23 : 211)) {
            count.add(flip(recorded, name, byte, static_cast<int>(byte % 8)));
        }
    }
    CHECK(count.cut == 0);
    CHECK(count.refused > 300 / test::one_in);
    CHECK(count.harmless > 300 / test::one_in);
}

TEST_CASE("a flipped bit cuts the last batch where nothing confirms it, and no other one") {
    const Recorded recorded = record(End::killed);
    Count last;
    for (const std::string& name : recorded.segments()) {
        const std::string bytes = recorded.disk->bytes(name);
        for (std::size_t byte = 0; byte < bytes.size();
             byte += test::one_in * (bytes[byte] != 0 ? 29 : 211)) {
            const Verdict verdict = flip(recorded, name, byte, static_cast<int>(byte % 8));
            if (name == recorded.newest && byte >= recorded.last_batch && byte < recorded.tail) {
                last.add(verdict);
            }
        }
    }
    CHECK(last.cut > 50 / test::one_in);
}

}  // namespace taskbbs::recovery_test
