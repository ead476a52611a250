// cli/json.hpp: the SDK's values as JSON.
#include "cli/json.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;

TEST_CASE("bytes are a string where they are UTF-8 and marked base64 where not") {
    CHECK(json_of_bytes("text \xc3\xa4") == Json("text \xc3\xa4"));
    CHECK(json_of_bytes("") == Json(""));
    CHECK(json_of_bytes("\xff\xfe") == Json{{"base64", "//4="}});
}

TEST_CASE("a whole task has its bytes, a header their sizes, a slim one neither") {
    const Task task{.guid = "g", .payload = "\xff", .annotation = "note"};
    const auto whole = json_of(task);
    CHECK(whole.at("payload") == Json{{"base64", "/w=="}});
    CHECK(whole.at("annotation") == "note");
    CHECK_FALSE(whole.contains("payload_size"));
    const auto header = json_of(task, protocol::header);
    CHECK_FALSE(header.contains("payload"));
    CHECK(header.contains("payload_size"));
    const auto slim = json_of(task, protocol::slim);
    CHECK(line_of(slim) ==
          R"({"guid":"g","domain":"default","updated_at":0,"seq":0,"state":"pending",)"
          R"("executor_id":"","container_handle":"","epoch":0})");
}

TEST_CASE(
    "what leaves the command has its times as RFC 3339, exact, and null where there is none") {
    const Task task{.created_at = Time{Duration{1'769'846'950'123'456'789}}};
    const auto json = with_times({{"at", 1}, {"task", json_of(task)}, {"seq", 5}});
    CHECK(json.at("at") == "1970-01-01T00:00:00.000000001Z");
    CHECK(json.at("task").at("created_at") == "2026-01-31T08:09:10.123456789Z");
    CHECK(json.at("task").at("completed_at").is_null());
    CHECK(json.at("seq") == 5);
}

TEST_CASE("until then times stay ns and durations ms, as on the wire") {
    const Task task{.run_timeout = milliseconds{1500}, .created_at = Time{Duration{17}}};
    const auto json = json_of(task);
    CHECK(json.at("run_timeout_ms") == 1500);
    CHECK(json.at("created_at") == 17);
}

TEST_CASE("an event shows a task or an executor") {
    Event event{.seq = 3, .stream = Stream::claimed, .kind = Kind::claimed, .task = {.guid = "g"}};
    CHECK(json_of(event).at("task").at("guid") == "g");
    CHECK_FALSE(json_of(event).contains("executor_id"));
    event = {
        .stream = Stream::executor, .kind = Kind::lost, .executor_id = "e", .reason = "expired"};
    CHECK(json_of(event).at("executor_id") == "e");
    CHECK(json_of(event).at("reason") == "expired");
    CHECK_FALSE(json_of(event).contains("task"));
}

TEST_CASE("for people a command's result is unpacked, any other one is not") {
    const Task ran{.result = pack({.exit = 3, .out = "out"})};
    CHECK(readable_json_of(ran).at("result").at("exit") == 3);
    CHECK(readable_json_of(ran).at("result").at("stdout") == "out");
    CHECK(json_of(ran).at("result").contains("base64"));
    const Task other{.result = "plain"};
    CHECK(readable_json_of(other).at("result") == "plain");
}

TEST_CASE("every counter keeps its kind") {
    const Stats stats{.values = {{"brake", true}, {"load", 0.5}, {"seq", std::int64_t{7}}}};
    CHECK(line_of(json_of(stats)) == R"({"brake":true,"load":0.5,"seq":7})");
}

TEST_CASE("a document is one line, whatever is in it") {
    CHECK(line_of({{"a", "x\ny"}}) == R"({"a":"x\ny"})");
    CHECK(line_of({{"a", "\xff"}}) == "{\"a\":\"\xef\xbf\xbd\"}");
}
