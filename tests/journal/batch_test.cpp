// Batches: what is appended comes back, and the bytes are the ones documented.
#include "broker/journal/batch.hpp"

#include "broker/journal/format.hpp"
#include "tests/journal/run.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace taskbbs::journal {

namespace {

std::vector<Event> events_in(const Batch& batch) {
    std::vector<Event> events;
    for (const Record& record : batch.records()) {
        events.push_back(
            {record.seq, record.tags, std::string(record.body), std::string(record.rest)});
    }
    return events;
}

void fill(Batch& batch, Seq first, std::uint32_t count) {
    batch.set_first_seq(first);
    for (std::uint32_t i = 0; i < count; ++i) {
        const Event made = event(first + i);
        batch.append(made.tags, made.body, made.rest);
    }
}

}  // namespace

TEST_CASE("a batch gives back its records in order") {
    Batch batch;
    fill(batch, 1, 500);
    CHECK(events_in(batch) == events_up_to(500));
    CHECK(batch.first_seq() == 1);
    CHECK(batch.last_seq() == 500);
    CHECK(batch.count() == 500);
}

TEST_CASE("an empty batch has no records and takes one block") {
    Batch batch;
    batch.set_first_seq(9);
    CHECK(batch.empty());
    CHECK(events_in(batch).empty());
    CHECK(batch.last_seq() == 8);
    CHECK(batch.padded_bytes() == block_bytes);
}

TEST_CASE("empty bodies and rests are kept") {
    Batch batch;
    batch.set_first_seq(1);
    batch.append({}, "", "");
    batch.append({}, "", "rest");
    batch.append({}, "body", "");
    const std::vector<Event> events = events_in(batch);
    REQUIRE(events.size() == 3);
    CHECK(events[0].body.empty());
    CHECK(events[1].rest == "rest");
    CHECK(events[2].body == "body");
}

TEST_CASE("a batch lies on a block boundary and is zero behind its records") {
    Batch batch;
    fill(batch, 1, 3000);
    const char* const bytes = batch.padded();
    CHECK(reinterpret_cast<std::uintptr_t>(bytes) % block_bytes == 0);
    CHECK(batch.padded_bytes() % block_bytes == 0);
    const std::string padding(batch.padded_bytes() - batch.bytes(), '\0');
    CHECK(std::string(bytes + batch.bytes(), padding.size()) == padding);
}

TEST_CASE("a cleared batch is as new") {
    Batch batch;
    fill(batch, 1, 100);
    batch.set_flags(confirm);
    batch.set_time(at(5));
    batch.clear();
    CHECK(batch.empty());
    CHECK(batch.flags() == no_flags);
    CHECK(batch.time() == protocol::no_time);
    fill(batch, 7, 2);
    CHECK(batch.first_seq() == 7);
    CHECK(events_in(batch)[1] == event(8));
}

TEST_CASE("filling a recycled batch again keeps its memory") {
    Batch batch;
    fill(batch, 1, 5000);
    const char* const before = batch.padded();
    batch.clear();
    fill(batch, 1, 5000);
    CHECK(batch.padded() == before);
}

TEST_CASE("a record of a megabyte fits") {
    Batch batch;
    batch.set_first_seq(1);
    const std::string large(3 << 20, 'x');
    batch.append({}, "body", large);
    CHECK((*batch.records().begin()).rest == large);
}

TEST_CASE("bytes that are no record end the walk without a read outside of them") {
    Batch batch;
    fill(batch, 1, 3);
    const std::string whole(batch.body());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        // A copy of exactly this size, so that a sanitizer sees what is read behind it.
        const std::vector<char> part(whole.begin(),
                                     whole.begin() + static_cast<std::ptrdiff_t>(size));
        RecordCursor cursor(1, {part.data(), part.size()});
        std::size_t count = 0;
        while (cursor.next())
            ++count;
        CHECK(count < 3);
    }
    RecordCursor absurd(1,
                        std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff 16 more bytes..", 24));
    CHECK_FALSE(absurd.next());
    CHECK_FALSE(absurd.at_end());
}

}  // namespace taskbbs::journal
