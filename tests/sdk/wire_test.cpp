// What the SDK's values become on the wire, and answers as its values.
#include "sdk/wire.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::sdk;

namespace {

// The arguments as the broker would see them.
struct Seen {
    template <class Args>
    explicit Seen(const Args& args) : bytes(pack(args)), root(*document.parse(bytes)) {}

    std::string bytes;
    protocol::Document document;
    protocol::Value root;
};

}  // namespace

TEST_CASE("the epoch is sent where it is given, 0 included") {
    const Seen given(StartArgs{.guid = "g", .executor_id = "e", .epoch = 0});
    CHECK(given.root.at("epoch").integer() == 0);
    const Seen absent(StartArgs{.guid = "g", .executor_id = "e"});
    CHECK(absent.root.at("epoch").is_nil());
}

TEST_CASE("a task's fields that only the broker sets are not sent") {
    const Seen seen(DesireArgs{.task = {.guid = "g", .seq = 5, .executor_id = "e"}});
    const protocol::Value task = seen.root.at("task");
    CHECK(task.at("guid").str() == "g");
    CHECK(task.at("domain").str() == "default");
    CHECK(task.at("seq").is_nil());
    CHECK(task.at("executor_id").is_nil());
}

TEST_CASE("resources keep the difference between any and 0") {
    const Seen seen(AcquireArgs{.executor_id = "e", .free = Resources{.memory_mb = 0}});
    CHECK(seen.root.at("free").at("memory_mb").integer() == 0);
    CHECK(seen.root.at("free").at("disk_mb").is_nil());
    const Seen any(AcquireArgs{.executor_id = "e"});
    CHECK(any.root.at("free").is_nil());
}

TEST_CASE("an answer of another form is unreadable, and no crash") {
    CHECK(read<Applied>("\x93\x01\x02\x03").error().code == Code::unreadable);
    CHECK(read<Applied>("\xc0").error().code == Code::unreadable);
    CHECK(read<Found>("\x81\xa4task\x01").error().code == Code::unreadable);
    CHECK(read<TaskPage>("\x81\xa5tasks\x91\x01").error().code == Code::unreadable);
    CHECK(read<Stats>("\x91\x01").error().code == Code::unreadable);
}

TEST_CASE("stats are whatever the broker counts") {
    const auto stats = read<Stats>(
        "\x84\xa1"
        "a\x05\xa1"
        "b\xc3\xa4sync\xa5never\xa1n\xc0");
    REQUIRE(stats);
    CHECK(stats->values.size() == 3);
    CHECK(std::get<std::int64_t>(stats->values.at("a")) == 5);
    CHECK(std::get<bool>(stats->values.at("b")));
    CHECK(std::get<std::string>(stats->values.at("sync")) == "never");
}

TEST_CASE("a refusal brings along what helps") {
    std::string bytes;
    protocol::Packer packer(bytes);
    encode(packer,
           protocol::Refusal{.message = "no",
                             .field = "guid",
                             .state = State::running,
                             .executor_id = "e",
                             .epoch = 5,
                             .limit = 6,
                             .incarnation = "i",
                             .oldest = 7});
    const Error error = refusal_of("wrong_state", bytes);
    CHECK(error.is(Status::wrong_state));
    CHECK(error.name() == "wrong_state");
    CHECK(error.message == "no");
    CHECK(error.field == "guid");
    CHECK(error.state == State::running);
    CHECK(error.executor_id == "e");
    CHECK(error.epoch == 5);
    CHECK(error.limit == 6);
    CHECK(error.incarnation == "i");
    CHECK(error.oldest == 7);
}

// The same map with one more key: what a later version may send.
std::string with_more(const std::string& map) {
    const auto head = static_cast<unsigned char>(map[0]);
    const bool is_short = head < 0xde;
    const unsigned keys =
        is_short ? head & 0x0fU
                 : static_cast<unsigned char>(map[1]) << 8U | static_cast<unsigned char>(map[2]);
    std::string more{'\xde', static_cast<char>((keys + 1) >> 8U), static_cast<char>(keys + 1)};
    return more + "\xa3new\x81\x01\x02" + map.substr(is_short ? 1 : 3);
}

