// The word of a clean stop: an end before it is damage, but for what may rightly end there.
#include "broker/journal/names.hpp"
#include "broker/journal_tools.hpp"
#include "tests/recovery/recorded.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::recovery_test {

TEST_CASE("a history that was ended before the last clean stop is served") {
    const Recorded recorded = record(End::stopped);
    const Seq newest = journal::parse_segment_name(recorded.newest).value();
    for (const Seq last : {recorded.end.seq, recorded.end.seq - 1, newest, newest - 1}) {
        INFO("up to " << last);
        const auto disk = recorded.disk->copy();
        broker::repair_journal(*disk, journal_settings(), board_settings(), last, "test");
        CHECK(recover(*disk).board->seq() == last);
        CHECK(recover(*disk).board->seq() == last);
    }
}

TEST_CASE("a segment that took the place of one without events is not taken for a cut one") {
    const Recorded recorded = record_idle_runs();
    REQUIRE(recorded.segments().size() == 1);
    REQUIRE(recorded.end.seq == 1);
    CHECK(judge_twice(*recorded.disk->copy(), recorded) == Verdict::harmless);
}

TEST_CASE(
    "the word of a clean stop that tells of more than there is is believed, that of another "
    "journal not") {
    const Recorded recorded = record(End::killed);
    const Recorded stopped = record(End::stopped);
    const auto disk = recorded.disk->copy();
    disk->put("LOCK", stopped.disk->bytes("LOCK"));
    CHECK(judge(*disk, recorded) == Verdict::refused);
    disk->put("LOCK", record(End::stopped, 2).disk->bytes("LOCK"));
    CHECK(judge(*disk, recorded) == Verdict::harmless);
}

TEST_CASE("snapshots that are older than the two newest are not needed") {
    const Recorded recorded = record(End::killed);
    const std::string older = recorded.snapshots().front();
    const Seq seq = journal::parse_snapshot_name(older).value();
    const auto disk = recorded.disk->copy();
    CHECK(recover(*disk).journal.unneeded.empty());
    disk->put(journal::snapshot_name(seq - 1), disk->bytes(older));
    disk->put(journal::snapshot_name(seq - 2), disk->bytes(older));
    const auto recovered = recover(*disk);
    CHECK(recovered.journal.older_snapshot == seq);
    CHECK(recovered.journal.unneeded == std::vector<std::string>{journal::snapshot_name(seq - 2),
                                                                 journal::snapshot_name(seq - 1)});
}

}  // namespace taskbbs::recovery_test
