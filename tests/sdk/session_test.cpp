// The session's machine while all goes well: ids, batches, `acked`, bounds, the end.
#include "session_harness.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::sdk;
using namespace std::chrono_literals;

using Ids = std::vector<RequestId>;

TEST_CASE("nothing is sent before there is a connection") {
    SessionHarness h;
    h.desire("a");
    CHECK(h.session.wants_connection(h.now));
    CHECK(h.send().empty());
    h.connect();
    CHECK_FALSE(h.session.wants_connection(h.now));
    CHECK(h.send().size() == 1);
}

TEST_CASE("ids rise, and what has piled up travels in one message") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a");
    const RequestId b = h.desire("b");
    const RequestId c = h.desire("c");
    CHECK((a < b && b < c));
    const auto sent = h.send();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].ids == Ids{a, b, c});
    CHECK(h.send().empty());
}

TEST_CASE("a message holds at most 1024 requests") {
    SessionHarness h;
    h.settled();
    for (int i = 0; i < 1500; ++i) {
        h.desire("t" + std::to_string(i));
    }
    const auto sent = h.send();
    REQUIRE(sent.size() == 2);
    CHECK(sent[0].ids.size() == 1024);
    CHECK(sent[1].ids.size() == 476);
}

TEST_CASE("a message is no longer than the broker's bound") {
    constexpr std::size_t bound = 10'000;
    SessionHarness h;
    h.connect();
    h.desire("first");
    h.answer_hello(h.send().at(0).hellos.at(0), bound);
    for (int i = 0; i < 20; ++i) {
        h.submit(DesireArgs{.task = {.guid = "t", .payload = std::string(900, 'p')}});
    }
    const auto sent = h.send();
    CHECK(sent.size() == 2);
    for (const SentMessage& message : sent) {
        CHECK(message.bytes <= bound);
    }
}

