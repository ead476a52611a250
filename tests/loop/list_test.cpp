// Pages of tasks (docs/protocol.md, section 4, `list`).
#include "tests/loop/client.hpp"

#include <random>
#include <set>

namespace taskbbs::loop_test {
namespace {

using protocol::ListReply;
using protocol::ListView;

void make_board(Client& client) {
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 600'000ms});
    bring(client, "p1", State::pending, {}, {.domain = "d1"});
    bring(client, "c1", State::claimed, "e", {.domain = "d2"});
    bring(client, "r1", State::running, "f", {.domain = "d1"});
    bring(client, "f1", State::completed, "e", {.domain = "d2"});
    bring(client, "s1", State::resolving, "f", {.domain = "d1"});
    bring(client, "p2", State::pending, {}, {.domain = "d2"});
}

TEST_CASE("list shows all tasks, and state, domain and executor_id narrow it down") {
    Rig rig(without_passes());
    Client client(rig, "c");
    make_board(client);
    const std::int64_t limit = GENERATE(1, 2, 100);
    const auto listed = [&](ListArgs args) {
        args.limit = limit;
        const Story guids = list_all(client, args);
        return std::set<std::string>(guids.begin(), guids.end());
    };
    using Guids = std::set<std::string>;
    CHECK(listed({}) == Guids{"p1", "c1", "r1", "f1", "s1", "p2"});
    CHECK(listed({.state = State::pending}) == Guids{"p1", "p2"});
    CHECK(listed({.state = State::resolving}) == Guids{"s1"});
    CHECK(listed({.domain = "d1"}) == Guids{"p1", "r1", "s1"});
    CHECK(listed({.state = State::pending, .domain = "d2"}) == Guids{"p2"});
    CHECK(listed({.executor_id = "e"}) == Guids{"c1", "f1"});
    CHECK(listed({.state = State::completed, .executor_id = "e"}) == Guids{"f1"});
    CHECK(listed({.domain = "d1", .executor_id = "f"}) == Guids{"r1", "s1"});
    CHECK(listed({.state = State::claimed, .domain = "d1", .executor_id = "e"}).empty());
    CHECK(listed({.domain = "nowhere"}).empty());
    CHECK(listed({.executor_id = "nobody"}).empty());
}

TEST_CASE("the header view has sizes instead of bytes, the full view the bytes") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a", {.payload = "four", .annotation = "note!"}));
    const auto first = [&](ListView view) {
        const auto page = client.ask(ListArgs{.view = view}).as<ListReply>();
        REQUIRE(page.tasks.count == 1);
        return *page.tasks.array.begin();
    };
    const Value header = first(ListView::header);
    CHECK(header.at("payload").is_nil());
    CHECK(header.at("annotation").is_nil());
    CHECK(header.at("payload_size").integer() == 4);
    CHECK(header.at("annotation_size").integer() == 5);
    CHECK(header.at("result_size").integer() == 0);
    const Value whole = first(ListView::full);
    CHECK(whole.at("payload").bin() == "four");
    CHECK(whole.at("annotation").str() == "note!");
}

TEST_CASE("a page says as of which event it is true, and its cursor is nil at the end") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    client.ask(desire("b"));
    const Answer first = client.ask(ListArgs{.limit = 1});
    CHECK(first.number("seq") == 2);
    CHECK(first.body.at("cursor").str());
    client.ask(desire("c"));
    const std::string cursor = first.text("cursor");
    const Answer last = client.ask(ListArgs{.limit = 5, .cursor = cursor});
    CHECK(last.number("seq") == 3);
    CHECK(last.body.at("cursor").is_nil());
    CHECK(guids_of(last.as<ListReply>().tasks) == Story{"b"});
}

TEST_CASE("what is desired after the first page is not shown, so that paging ends") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    client.ask(desire("b"));
    std::string cursor(client.ask(ListArgs{.limit = 1}).text("cursor"));
    client.ask(desire("c"));
    client.ask(desire("d", {.domain = "z"}));
    const auto last = client.ask(ListArgs{.limit = 5, .cursor = cursor}).as<ListReply>();
    CHECK(guids_of(last.tasks) == Story{"b"});
    CHECK_FALSE(last.cursor);
}

TEST_CASE("no page before the end is empty, however many domains were made after the first page") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 600'000ms});
    bring(client, "a", State::claimed, "e", {.domain = "a"});
    bring(client, "b", State::claimed, "e", {.domain = "z"});
    ListArgs args{.limit = 1};
    if (GENERATE(false, true)) {
        args.executor_id = "e";
    }
    const auto first = client.ask(args).as<ListReply>();
    Story guids = guids_of(first.tasks);
    args.cursor = first.cursor.value();
    constexpr int later = 700;
    for (int i = 0; i < later; ++i) {
        const std::string name = "m" + std::to_string(i);
        bring(client, name, State::claimed, "e", {.domain = name});
        client.ack(client.last_id());
    }
    const Story more = list_all(client, args);
    CHECK(more.size() < later / 2);
    guids.insert(guids.end(), more.begin(), more.end());
    CHECK(std::count(guids.begin(), guids.end(), "a") == 1);
    CHECK(std::count(guids.begin(), guids.end(), "b") == 1);
    CHECK(std::set<std::string>(guids.begin(), guids.end()).size() == guids.size());
}

