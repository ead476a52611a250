// Whole files: missing, of another journal, under another name, exchanged; and snapshots of which
// none holds.
#include "broker/journal/names.hpp"
#include "tests/recovery/recorded.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::recovery_test {

namespace {

Verdict without(const Recorded& recorded, const std::vector<std::string>& names) {
    const auto disk = recorded.disk->copy();
    for (const std::string& name : names) {
        disk->remove(name);
    }
    return judge_twice(*disk, recorded);
}

void damage(MemoryDisk& disk, const std::string& name) {
    disk.bytes(name).back() = static_cast<char>(disk.bytes(name).back() ^ 1);
}

}  // namespace

TEST_CASE("a segment that is missing is refused where it is needed") {
    for (const End end : {End::stopped, End::killed}) {
        const Recorded recorded = record(end);
        for (const std::string& name : recorded.segments()) {
            INFO(name);
            const Verdict wanted = recorded.is_read(name) ? Verdict::refused : Verdict::harmless;
            CHECK(without(recorded, {name}) == wanted);
        }
        CHECK(without(recorded, recorded.segments()) == Verdict::refused);
    }
}

TEST_CASE("one snapshot may be missing, two may not once segments were retired") {
    const Recorded recorded = record(End::killed);
    const auto snapshots = recorded.snapshots();
    CHECK(without(recorded, {snapshots[0]}) == Verdict::harmless);
    CHECK(without(recorded, {snapshots[1]}) == Verdict::harmless);
    CHECK(without(recorded, snapshots) == Verdict::refused);
}

TEST_CASE("what is neither a segment nor a snapshot may be missing") {
    const Recorded recorded = record(End::stopped);
    for (const std::string& name : recorded.disk->list()) {
        if (name.starts_with("seg-") || name.starts_with("snap-")) continue;
        INFO(name);
        CHECK(without(recorded, {name}) == Verdict::harmless);
    }
}

TEST_CASE("a damaged snapshot is passed over, and where both are, nothing is changed") {
    const Recorded recorded = record(End::killed);
    const auto snapshots = recorded.snapshots();
    for (const std::string& name : snapshots) {
        const auto disk = recorded.disk->copy();
        damage(*disk, name);
        CHECK(judge_twice(*disk, recorded) == Verdict::harmless);
        CHECK(disk->has(name + ".bad") == (name == snapshots.back()));
    }
    const auto disk = recorded.disk->copy();
    damage(*disk, snapshots[0]);
    damage(*disk, snapshots[1]);
    CHECK(judge_twice(*disk, recorded) == Verdict::refused);
}

TEST_CASE("a snapshot and a segment that it needs, both damaged, are refused") {
    const Recorded recorded = record(End::killed);
    for (const std::string& name : recorded.segments()) {
        const auto disk = recorded.disk->copy();
        damage(*disk, recorded.snapshots().back());
        disk->remove(name);
        INFO(name);
        CHECK(judge_twice(*disk, recorded) == Verdict::refused);
    }
}

TEST_CASE("a file of another journal is refused or not needed") {
    const Recorded recorded = record(End::killed, 1);
    const Recorded other = record(End::killed, 2);
    REQUIRE(recorded.files() == other.files());
    for (const std::string& name : recorded.files()) {
        INFO(name);
        const auto disk = recorded.disk->copy();
        disk->put(name, other.disk->bytes(name));
        const bool needed =
            name.starts_with("seg-") ? recorded.is_read(name) : name == recorded.snapshots().back();
        CHECK(judge_twice(*disk, recorded) == (needed ? Verdict::refused : Verdict::harmless));
    }
}

TEST_CASE("files that changed their names are refused or harmless") {
    const Recorded recorded = record(End::stopped);
    const auto names = recorded.files();
    for (const std::string& one : names) {
        for (const std::string& two : names) {
            if (one >= two) continue;
            INFO(one << " and " << two);
            const auto disk = recorded.disk->copy();
            std::swap(disk->bytes(one), disk->bytes(two));
            CHECK(judge_twice(*disk, recorded) != Verdict::cut);
        }
    }
}

TEST_CASE("a copy of a file under another name is refused or harmless") {
    const Recorded recorded = record(End::stopped);
    const Seq end = recorded.end.seq;
    std::vector<std::string> names = recorded.files();
    for (const Seq seq : {Seq{1}, end - 1, end, end + 1, end + 100}) {
        names.push_back(journal::segment_name(seq));
        names.push_back(journal::snapshot_name(seq));
    }
    for (const std::string& one : recorded.files()) {
        for (const std::string& name : names) {
            INFO(one << " as " << name);
            const auto disk = recorded.disk->copy();
            disk->put(name, recorded.disk->bytes(one));
            CHECK(judge_twice(*disk, recorded) != Verdict::cut);
        }
    }
}

TEST_CASE("a snapshot whose name is not what it says is set aside") {
    const Recorded recorded = record(End::stopped);
    const auto disk = recorded.disk->copy();
    const std::string wrong = journal::snapshot_name(recorded.end.seq);
    disk->put(wrong, recorded.disk->bytes(recorded.snapshots().front()));
    CHECK(judge_twice(*disk, recorded) == Verdict::harmless);
    CHECK(disk->has(wrong + ".bad"));
}

TEST_CASE("segments that end before the newest snapshot are refused") {
    const Recorded recorded = record(End::stopped);
    std::vector<std::string> behind;
    for (const std::string& name : recorded.segments()) {
        if (recorded.is_read(name)) behind.push_back(name);
    }
    CHECK(without(recorded, behind) == Verdict::refused);
    std::vector<std::string> one_more = recorded.segments();
    one_more.erase(one_more.begin());
    CHECK(without(recorded, one_more) == Verdict::refused);
}

}  // namespace taskbbs::recovery_test
