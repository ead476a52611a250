// Pages of past events: filters, bounds, what is offered.
#include "broker/journal/history.hpp"

#include "broker/journal/names.hpp"
#include "tests/journal/memory_disk.hpp"
#include "tests/journal/run.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::journal {

namespace {

template <typename Matches>
std::vector<std::string> bodies_of(Seq after, Seq last, Matches matches) {
    std::vector<std::string> bodies;
    for (Seq seq = after + 1; seq <= last; ++seq) {
        const Event made = event(seq);
        if (matches(made)) bodies.push_back(made.body);
    }
    return bodies;
}

std::vector<std::string> bodies_of(const Page& page) {
    std::vector<std::string> bodies;
    for (std::size_t i = 0; i < page.count(); ++i)
        bodies.emplace_back(page.body(i));
    return bodies;
}

// All pages of the query, one after the other; each comes further.
std::vector<std::string> read_all(History& history, Query query) {
    std::vector<std::string> bodies;
    while (query.after < query.up_to) {
        const Page page = history.read(query);
        REQUIRE(page.kind == Page::Kind::events);
        REQUIRE(page.next > query.after);
        REQUIRE(page.count() <= query.limit);
        for (std::string& body : bodies_of(page))
            bodies.push_back(std::move(body));
        query.after = page.next;
    }
    REQUIRE(query.after == query.up_to);
    return bodies;
}

void fill(Run& run) {
    for (std::uint32_t count = 1; count < 30; ++count) {
        run.write(count);
        if (count % 5 == 0) run.write_empty(confirm);
    }
}

bool any(const Event& /*made*/) {
    return true;
}

}  // namespace

TEST_CASE("all events are replayed, whatever the size of the page") {
    MemoryDisk disk;
    Run run(disk);
    fill(run);
    History history(disk, small_settings(), {});
    for (const std::uint32_t limit : {1U, 7U, 100U, 10000U}) {
        const Query query{.up_to = run.last(), .limit = limit};
        CHECK(read_all(history, query) == bodies_of(0, run.last(), any));
    }
}

TEST_CASE("a page begins behind after and ends at up_to") {
    MemoryDisk disk;
    Run run(disk);
    fill(run);
    History history(disk, small_settings(), {});
    for (Seq after = 0; after <= run.last(); after += 13) {
        const Seq up_to = std::min<Seq>(after + 40, run.last());
        const Page page = history.read({.after = after, .up_to = up_to});
        CHECK(bodies_of(page) == bodies_of(after, up_to, any));
        CHECK(page.next == up_to);
    }
}

TEST_CASE("streams, groups and keys are filtered, by index or by scan") {
    MemoryDisk disk;
    Run run(disk);
    fill(run);
    const Seq last = run.last();
    History history(disk, small_settings(), {});
    for (const std::uint32_t limit : {3U, 1000U}) {
        CHECK(read_all(history, {.up_to = last, .limit = limit, .streams = 1U << 3 | 1U << 4}) ==
              bodies_of(0, last, [](const Event& made) {
                  return made.tags.stream == 3 || made.tags.stream == 4;
              }));
        CHECK(read_all(history, {.up_to = last, .limit = limit, .groups = {1, 3}}) ==
              bodies_of(0, last, [](const Event& made) { return made.tags.group != 2; }));
        CHECK(read_all(history, {.up_to = last, .limit = limit, .key = 4}) ==
              bodies_of(0, last, [](const Event& made) { return made.tags.key == 4; }));
        CHECK(read_all(history, {.up_to = last, .limit = limit, .streams = 2, .key = 4}) ==
              bodies_of(0, last, [](const Event& made) {
                  return made.tags.key == 4 && made.tags.stream == 1;
              }));
        CHECK(read_all(history, {.up_to = last, .limit = limit, .key = 77}).empty());
    }
}

TEST_CASE("what hashes alike is told apart by accept") {
    MemoryDisk disk;
    Run run(disk);
    fill(run);
    History history(disk, small_settings(), {});
    Query query{.up_to = run.last(), .key = 4};
    query.accept = [](const RecordTags& tags, std::string_view body) {
        CHECK(tags.key == 4);
        return body.find('7') != std::string_view::npos;
    };
    CHECK(read_all(history, query) == bodies_of(0, run.last(), [](const Event& made) {
              return made.tags.key == 4 && made.body.find('7') != std::string::npos;
          }));
}

TEST_CASE("a rare stream is found without reading the segments") {
    MemoryDisk disk;
    Settings settings = small_settings();
    settings.segment_bytes = 1 << 20;
    Run run(disk, settings);
    Batch batch;
    for (int i = 0; i < 200; ++i) {
        batch.clear();
        batch.set_first_seq(run.last() + 1);
        for (int n = 0; n < 100; ++n) {
            const bool is_rare = i % 50 == 0 && n == 9;
            const std::uint8_t stream = is_rare ? 6 : 0;
            batch.append({.stream = stream}, is_rare ? "rare" : "often", std::string(50, 'x'));
        }
        run.writer().commit(batch);
    }
    History history(disk, settings, {});
    while (history.advance(run.last())) {
    }
    const Page page =
        history.read({.up_to = run.last(), .scan_bytes = 600 << 10, .streams = 1U << 6});
    CHECK(bodies_of(page) == std::vector<std::string>(4, "rare"));
    CHECK(page.next == run.last());
}

