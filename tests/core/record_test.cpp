// An event as bytes and back: whatever life applied, replay applies.
#include "broker/core/record.hpp"

#include "broker/core/board.hpp"
#include "tests/core/times.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

namespace taskbbs::core {
namespace {

using namespace std::chrono_literals;
using core_test::noon;

// Two boards: events are applied to one, and through bytes to the other.
class Pair {
  public:
    // The event as it was read back.
    Event apply(Event event) {
        life_.number(event, noon + milliseconds(life_.seq()));
        const Slot slot = life_.apply(event);
        body_.clear();
        rest_.clear();
        const TaskView after = slot == no_slot ? TaskView{} : life_.tasks().view(slot);
        encode_body(event, after, body_);
        encode_private(event, after, rest_);
        const auto read = reader_.read(body_, rest_);
        REQUIRE(read);
        CHECK(reader_.read_in_any_order(body_, rest_) == read);
        CHECK(RecordReader::read_in_order(body_, rest_).has_value() == (slot != no_slot));
        CHECK(read->kind == event.kind);
        CHECK(read->cause == event.cause);
        CHECK(read->seq == event.seq);
        CHECK(read->ordinal == event.ordinal);
        CHECK(read->at == event.at);
        CHECK(read->stream() == event.stream());
        const Slot other = replayed_.apply(*read);
        REQUIRE((slot == no_slot) == (other == no_slot));
        if (slot != no_slot) {
            CHECK(replayed_.tasks().view(other) == after);
        }
        return *read;
    }

    Event event(Kind kind, State to) const {
        return {.kind = kind, .to = to, .task = life_.tasks().find("a"), .guid = "a"};
    }

    Event desired() const {
        const TaskView task{.guid = "a",
                            .domain = "d",
                            .stack = "s",
                            .type = "Staging",
                            .priority = -7,
                            .payload = std::string_view("\0\xff payload", 10),
                            .annotation = "note",
                            .memory_mb = 1,
                            .disk_mb = 2,
                            .cpu_percent = 3,
                            .max_rejections = 9,
                            .on_executor_lost = OnExecutorLost::requeue,
                            .run_timeout = 5s,
                            .time_to_claim = 6s,
                            .not_before = noon + 1h,
                            .created_at = noon - 1h};
        Event made = event(Kind::desired, State::pending);
        made.desired = task;
        return made;
    }

    Event claimed() const {
        Event made = event(Kind::claimed, State::claimed);
        made.executor_id = "e";
        return made;
    }

    Event started() const {
        Event made = event(Kind::started, State::running);
        made.container_handle = "box";
        return made;
    }

    Event completed() const {
        Event made = event(Kind::completed, State::completed);
        made.ending = Ending{true, "reason", "result"};
        return made;
    }

    Board& life() { return life_; }