TEST_CASE("a request that no message can hold is refused here as too large") {
    SessionHarness h;
    h.connect();
    h.desire("first");
    h.answer_hello(h.send().at(0).hellos.at(0), 10'000);
    const RequestId id =
        h.submit(DesireArgs{.task = {.guid = "t", .payload = std::string(10'000, 'p')}});
    CHECK(h.send().empty());
    CHECK(h.outcomes().at(id) == "too_large");
    CHECK(h.error(id).limit == 10'000);
    CHECK_FALSE(h.error(id).outcome_unknown);
}

TEST_CASE("nothing big is joined before the broker has told its bounds") {
    SessionHarness h;
    h.connect();
    for (int i = 0; i < 4; ++i) {
        h.submit(DesireArgs{.task = {.guid = "t", .payload = std::string(200'000, 'p')}});
    }
    CHECK(h.send().size() == 4);
}

TEST_CASE("acked is the contiguous run of ids whose replies were handed over") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a");
    const RequestId b = h.desire("b");
    const RequestId c = h.desire("c");
    h.send();
    h.ok(b);
    CHECK(h.session.acked() == a - 1);
    h.ok(a);
    CHECK(h.session.acked() == b);
    h.refuse(c, Status::already_exists);
    CHECK(h.session.acked() == c);
    const RequestId d = h.desire("d");
    CHECK(h.send().at(0).acked == c);
    CHECK(d == c + 1);
}

TEST_CASE("a reply is not acked before it was taken") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a");
    h.send();
    protocol::ReplyWriter writer;
    writer.add(a, Status::ok, protocol::SeqReply{.seq = 1});
    const std::string bytes = writer.close(1);
    h.session.on_message(bytes, h.now);
    h.desire("b");
    CHECK(h.send().at(0).acked == a - 1);
    CHECK(h.session.take_completions().size() == 1);
    CHECK(h.session.acked() == a);
}

TEST_CASE("a refusal is an outcome") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a");
    h.send();
    h.refuse(a, Status::already_exists);
    CHECK(h.outcomes().at(a) == "already_exists");
    CHECK_FALSE(h.error(a).outcome_unknown);
}

TEST_CASE("a status of a later version is a refusal") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a");
    h.send();
    std::string bytes;
    protocol::Packer packer(bytes);
    packer.array(3);
    packer.integer(1);
    packer.integer(1);
    packer.array(1);
    packer.array(3);
    packer.integer(a);
    packer.str("not_today");
    packer.map(0);
    h.session.on_message(bytes, h.now);
    CHECK(h.outcomes().at(a) == "not_today");
    CHECK(h.error(a).status == Status::internal);
}

TEST_CASE("a second reply, a reply to nothing and noise change nothing") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a");
    h.send();
    h.ok(a);
    h.refuse(a, Status::not_found);
    h.ok(a + 100);
    h.session.on_message("noise", h.now);
    CHECK(h.outcomes().at(a) == "ok");
    CHECK(h.outcomes().size() == 2);
    CHECK(h.once);
}

TEST_CASE("at most as many mutations as the broker remembers are sent above acked") {
    SessionHarness h(SessionSettings{.unacked = 3});
    h.settled();
    Ids ids;
    for (int i = 0; i < 5; ++i) {
        ids.push_back(h.desire("t" + std::to_string(i)));
    }
    CHECK(h.sent_ids() == Ids{ids[0], ids[1], ids[2]});
    h.ok(ids[1]);
    CHECK(h.sent_ids().empty());
    h.ok(ids[0]);
    CHECK(h.sent_ids() == Ids{ids[3], ids[4]});
}

TEST_CASE("reads are not counted as remembered") {
    SessionHarness h(SessionSettings{.unacked = 1});
    h.settled();
    const RequestId a = h.desire("a");
    const RequestId b = h.submit(GetArgs{.guid = "a"});
    const RequestId c = h.submit(GetArgs{.guid = "a"});
    CHECK(h.sent_ids() == Ids{a, b, c});
}

TEST_CASE("more calls than the bound are refused as overloaded and take no id") {
    SessionHarness h(SessionSettings{.calls = 2});
    h.connect();
    h.desire("a");
    const RequestId b = h.desire("b");
    const auto refused = h.session.submit(
        h.now, {.verb = Verb::get, .args = pack(GetArgs{.guid = "a"}), .deadline = h.now + 1s});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::overloaded);
    h.send();
    h.ok(b);
    CHECK(h.desire("c") == b + 1);
}

TEST_CASE("the bytes of waiting calls are bounded too") {
    SessionHarness h(SessionSettings{.call_bytes = 1000});
    const Submission big{.verb = Verb::desire, .args = std::string(600, 'x'), .deadline = h.now};
    CHECK(h.session.submit(h.now, big));
    CHECK(h.session.submit(h.now, big).error().code == Code::overloaded);
}

TEST_CASE("a call longer than all waiting calls may be is too large, not overloaded") {
    SessionHarness h(SessionSettings{.call_bytes = 1000});
    const auto refused =
        h.session.submit(h.now, {.args = std::string(1001, 'x'), .deadline = h.now + 1s});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().is(Status::too_large));
    CHECK(refused.error().limit == 1000);
    CHECK(h.session.pending() == 0);
}

TEST_CASE("closing completes every call once") {
    SessionHarness h;
    h.settled();
    const RequestId sent = h.desire("a");
    const RequestId read = h.submit(GetArgs{.guid = "a"});
    h.send();
    const RequestId waiting = h.desire("b");
    h.session.close();
    CHECK(h.outcomes().at(sent) == "closed");
    CHECK(h.error(sent).outcome_unknown);
    CHECK_FALSE(h.error(read).outcome_unknown);
    CHECK(h.outcomes().at(waiting) == "closed");
    CHECK_FALSE(h.error(waiting).outcome_unknown);
    CHECK(h.session.pending() == 0);
    CHECK(h.session.submit(h.now, {}).error().code == Code::closed);
    CHECK(h.once);
}

TEST_CASE("another version of the protocol fails what was sent, with its outcome known") {
    SessionHarness h;
    h.connect();
    const RequestId a = h.desire("a");
    h.send();
    h.refuse(0, Status::unsupported_version);
    CHECK(h.outcomes().at(a) == "unsupported_version");
    CHECK_FALSE(h.error(a).outcome_unknown);
    const RequestId b = h.desire("b");
    CHECK(h.send().at(0).ids == Ids{b});
}

TEST_CASE("a malformed message fails what was sent, with its outcome unknown") {
    SessionHarness h;
    h.settled();
    const RequestId a = h.desire("a");
    h.send();
    const RequestId b = h.desire("b");
    h.refuse(0, Status::malformed);
    CHECK(h.outcomes().at(a) == "malformed");
    CHECK(h.error(a).outcome_unknown);
    CHECK(h.outcomes().count(b) == 0);
    CHECK(h.sent_ids() == Ids{b});
}
