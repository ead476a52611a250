// `replay` (docs/protocol.md, section 4): the loop turns it into a question to the history, and the
// history's page into a reply.
#include "broker/core/slot_index.hpp"
#include "broker/tags.hpp"
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

using protocol::Stream;

constexpr std::uint32_t bit(Stream stream) {
    return 1U << static_cast<unsigned>(stream);
}

// Which is answered, so that another one may be asked.
journal::Query only_question(Rig& rig) {
    rig.run();
    auto questions = rig.take_questions();
    REQUIRE(questions.size() == 1);
    rig.broker().receive_page(questions.front().token, {.kind = journal::Page::Kind::failed});
    return questions.front().query;
}

// Whether the history would offer this publication as an answer.
bool lets_through(const journal::Query& query, const Published& published) {
    core::Event event;
    TaskView task;
    if (published.topic.starts_with("queue.")) {
        const auto read = published.as<protocol::QueueEventView>();
        event.kind = read.kind;
        event.queues = {read.domain, read.stack};
    } else if (!published.map.at("task").is_nil()) {
        const auto read = published.as<protocol::TaskEventView>();
        event.kind = read.kind;
        event.to = read.task.state;
        task = read.task;
    } else {
        event.kind = published.as<protocol::ExecutorEventView>().kind;
    }
    const journal::RecordTags tags = broker::tags_of(event, task);
    const auto& groups = query.groups;
    return (query.streams == 0 || (query.streams & (1U << tags.stream)) != 0) &&
           (query.key == 0 || query.key == tags.key) &&
           (groups.empty() ||
            std::find(groups.begin(), groups.end(), tags.group) != groups.end()) &&
           (!query.accept || query.accept(tags, published.body));
}

TEST_CASE("a replay asks for what is durable, and no further") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    rig.hold_syncs();
    client.send(desire("b"));
    client.send(ReplayArgs{.after = 1, .limit = 7});
    const journal::Query query = only_question(rig);
    CHECK(query.after == 1);
    CHECK(query.up_to == 1);
    CHECK(query.limit == 7);
    CHECK(query.reply_bytes == 1 << 20);
}

TEST_CASE("streams, domains and guid let through what matches them all, exactly") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e"});
    bring(client, "a", State::claimed, "e", {.domain = "d1"});
    bring(client, "b", State::claimed, "e", {.domain = "d2"});
    client.ask(PauseArgs{.domain = "d2", .stack = "s"});
    rig.run();
    const auto matching = [&](const ReplayArgs& args) {
        client.send(args);
        const journal::Query query = only_question(rig);
        Story topics;
        for (const Published& each : rig.published()) {
            if (each.topic != protocol::tick_topic && lets_through(query, each)) {
                topics.push_back(each.topic);
            }
        }
        return topics;
    };
    CHECK(matching({}) == Story{"executor.e",
                                "pending.d1.a",
                                "claimed.d1.a",
                                "pending.d2.b",
                                "claimed.d2.b",
                                "queue.d2.s"});
    CHECK(matching({.streams = {Stream::queue}}) == Story{"queue.d2.s"});
    CHECK(matching({.streams = {Stream::queue}, .domains = {"d1"}}).empty());
    CHECK(matching({.streams = {Stream::queue}, .guid = "b"}).empty());
    CHECK(matching({.streams = {Stream::claimed}}) == Story{"claimed.d1.a", "claimed.d2.b"});
    CHECK(matching({.streams = {Stream::executor, Stream::pending}}) ==
          Story{"executor.e", "pending.d1.a", "pending.d2.b"});
    CHECK(matching({.domains = {"d2"}}) == Story{"pending.d2.b", "claimed.d2.b", "queue.d2.s"});
    CHECK(matching({.domains = {"d2", "d1"}}).size() == 5);
    CHECK(matching({.guid = "a"}) == Story{"pending.d1.a", "claimed.d1.a"});
    CHECK(matching({.streams = {Stream::executor, Stream::claimed}, .guid = "a"}) ==
          Story{"claimed.d1.a"});
    CHECK(matching({.domains = {"d2"}, .guid = "a"}).empty());
    CHECK(matching({.streams = {Stream::executor}, .guid = "a"}).empty());
    CHECK(matching({.streams = {Stream::executor}, .domains = {"d1"}}).empty());
}