TEST_CASE("a page ends at reply_bytes, with one event at least") {
    MemoryDisk disk;
    Run run(disk);
    run.write(20);
    History history(disk, small_settings(), {});
    CHECK(history.read({.up_to = 20, .reply_bytes = 1}).count() == 1);
    const Page page = history.read({.up_to = 20, .reply_bytes = 200});
    CHECK(page.bodies.size() <= 200);
    CHECK(page.count() >= 1);
    CHECK(page.next == static_cast<Seq>(page.count()));
}

TEST_CASE("a page without a match is handed over after scan_bytes") {
    MemoryDisk disk;
    Run run(disk);
    fill(run);
    History history(disk, small_settings(), {});
    const Page page = history.read({.up_to = run.last(), .scan_bytes = 3 * 4096, .groups = {99}});
    CHECK(page.count() == 0);
    CHECK(page.next > 0);
    CHECK(page.next < run.last());
    CHECK(read_all(history, {.up_to = run.last(), .scan_bytes = 4096, .groups = {99}}).empty());
}

TEST_CASE("events are found as they become durable, and none before") {
    MemoryDisk disk;
    Run run(disk);
    History history(disk, small_settings(), {});
    CHECK(history.read({}).count() == 0);
    Seq after = 0;
    for (std::uint32_t count = 1; count < 60; ++count) {
        run.write(count % 9 + 1);
        if (count % 7 == 0) run.write_empty(confirm);
        if (count % 3 != 0) continue;
        const Page page = history.read({.after = after, .up_to = run.last()});
        REQUIRE(bodies_of(page) == bodies_of(after, run.last(), any));
        after = page.next;
    }
}

TEST_CASE("an index file is written beside each sealed segment and used by the next run") {
    MemoryDisk disk;
    Run run(disk);
    fill(run);
    {
        History history(disk, small_settings(), {});
        while (history.advance(run.last())) {
        }
    }
    const std::vector<Seq> segments = segments_of(disk.list());
    REQUIRE(segments.size() > 3);
    for (const Seq segment : segments) {
        CHECK(disk.has(index_name(segment)) == (segment != segments.back()));
    }
    const auto of_key = [](const Event& made) { return made.tags.key == 4; };
    History history(disk, small_settings(), {});
    CHECK(read_all(history, {.up_to = run.last(), .key = 4}) == bodies_of(0, run.last(), of_key));
}

TEST_CASE("an index file that is missing or damaged is built again") {
    MemoryDisk disk;
    Run run(disk);
    fill(run);
    {
        History history(disk, small_settings(), {});
        while (history.advance(run.last())) {
        }
    }
    const std::string name = index_name(1);
    const std::string whole = disk.bytes(name);
    SECTION("missing") {
        disk.remove(name);
    }
    SECTION("damaged") {
        disk.bytes(name)[100] ^= 1;
    }
    SECTION("empty") {
        disk.bytes(name).clear();
    }
    SECTION("another segment's") {
        disk.bytes(name) = disk.bytes(index_name(segments_of(disk.list())[1]));
    }
    const auto of_key = [](const Event& made) { return made.tags.key == 4; };
    History history(disk, small_settings(), {});
    CHECK(read_all(history, {.up_to = run.last(), .key = 4}) == bodies_of(0, run.last(), of_key));
    CHECK(disk.bytes(name) == whole);
}

TEST_CASE("an index that can't be written is reported, and history goes on") {
    MemoryDisk disk;
    Run run(disk);
    fill(run);
    std::vector<std::string> reports;
    disk.full = true;
    History history(
        disk, small_settings(), [&](std::string_view line) { reports.emplace_back(line); });
    CHECK(read_all(history, {.up_to = run.last(), .limit = 10000}).size() ==
          static_cast<std::size_t>(run.last()));
    CHECK_FALSE(reports.empty());
}

TEST_CASE("behind a segment with a damaged header history goes on, and it is retired in its turn") {
    MemoryDisk disk;
    Run run(disk);
    fill(run);
    const std::vector<Seq> segments = segments_of(disk.list());
    REQUIRE(segments.size() > 4);
    disk.bytes(segment_name(segments[1]))[20] ^= 1;
    std::vector<std::string> said;
    History history(
        disk, small_settings(), [&](std::string_view line) { said.emplace_back(line); });
    const Page page = history.read({.up_to = run.last()});
    CHECK(page.kind == Page::Kind::truncated);
    CHECK(page.oldest == segments[2]);
    CHECK(said.size() == 1);
    const Query behind{.after = segments[2] - 1, .up_to = run.last()};
    CHECK(read_all(history, behind) == bodies_of(segments[2] - 1, run.last(), any));

    CHECK(history.retire(segments[2], {}).empty());
    const std::vector<std::string> retired =
        history.retire(segments[3], protocol::Time(std::chrono::hours(1000000)));
    CHECK(retired == std::vector<std::string>{index_name(segments[0]),
                                              segment_name(segments[0]),
                                              index_name(segments[1]),
                                              segment_name(segments[1]),
                                              index_name(segments[2]),
                                              segment_name(segments[2])});
}

}  // namespace taskbbs::journal