TEST_CASE("an answer with a field that is not known is the same answer") {
    std::string task;
    protocol::Packer task_packer(task);
    encode(task_packer,
           protocol::TaskView{.guid = "g", .payload = "p"},
           protocol::Defaults::keep,
           protocol::whole);
    const auto answer = [](const protocol::AcquireReply& reply) {
        std::string bytes;
        protocol::Packer packer(bytes);
        encode(packer, reply);
        return bytes;
    };
    const std::string known =
        answer({.tasks = {.count = 2, .packed = std::string(task).append(task)}, .seq = 3});
    const std::string mixed = std::string(task).append(with_more(task));
    const std::string of_items = answer({.tasks = {.count = 2, .packed = mixed}, .seq = 3});
    for (const std::string& bytes : {known, with_more(known), of_items, with_more(of_items)}) {
        const auto acquired = read<Acquired>(bytes);
        REQUIRE(acquired);
        CHECK(acquired->seq == 3);
        REQUIRE(acquired->tasks.size() == 2);
        CHECK(acquired->tasks[0].payload == "p");
        CHECK(acquired->tasks[0] == acquired->tasks[1]);
    }
}

TEST_CASE("events of executors are replayed, with fields that are not known too") {
    std::string event;
    protocol::Packer event_packer(event);
    encode(event_packer,
           protocol::ExecutorEventView{.seq = 3, .ordinal = 1, .executor_id = "e"},
           protocol::Defaults::keep,
           protocol::whole);
    std::string bytes;
    protocol::Packer packer(bytes);
    const std::string both = std::string(event).append(with_more(event));
    encode(packer,
           protocol::ReplayReply{.events = {.count = 2, .packed = both}, .next = 5, .seq = 4});
    const auto replayed = read<Replayed>(bytes);
    REQUIRE(replayed);
    REQUIRE(replayed->events.size() == 2);
    CHECK(replayed->events[0].executor_id == "e");
    CHECK(replayed->events[1].executor_id == "e");
}

TEST_CASE("a pause is of a stack, of the one without a name, or of all: three different things") {
    const Seen all(PauseArgs{.domain = "d"});
    CHECK(all.root.at("stack").is_nil());
    const Seen none(PauseArgs{.domain = "d", .stack = ""});
    CHECK(none.root.at("stack").str() == "");
    std::string items;
    protocol::Packer packer(items);
    encode(packer, protocol::PauseView{.domain = "d"}, protocol::Defaults::omit);
    encode(packer, protocol::PauseView{.domain = "d", .stack = ""}, protocol::Defaults::omit);
    std::string bytes;
    protocol::Packer reply(bytes);
    encode(reply, protocol::PausedReply{.paused = {.count = 2, .packed = items}, .seq = 4});
    const auto paused = read<Paused>(bytes);
    REQUIRE(paused);
    REQUIRE(paused->pauses.size() == 2);
    CHECK_FALSE(paused->pauses[0].stack);
    CHECK(paused->pauses[1].stack == "");
}

TEST_CASE("events of queues are replayed") {
    std::string event;
    protocol::Packer event_packer(event);
    encode(event_packer,
           protocol::QueueEventView{
               .seq = 3, .ordinal = 1, .kind = Kind::resumed, .domain = "d", .stack = "s"});
    std::string bytes;
    protocol::Packer packer(bytes);
    encode(packer,
           protocol::ReplayReply{.events = {.count = 1, .packed = event}, .next = 3, .seq = 3});
    const auto replayed = read<Replayed>(bytes);
    REQUIRE(replayed);
    REQUIRE(replayed->events.size() == 1);
    CHECK(replayed->events[0].is_queue());
    CHECK(replayed->events[0].domain == "d");
    CHECK(replayed->events[0].stack == "s");
}

TEST_CASE("a replayed event of a kind that is not known is left out") {
    std::string good;
    protocol::Packer event(good);
    encode(event,
           protocol::TaskEventView{.seq = 3, .ordinal = 1, .task = {.guid = "g"}},
           protocol::Defaults::keep,
           protocol::header);
    std::string strange = good;
    strange.replace(strange.find("desired"), 7, "dreamed");
    std::string bytes;
    protocol::Packer packer(bytes);
    encode(packer,
           protocol::ReplayReply{
               .events = {.count = 2, .packed = strange.append(good)}, .next = 4, .seq = 4});
    const auto replayed = read<Replayed>(bytes);
    REQUIRE(replayed);
    REQUIRE(replayed->events.size() == 1);
    CHECK(replayed->events[0].task.guid == "g");
    CHECK(replayed->next == 4);
}