  private:
    Board life_{Settings{}};
    Board replayed_{Settings{}};
    RecordReader reader_;
    std::string body_;
    std::string rest_;
};

TEST_CASE("the life of a task survives its bytes, payload, annotation and result too") {
    Pair boards;
    boards.apply(boards.desired());
    boards.apply(boards.event(Kind::kicked, State::pending));
    boards.apply(boards.claimed());
    boards.apply(boards.started());
    boards.apply(boards.completed());
    CHECK(boards.life().tasks().view(boards.life().tasks().find("a")).result == "result");
    boards.apply(boards.event(Kind::kicked, State::completed));
    boards.apply(boards.event(Kind::resolving, State::resolving));
    boards.apply(boards.event(Kind::demoted, State::completed));
    boards.apply(boards.event(Kind::resolving, State::resolving));
    boards.apply(boards.event(Kind::resolved, State::resolved));
}

TEST_CASE("a task of defaults alone survives its bytes") {
    Pair boards;
    Event made = boards.event(Kind::desired, State::pending);
    made.desired = TaskView{.guid = "a"};
    boards.apply(made);
}

TEST_CASE("ways back to pending survive their bytes") {
    Pair boards;
    boards.apply(boards.desired());
    boards.apply(boards.claimed());
    boards.apply(boards.event(Kind::demoted, State::pending));
    boards.apply(boards.claimed());
    Event rejected = boards.event(Kind::rejected, State::pending);
    rejected.rejection = Rejection{1, "no room"};
    rejected.not_before = noon + 2h;
    boards.apply(rejected);
    boards.apply(boards.claimed());
    boards.apply(boards.started());
    Event requeued = boards.event(Kind::requeued, State::pending);
    requeued.cause = Cause::executor_lost;
    requeued.rejection = Rejection{2, "gone"};
    boards.apply(requeued);
}

TEST_CASE("ways to fail survive their bytes") {
    const auto kind = GENERATE(Kind::cancelled, Kind::completed, Kind::rejected);
    const auto cause = GENERATE(Cause::request, Cause::converge, Cause::executor_lost);
    Pair boards;
    boards.apply(boards.desired());
    boards.apply(boards.claimed());
    Event event = boards.event(kind, State::completed);
    event.cause = cause;
    event.ending = Ending{true, "why", {}};
    if (kind == Kind::rejected) {
        event.rejection = Rejection{10, "no"};
    }
    boards.apply(event);
}

TEST_CASE("an executor's events survive their bytes") {
    Pair boards;
    for (const Kind kind : {Kind::joined,
                            Kind::draining,
                            Kind::undrained,
                            Kind::lost,
                            Kind::joined,
                            Kind::departed}) {
        Event event{.kind = kind, .executor_id = "e", .incarnation = "i", .ttl = 9s};
        event.lost_reason = kind == Kind::lost ? "expired" : "";
        const Event read = boards.apply(event);
        CHECK(read.executor_id == "e");
        CHECK(read.incarnation == "i");
        CHECK(read.ttl == 9s);
        CHECK(read.lost_reason == event.lost_reason);
    }
}

TEST_CASE("the request that an event is the outcome of survives its bytes") {
    Pair boards;
    Event event = boards.desired();
    event.origin.session.bytes.fill('\xfe');
    event.origin.id = 77;
    event.origin.acked = 70;
    event.origin.verb = Verb::desire;
    const Event read = boards.apply(event);
    CHECK(read.origin.session == event.origin.session);
    CHECK(read.origin.id == 77);
    CHECK(read.origin.acked == 70);
    CHECK(read.origin.verb == Verb::desire);
    CHECK(boards.apply(boards.event(Kind::kicked, State::pending)).origin.id == 0);
}

TEST_CASE("the published part never holds payload, annotation, result or session") {
    Event event{.kind = Kind::completed, .to = State::completed, .guid = "a"};
    event.seq = 1;
    event.ordinal = 1;
    event.ending = Ending{false, {}, "SECRET"};
    event.origin.id = 1;
    event.origin.session.bytes.fill('S');
    const TaskView after{.guid = "a",
                         .payload = "SECRET",
                         .annotation = "SECRET",
                         .state = State::completed,
                         .result = "SECRET"};
    std::string body;
    encode_body(event, after, body);
    CHECK(body.find("SECRET") == std::string::npos);
    CHECK(body.find("SSSS") == std::string::npos);
}

TEST_CASE("bytes that are no event are told from events, however they are cut or changed") {
    Board board{Settings{}};
    Event event{.kind = Kind::desired, .to = State::pending, .guid = "a"};
    event.desired = TaskView{.guid = "a", .payload = "p"};
    board.number(event, noon);
    const TaskView after = board.tasks().view(board.apply(event));
    std::string body;
    std::string rest;
    encode_body(event, after, body);
    encode_private(event, after, rest);
    RecordReader reader;
    REQUIRE(reader.read(body, rest));
    for (std::size_t size = 0; size < body.size(); ++size) {
        CHECK_FALSE(reader.read(std::string_view(body).substr(0, size), rest));
    }
    CHECK_FALSE(reader.read(body, ""));
    CHECK_FALSE(reader.read("\x80", rest));
    std::string unknown = body;
    unknown.replace(unknown.find("desired"), 7, "unheard");
    CHECK_FALSE(reader.read(unknown, rest));
}

TEST_CASE("topics name the stream, the domain and the guid, or the executor") {
    std::string topic;
    append_topic(
        {.kind = Kind::claimed, .to = State::claimed}, {.guid = "g", .domain = "d"}, topic);
    CHECK(topic == "claimed.d.g");
    topic.clear();
    append_topic({.kind = Kind::lost, .executor_id = "e"}, {}, topic);
    CHECK(topic == "executor.e");
}

}  // namespace
}  // namespace taskbbs::core