TEST_CASE("an executor's tasks of one domain come in the order of birth, page by page") {
    Rig rig(without_passes());
    Client client(rig, "c");
    for (int i = 0; i < 9; ++i) {
        const std::string domain = "d" + std::to_string(i % 3);
        bring(client, "t" + std::to_string(i), State::claimed, "e", {.domain = domain});
    }
    CHECK(list_all(client, {.domain = "d1", .executor_id = "e", .limit = 1}) ==
          Story{"t1", "t4", "t7"});
    CHECK(list_all(client, {.executor_id = "e", .limit = 2}).size() == 9);
}

TEST_CASE("a page that holds the last task exactly is the last one") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    client.ask(desire("b"));
    CHECK(client.ask(ListArgs{.limit = 2}).body.at("cursor").is_nil());
}

TEST_CASE("a page ends early at limits.reply_bytes, with at least one task") {
    core::Settings settings = without_passes();
    settings.limits.reply_bytes = 1000;
    Rig rig(settings);
    Client client(rig, "c");
    for (int i = 0; i < 5; ++i) {
        client.ask(desire("t" + std::to_string(i), {.payload = std::string(2000, 'x')}));
    }
    const auto page = client.ask(ListArgs{.view = ListView::full}).as<ListReply>();
    CHECK(page.tasks.count == 1);
    CHECK(page.cursor);
    CHECK(list_all(client, {.view = ListView::full}).size() == 5);
}

// One random move of a random task; its guid.
std::string move_something(Client& client, std::mt19937& random, int tasks) {
    const std::string guid = "t" + std::to_string(random() % static_cast<unsigned>(tasks));
    switch (random() % 8) {
        case 0:
            client.ask(ClaimArgs{guid, "e"});
            break;
        case 1:
            client.ask(StartArgs{guid, "e", {}});
            break;
        case 2:
            client.ask(complete(guid));
            break;
        case 3:
            client.ask(ResolvingArgs{guid});
            break;
        case 4:
            client.ask(ResolveArgs{guid, {}});
            break;
        case 5:
            client.ask(RejectArgs{.guid = guid, .executor_id = "e", .delay = 0ms});
            break;
        case 6:
            client.ask(CancelArgs{guid, {}});
            break;
        default:
            client.ask(desire(guid, {.domain = random() % 2 == 0 ? "d1" : "d2"}));
            break;
    }
    client.ack(client.last_id());
    return guid;
}

bool matches(Rig& rig, const std::string& guid, const ListArgs& args) {
    if (!rig.has(guid)) {
        return false;
    }
    const TaskView task = rig.task(guid);
    return (!args.state || task.state == *args.state) &&
           (!args.domain || task.domain == *args.domain) &&
           (!args.executor_id || task.executor_id == *args.executor_id);
}

TEST_CASE(
    "whatever moves between pages, a task that matches and is not touched appears exactly once") {
    constexpr int tasks = 12;
    const auto seed = GENERATE(range(1U, 25U));
    std::mt19937 random(seed);
    Rig rig(without_passes());
    Client client(rig, "c");
    for (int i = 0; i < 60; ++i) {
        move_something(client, random, tasks);
    }
    ListArgs args{.limit = 1 + static_cast<std::int64_t>(random() % 3)};
    if (random() % 2 == 0) {
        args.state = static_cast<State>(random() % 5);
    }
    if (random() % 2 == 0) {
        args.domain = "d1";
    }
    if (random() % 3 == 0) {
        args.executor_id = "e";
    }
    std::set<std::string> steady;
    for (int i = 0; i < tasks; ++i) {
        const std::string guid = "t" + std::to_string(i);
        if (matches(rig, guid, args)) {
            steady.insert(guid);
        }
    }
    std::map<std::string, int> seen;
    std::string cursor;
    do {
        args.cursor = cursor;
        const auto page = client.ask(args).as<ListReply>();
        for (const std::string& guid : guids_of(page.tasks)) {
            ++seen[guid];
        }
        cursor = page.cursor.value_or("");
        for (int i = 0; i < 2; ++i) {
            const Seq before = rig.board().seq();
            const std::string guid = move_something(client, random, tasks);
            if (rig.board().seq() != before) {
                steady.erase(guid);
            }
        }
    } while (!cursor.empty());
    for (const std::string& guid : steady) {
        CHECK(seen[guid] == 1);
    }
}

TEST_CASE("paging goes on after a restart with the cursor of before") {
    Rig rig(without_passes());
    Client client(rig, "c");
    make_board(client);
    const auto first = client.ask(ListArgs{.limit = 3}).as<ListReply>();
    Story guids = guids_of(first.tasks);
    const std::string cursor(first.cursor.value());
    rig.restart();
    const auto rest = client.ask(ListArgs{.limit = 3, .cursor = cursor}).as<ListReply>();
    for (const std::string& guid : guids_of(rest.tasks)) {
        guids.push_back(guid);
    }
    CHECK(std::set<std::string>(guids.begin(), guids.end()).size() == 6);
}

TEST_CASE("get shows the whole task and as of which event") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "a", State::running, "e", {.payload = "four", .annotation = "note"});
    client.ask(CompleteArgs{.guid = "a", .result = "done"});
    const auto reply = client.ask(GetArgs{"a"}).as<protocol::GetReply>();
    CHECK(reply.seq == 4);
    CHECK(reply.task.payload == "four");
    CHECK(reply.task.annotation == "note");
    CHECK(reply.task.result == "done");
    CHECK(reply.task.executor_id == "e");
}

}  // namespace
}  // namespace taskbbs::loop_test
