// limits.peer_reply_bytes: what may wait for one client (docs/protocol.md, section 6, `busy`).
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

constexpr std::size_t credit = 5000;

core::Settings little_credit() {
    core::Settings settings = without_passes();
    settings.limits.peer_reply_bytes = credit;
    return settings;
}

std::map<std::string_view, int> counted(const std::vector<Answer>& answers) {
    std::map<std::string_view, int> counts;
    for (const Answer& answer : answers) {
        ++counts[answer.status];
    }
    return counts;
}

TEST_CASE("requests beyond a client's credit are refused as busy, and others go on") {
    Rig rig(little_credit());
    Client client(rig, "c");
    Client other(rig, "d");
    client.ask(desire("a", {.payload = std::string(2000, 'x')}));
    for (int i = 0; i < 10; ++i) {
        client.send(GetArgs{"a"});
    }
    other.send(GetArgs{"a"});
    rig.run();
    // The third one passes the bound.
    CHECK(counted(client.take()) == std::map<std::string_view, int>{{"busy", 7}, {"ok", 3}});
    CHECK(other.take().size() == 1);
    CHECK(client.ask(GetArgs{"a"}).status == "ok");
    CHECK(client.ask(StatsArgs{}).number("dropped_replies") == 0);
}

TEST_CASE("a mutation beyond the credit is refused before it is applied") {
    Rig rig(little_credit());
    Client client(rig, "c");
    client.ask(desire("a", {.payload = std::string(2 * credit, 'x')}));
    client.send(GetArgs{"a"});
    const RequestId refused = client.send(desire("b"));
    CHECK(client.answer_to(refused).status == "busy");
    CHECK_FALSE(rig.has("b"));
    CHECK(client.ask_as(refused, desire("b")).status == "ok");
}

TEST_CASE("replies in flight count, and so do those that the network has not taken") {
    Rig rig(little_credit());
    Client client(rig, "c");
    client.ask(desire("a", {.payload = std::string(credit, 'x')}));
    rig.hold_syncs();
    client.send(desire("b"));
    const RequestId big = client.send(GetArgs{"a"});
    rig.run();  // in flight, with the desire
    const RequestId refused = client.send(GetArgs{"a"});
    rig.let_syncs_go();
    CHECK(client.answer_to(refused).status == "busy");
    CHECK(client.answer_to(big).status == "ok");

    std::string packed;
    protocol::Packer packer(packed);
    pack_request(packer, 99, GetArgs{"a"});
    std::string frame;
    protocol::Packer message(frame);
    pack_request_message(message, client.session(), 0, 1, packed);
    rig.receive("c", frame, credit);
    CHECK(client.answer_to(99).status == "busy");
}

}  // namespace
}  // namespace taskbbs::loop_test