TEST_CASE("a page becomes the reply: events as published, next and seq") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    client.ask(ClaimArgs{"a", "e"});
    const RequestId id = client.send(ReplayArgs{.limit = 1});
    rig.run();
    const auto questions = rig.take_questions();
    REQUIRE(questions.size() == 1);
    journal::Page page;
    for (const Published& each : rig.published()) {
        if (each.topic == "pending.default.a") {
            page.bodies = each.body;
            page.ends = {static_cast<std::uint32_t>(each.body.size())};
        }
    }
    page.next = 1;
    rig.broker().receive_page(questions.front().token, page);
    const Answer answer = client.answer_to(id);
    CHECK(answer.number("next") == 1);
    CHECK(answer.number("seq") == 2);
    REQUIRE(answer.body.at("events").size() == 1);
    CHECK((*answer.body.at("events").begin()).at("kind").str() == "desired");
}

TEST_CASE("events that are kept no longer, or not there yet, are truncated, with the oldest one") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const RequestId id = client.send(ReplayArgs{.after = 5});
    rig.run();
    journal::Page page{.kind = journal::Page::Kind::truncated};
    page.oldest = 17;
    rig.broker().receive_page(rig.take_questions().front().token, page);
    const Answer answer = client.answer_to(id);
    CHECK(answer.status == "truncated");
    CHECK(answer.number("oldest") == 17);
}

TEST_CASE("a history that cannot be read is an internal error") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const RequestId failed = client.send(ReplayArgs{});
    rig.run();
    const auto questions = rig.take_questions();
    REQUIRE(questions.size() == 1);
    journal::Page page{.kind = journal::Page::Kind::failed};
    page.failure = "the disk is on fire";
    rig.broker().receive_page(questions[0].token, page);
    CHECK(client.answer_to(failed).status == "internal");
    CHECK(client.ask(GetArgs{"a"}).status == "not_found");
}

TEST_CASE("a client with many replays does not keep others from theirs") {
    Rig rig(without_passes());
    Client greedy(rig, "g");
    Client modest(rig, "m");
    for (int i = 0; i < 50; ++i) {
        greedy.send(ReplayArgs{});
    }
    const RequestId asked = modest.send(ReplayArgs{});
    rig.run();
    journal::Page page{.kind = journal::Page::Kind::failed};
    int pages = 0;
    for (auto questions = rig.take_questions(); !questions.empty() && !modest.has_answer(asked);
         questions = rig.take_questions()) {
        for (const auto& question : questions) {
            rig.broker().receive_page(question.token, page);
            ++pages;
        }
        rig.run();
    }
    CHECK(modest.has_answer(asked));
    CHECK(pages < 12);
}

TEST_CASE("too many replays of one client are busy, and those of another are not") {
    Rig rig(without_passes());
    Client greedy(rig, "g");
    Client modest(rig, "m");
    for (int i = 0; i < 300; ++i) {
        greedy.send(ReplayArgs{});
    }
    rig.run();
    CHECK_FALSE(greedy.take().empty());
    const RequestId asked = modest.send(ReplayArgs{});
    rig.run();
    CHECK_FALSE(modest.has_answer(asked));
}

TEST_CASE("replays that list very many domains, all together, are busy, and those of few are not") {
    Rig rig(without_passes());
    std::vector<std::string> names;
    for (int i = 0; i < 1000; ++i) {
        names.push_back("d" + std::to_string(i));
    }
    const std::vector<std::string_view> domains(names.begin(), names.end());
    int busy = 0;
    for (int i = 0; i < 300; ++i) {
        Client client(rig, "greedy-" + std::to_string(i));
        client.send(ReplayArgs{.domains = domains});
        rig.run();
        busy += client.take().empty() ? 0 : 1;
    }
    CHECK(busy == 300 - 262 - 4);  // four are under way
    Client modest(rig, "m");
    const RequestId asked = modest.send(ReplayArgs{.domains = {"d1", "d2"}});
    rig.run();
    CHECK_FALSE(modest.has_answer(asked));
}

}  // namespace
}  // namespace taskbbs::loop_test
