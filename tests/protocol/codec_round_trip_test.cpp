// What is written is read back as it was: every message, every field.
#include "samples.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::protocol;

namespace {

// Written, read, written again: the same bytes.
template <class Message>
void check_round_trip(const Message& message, Defaults defaults, std::uint8_t views) {
    const std::string bytes = samples::packed(message, defaults, views);
    Document document;
    const auto root = document.parse(bytes);
    REQUIRE(root);
    Message back;
    const auto fault = decode(*root, back);
    INFO((fault ? fault->message : std::string()));
    REQUIRE_FALSE(fault);
    CHECK(samples::packed(back, defaults, views) == bytes);
}

}  // namespace

TEST_CASE("the arguments of every verb survive the wire") {
    samples::each_args([](const auto& args) {
        check_round_trip(args, Defaults::omit, desired);
        check_round_trip(args, Defaults::keep, desired);
    });
}

TEST_CASE("every answer and every publication survives the wire") {
    samples::each_answer([](const auto& answer) {
        check_round_trip(answer, Defaults::omit, every_view);
        check_round_trip(answer, Defaults::keep, every_view);
    });
}

TEST_CASE("the samples leave no field of a task at its default") {
    const TaskView standard;
    const TaskView sample = samples::task();
    std::apply(
        [&](const auto&... field) {
            (
                [&] {
                    INFO(field.name);
                    CHECK_FALSE(sample.*field.member == standard.*field.member);
                }(),
                ...);
        },
        TaskView::fields());
}

TEST_CASE("a task owns its bytes and shows them again") {
    const Task task = own(samples::task());
    CHECK(view_of(task) == samples::task());
}

TEST_CASE("what is left out keeps its default") {
    Document document;
    const auto root = document.parse("\x80");
    REQUIRE(root);
    ListArgs list;
    REQUIRE_FALSE(decode(*root, list));
    CHECK(list.limit == 100);
    CHECK(list.view == ListView::header);
    CHECK_FALSE(list.state);
    HeartbeatArgs heartbeat;
    CHECK(decode(*root, heartbeat)->field == "executor_id");
    DrainArgs drain;
    drain.on = true;
    CHECK(decode(*root, drain)->field == "executor_id");
    CHECK(drain.on);
}

TEST_CASE("an absent optional is not the same as 0") {
    std::string bytes;
    Packer packer(bytes);
    encode(packer, StartArgs{.guid = "g", .executor_id = "e", .epoch = 0}, Defaults::omit);
    Document document;
    StartArgs back;
    REQUIRE_FALSE(decode(*document.parse(bytes), back));
    CHECK(back.epoch == 0);
    bytes.clear();
    encode(packer, StartArgs{.guid = "g", .executor_id = "e"}, Defaults::omit);
    back = {};
    REQUIRE_FALSE(decode(*document.parse(bytes), back));
    CHECK_FALSE(back.epoch);
}

TEST_CASE("the cursor of a last page is written as nil") {
    const std::string bytes = samples::packed(ListReply{.seq = 1});
    Document document;
    const auto root = document.parse(bytes);
    REQUIRE(root);
    std::vector<std::string_view> keys;
    for (auto at = root->begin(); at != root->end(); ++at) {
        keys.push_back(*(*at).str());
        ++at;
    }
    CHECK(keys == std::vector<std::string_view>{"tasks", "cursor", "seq"});
    CHECK(root->at("cursor").is_nil());
}
