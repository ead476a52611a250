// Blocks that are not what they were: read as zero, changed places, written twice.
#include "tests/recovery/recorded.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace taskbbs::recovery_test {

namespace {

using Damage = std::function<void(std::string& bytes, std::size_t block)>;

void zero(std::string& bytes, std::size_t block) {
    bytes.replace(block * block_bytes, block_bytes, block_bytes, '\0');
}

std::string block_of(const std::string& bytes, std::size_t block) {
    return bytes.substr(block * block_bytes, block_bytes);
}

void put(std::string& bytes, std::size_t block, const std::string& content) {
    bytes.replace(block * block_bytes, content.size(), content);
}

void swap_with_next(std::string& bytes, std::size_t block) {
    const std::string first = block_of(bytes, block);
    put(bytes, block, block_of(bytes, block + 1));
    put(bytes, block + 1, first);
}

void repeat_over_next(std::string& bytes, std::size_t block) {
    put(bytes, block + 1, block_of(bytes, block));
}

// Does it to each block of each file; how many were refused.
int judge_all(const Recorded& recorded, std::size_t at_once, const Damage& damage) {
    int refused = 0;
    for (const std::string& name : recorded.files()) {
        const std::string whole = recorded.disk->bytes(name);
        for (std::size_t block = 0; (block + at_once) * block_bytes <= whole.size(); ++block) {
            INFO(name << " block " << block);
            const auto disk = recorded.disk->copy();
            damage(disk->bytes(name), block);
            const std::string damaged = disk->bytes(name);
            const Verdict verdict = judge_twice(*disk, recorded);
            const std::size_t last_touched = (block + at_once) * block_bytes;
            const bool in_last = name == recorded.newest && last_touched > recorded.last_batch;
            REQUIRE((verdict != Verdict::cut || in_last));
            if (damaged == whole) REQUIRE(verdict == Verdict::harmless);
            refused += verdict == Verdict::refused ? 1 : 0;
        }
    }
    return refused;
}

}  // namespace

TEST_CASE("a block that reads as zero is refused or harmless") {
    CHECK(judge_all(record(End::stopped), 1, zero) > 15);
    CHECK(judge_all(record(End::killed), 1, zero) > 15);
}

TEST_CASE("two blocks that changed places are refused or harmless") {
    CHECK(judge_all(record(End::stopped), 2, swap_with_next) > 15);
    CHECK(judge_all(record(End::killed), 2, swap_with_next) > 15);
}

TEST_CASE("a block that was written over the next one is refused or harmless") {
    CHECK(judge_all(record(End::stopped), 2, repeat_over_next) > 15);
    CHECK(judge_all(record(End::killed), 2, repeat_over_next) > 15);
}

TEST_CASE("blocks that changed places between two files are refused or harmless") {
    const Recorded recorded = record(End::stopped);
    const auto names = recorded.files();
    for (std::size_t i = 0; i + 1 < names.size(); ++i) {
        const std::size_t blocks = std::min(recorded.disk->bytes(names[i]).size(),
                                            recorded.disk->bytes(names[i + 1]).size()) /
                                   block_bytes;
        for (std::size_t block = 0; block < blocks; ++block) {
            INFO(names[i] << " and the next, block " << block);
            const auto disk = recorded.disk->copy();
            const std::string first = block_of(disk->bytes(names[i]), block);
            put(disk->bytes(names[i]), block, block_of(disk->bytes(names[i + 1]), block));
            put(disk->bytes(names[i + 1]), block, first);
            REQUIRE(judge_twice(*disk, recorded) != Verdict::cut);
        }
    }
}

}  // namespace taskbbs::recovery_test
