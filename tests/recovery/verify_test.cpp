// `taskbbsd journal verify` finds what recovery refuses, and what it does not even look at.
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal_tools.hpp"
#include "tests/recovery/recorded.hpp"
#include "tests/sampled.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

namespace taskbbs::recovery_test {

namespace {

// True: it was found, by a message that helps. Nothing is changed in any case.
bool verify_finds(MemoryDisk& disk) {
    const auto before = contents(disk);
    bool found = false;
    try {
        broker::verify_journal(disk, board_settings());
    } catch (const journal::CorruptError& error) {
        require_helpful(error.what());
        found = true;
    } catch (const journal::UnsupportedError&) {
        found = true;
    }
    auto after = contents(disk);
    if (!before.contains("LOCK")) after.erase("LOCK");
    REQUIRE(after == before);
    return found;
}

}  // namespace

TEST_CASE("verify says that a whole journal holds") {
    for (const End end : {End::stopped, End::killed}) {
        const Recorded recorded = record(end);
        const std::string said = broker::verify_journal(*recorded.disk, board_settings());
        CHECK(said.find("state " + fmt::format("{:016x}", recorded.end.digest)) !=
              std::string::npos);
    }
}

TEST_CASE("verify finds a flipped bit in any record, header or snapshot") {
    const Recorded recorded = record(End::stopped);
    for (const std::string& name : recorded.files()) {
        const std::string bytes = recorded.disk->bytes(name);
        for (std::size_t byte = 0; byte < bytes.size();
             byte += test::one_in * (bytes[byte] != 0 ? 41 : 211)) {
            INFO(name << " byte " << byte);
            if (name == recorded.newest && byte >= recorded.tail) break;
            const bool padding = bytes[byte] == 0 && byte >= block_bytes;
            const auto disk = recorded.disk->copy();
            char& changed = disk->bytes(name)[byte];
            changed = static_cast<char>(changed ^ (1 << byte % 8));
            REQUIRE((verify_finds(*disk) || padding));
        }
    }
}

TEST_CASE("verify finds whatever recovery refuses") {
    const Recorded recorded = record(End::stopped);
    for (const std::string& name : recorded.files()) {
        const std::size_t size = recorded.disk->bytes(name).size();
        for (std::size_t at = 0; at < size; at += 1021) {
            INFO(name << " cut at " << at);
            const auto cut = recorded.disk->copy();
            cut->bytes(name).resize(at);
            REQUIRE(verify_finds(*cut));
            cut->bytes(name).resize(size);
            const bool refused = judge(*cut->copy(), recorded) == Verdict::refused;
            REQUIRE((verify_finds(*cut) || !refused));
        }
    }
}

TEST_CASE("verify finds a segment that is missing between others, or at the end") {
    const Recorded recorded = record(End::stopped);
    const auto segments = recorded.segments();
    for (std::size_t i = 1; i < segments.size(); ++i) {
        INFO(segments[i]);
        const auto disk = recorded.disk->copy();
        disk->remove(segments[i]);
        CHECK(verify_finds(*disk));
    }
}

}  // namespace taskbbs::recovery_test
