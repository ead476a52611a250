// What is published (docs/protocol.md, section 7).
#include "tests/loop/client.hpp"

#include <set>

namespace taskbbs::loop_test {
namespace {

using protocol::Stream;

// Some of everything.
void live_a_little(Client& client) {
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 600'000ms});
    bring(client, "a", State::resolving, "e", {.domain = "d", .payload = "secret"});
    bring(client, "b", State::claimed);
    client.ask(RejectArgs{.guid = "b", .executor_id = "e"});
    client.ask(CancelArgs{"b", {}});
    client.ask(ResolveArgs{"a", {}});
    client.ask(DrainArgs{"e"});
    client.ask(DrainArgs{"e", false});
    client.ask(DepartArgs{"e"});
    client.ask(PauseArgs{.domain = "d", .stack = "s"});
    client.ask(ResumeArgs{.domain = "d"});
}

std::vector<const Published*> events(Rig& rig) {
    std::vector<const Published*> found;
    for (const Published& each : rig.published()) {
        if (each.topic != protocol::tick_topic) {
            found.push_back(&each);
        }
    }
    return found;
}

std::set<std::string> fields_of(Value map) {
    std::set<std::string> fields;
    for (auto entry = map.begin(); entry != map.end(); ++entry) {
        fields.emplace((*entry).str().value());
        ++entry;
    }
    return fields;
}

TEST_CASE("seq is dense over all events, and ordinal within each stream, over restarts too") {
    Rig rig(without_passes());
    Client client(rig, "c");
    live_a_little(client);
    client.ask(ResolvingArgs{"b"});
    client.ask(ResolveArgs{"b", {}});
    rig.restart();
    client.ack(client.last_id());
    live_a_little(client);
    std::int64_t seq = 0;
    std::map<std::string, std::int64_t> ordinals;
    for (const Published* each : events(rig)) {
        CHECK(each->map.at("seq").integer() == ++seq);
        const std::string stream(each->map.at("stream").str().value());
        CHECK(each->map.at("ordinal").integer() == ++ordinals[stream]);
    }
    CHECK(seq == rig.board().seq());
    CHECK(ordinals.size() == protocol::stream_count);
}

TEST_CASE("an event's topic is its stream, domain and guid, or its executor, or its queues") {
    Rig rig(without_passes());
    Client client(rig, "c");
    live_a_little(client);
    Story topics;
    for (const Published* each : events(rig)) {
        topics.push_back(each->topic);
    }
    CHECK(topics == Story{"executor.e",
                          "pending.d.a",
                          "claimed.d.a",
                          "running.d.a",
                          "completed.d.a",
                          "resolving.d.a",
                          "pending.default.b",
                          "claimed.default.b",
                          "pending.default.b",
                          "completed.default.b",
                          "resolved.d.a",
                          "executor.e",
                          "executor.e",
                          "executor.e",
                          "queue.d.s",
                          "queue.d."});
}

TEST_CASE("pending and completed events carry the header, the others the slim task") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::running, "e", {.stack = "s", .payload = "four", .annotation = "123"});
    client.ask(CompleteArgs{.guid = "a", .failed = true, .failure_reason = "why", .result = "12"});
    const auto all = events(rig);
    REQUIRE(all.size() == 4);
    const auto pending = all[0]->as<protocol::TaskEventView>().task;
    CHECK(pending.stack == "s");
    CHECK(pending.payload_size == 4);
    CHECK(pending.annotation_size == 3);
    const std::set<std::string> slim{
        "guid", "domain", "state", "executor_id", "container_handle", "epoch", "seq", "updated_at"};
    for (const std::size_t i : {1U, 2U}) {
        for (const std::string& field : fields_of(all[i]->map.at("task"))) {
            CHECK(slim.count(field) == 1);
        }
    }
    const auto completed = all[3]->as<protocol::TaskEventView>().task;
    CHECK(completed.failure_reason == "why");
    CHECK(completed.result_size == 2);
    CHECK(completed.payload_size == 4);
}

TEST_CASE("payloads, results and annotations are never published") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::running, "e", {.payload = "SECRET-P", .annotation = "SECRET-A"});
    client.ask(CompleteArgs{.guid = "a", .result = "SECRET-R"});
    client.ask(ResolvingArgs{"a"});
    client.ask(ResolveArgs{"a", {}});
    for (const Published& each : rig.published()) {
        CHECK(each.body.find("SECRET") == std::string::npos);
    }
}

TEST_CASE("an event says the task as it is after it") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::claimed);
    for (const Published* each : events(rig)) {
        const auto event = each->as<protocol::TaskEventView>();
        CHECK(event.task.seq == event.seq);
        CHECK(event.task.updated_at == event.at);
        CHECK(protocol::stream_of(event.task.state) == event.stream);
        CHECK(event.cause == protocol::Cause::request);
    }
    CHECK(events(rig).back()->as<protocol::TaskEventView>().task.epoch == rig.board().seq());
}

TEST_CASE("a tick names the newest event and ordinals that were published before it") {
    Rig rig(without_passes());
    Client client(rig, "c");
    live_a_little(client);
    rig.pass(1s);
    const auto tick = rig.published().back().as<protocol::Tick>();
    CHECK(rig.published().back().topic == "tick");
    CHECK(tick.seq == rig.board().seq());
    CHECK(tick.ordinals[Stream::pending] == 3);
    CHECK(tick.ordinals[Stream::claimed] == 2);
    CHECK(tick.ordinals[Stream::executor] == 4);
    CHECK(tick.broker_id == "broker-1");
    CHECK(tick.log == "log-1");
    CHECK(tick.at <= rig.now());
    CHECK(tick.at > rig.now() - 1s);
}

TEST_CASE("a tick follows every event up to its seq and none beyond") {
    Rig rig(without_passes());
    Client client(rig, "c");
    for (int i = 0; i < 20; ++i) {
        client.send(desire("a" + std::to_string(i)));
        rig.hold_syncs();
        rig.pass(200ms);
        rig.let_syncs_go();
        rig.pass(100ms);
    }
    Seq published = 0;
    int ticks = 0;
    for (const Published& each : rig.published()) {
        const Seq seq = each.map.at("seq").integer().value();
        if (each.topic == protocol::tick_topic) {
            CHECK(seq == published);
            ++ticks;
        } else {
            published = seq;
        }
    }
    CHECK(ticks >= 6);
}

TEST_CASE(
    "there is at least one tick a second, while nothing happens and while a sync takes long") {
    Rig rig(without_passes());
    Client client(rig, "c");
    rig.pass(100ms);
    client.send(desire("a"));
    rig.hold_syncs();
    std::size_t ticks = rig.published().size();
    for (int second = 0; second < 5; ++second) {
        rig.pass(1s);
        CHECK(rig.published().size() > ticks);
        ticks = rig.published().size();
    }
}

TEST_CASE("an executor's event says which incarnation it was and what its ttl is") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 9000ms, .incarnation = "i1"});
    client.ask(DrainArgs{"e"});
    client.ask(DrainArgs{"e", false});
    client.ask(DepartArgs{"e"});
    for (const Published* each : events(rig)) {
        const auto event = each->as<protocol::ExecutorEventView>();
        CHECK(event.stream == Stream::executor);
        CHECK(event.executor_id == "e");
        CHECK(event.incarnation == "i1");
        CHECK(event.ttl == 9s);
        CHECK(event.reason.empty());
    }
    CHECK(rig.story() == Story{"joined e", "draining e", "undrained e", "departed e"});
}

}  // namespace
}  // namespace taskbbs::loop_test
