// The walk over bytes that encode() wrote, and what it leaves to decode().
#include "protocol/in_order.hpp"

#include "protocol/replies.hpp"
#include "tests/protocol/samples.hpp"

#include <catch2/catch.hpp>

using namespace std::string_literals;

namespace taskbbs::protocol {
namespace {

TaskEventView sample() {
    return {.seq = 70'000,
            .stream = Stream::completed,
            .ordinal = 200,
            .at = samples::instant,
            .kind = Kind::completed,
            .cause = Cause::converge,
            .task = samples::task()};
}

bool is_taken(std::string_view bytes) {
    TaskEventView event;
    return decode_in_order(bytes, event);
}

// A task event of which only these bytes of its task are given.
std::string with_task(std::string_view packed_task) {
    std::string bytes = samples::packed(sample());
    bytes.resize(bytes.size() - samples::packed(samples::task()).size());
    return bytes.append(packed_task);
}

TEST_CASE("what was encoded is read in order, with its defaults or without") {
    const auto defaults = GENERATE(Defaults::keep, Defaults::omit);
    const auto views = GENERATE(every_view, whole, header, slim);
    const std::string bytes = samples::packed(sample(), defaults, views);
    TaskEventView in_order;
    REQUIRE(decode_in_order(bytes, in_order));
    Document document;
    TaskEventView decoded;
    REQUIRE_FALSE(decode(*document.parse(bytes), decoded));
    CHECK(in_order.task == decoded.task);
    CHECK(samples::packed(in_order) == samples::packed(decoded));
}

TEST_CASE("bytes that end early, and bytes behind the end, are not taken") {
    const std::string bytes = samples::packed(sample());
    REQUIRE(is_taken(bytes));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK_FALSE(is_taken(std::string_view(bytes).substr(0, size)));
    }
    CHECK_FALSE(is_taken(bytes + '\xc0'));
}

TEST_CASE("an answer is read in order, and of a list its items as they are packed") {
    OwnedReply owned;
    REQUIRE(decode_in_order(
        samples::packed(OwnedReply{.seq = 8, .epoch = 7, .task = samples::task()}), owned));
    CHECK(owned.epoch == 7);
    REQUIRE(owned.task);
    const std::string item = samples::packed(samples::task());
    const std::string bytes =
        samples::packed(AcquireReply{.tasks = {.count = 2, .packed = item + item}, .seq = 9});
    AcquireReply acquired;
    REQUIRE(decode_in_order(bytes, acquired));
    CHECK(acquired.seq == 9);
    CHECK(acquired.tasks.count == 2);
    CHECK(acquired.tasks.packed == item + item);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK_FALSE(decode_in_order(std::string_view(bytes).substr(0, size), acquired));
    }
}

TEST_CASE("a value that nobody reads is passed, whatever it is, and ends where it ends") {
    const std::string bytes = GENERATE(as<std::string>(),
                                       "\x05"s,
                                       "\xff"s,
                                       "\xc0"s,
                                       "\xc2"s,
                                       "\xc3"s,
                                       "\xc4\x01x"s,
                                       "\xc5\x00\x02xx"s,
                                       "\xc6\x00\x00\x00\x01x"s,
                                       "\xc7\x01tx"s,
                                       "\xc8\x00\x01tx"s,
                                       "\xc9\x00\x00\x00\x01tx"s,
                                       "\xca\x00\x00\x00\x00"s,
                                       "\xcb\x00\x00\x00\x00\x00\x00\x00\x00"s,
                                       "\xcc\x80"s,
                                       "\xcd\x80\x00"s,
                                       "\xce\x80\x00\x00\x00"s,
                                       "\xcf\xff\xff\xff\xff\xff\xff\xff\xff"s,
                                       "\xd0\x80"s,
                                       "\xd1\x80\x00"s,
                                       "\xd2\x80\x00\x00\x00"s,
                                       "\xd3\x80\x00\x00\x00\x00\x00\x00\x00"s,
                                       "\xd4tx"s,
                                       "\xd5txx"s,
                                       "\xd6txxxx"s,
                                       "\xd7txxxxxxxx"s,
                                       "\xd8txxxxxxxxxxxxxxxx"s,
                                       "\xa3str"s,
                                       "\xd9\x01x"s,
                                       "\xda\x00\x01x"s,
                                       "\xdb\x00\x00\x00\x01x"s,
                                       "\x92\x01\x91\xc0"s,
                                       "\xdc\x00\x02\x01\x02"s,
                                       "\xdd\x00\x00\x00\x01\x01"s,
                                       "\x82\x01\x80\x02\x92\x03\x04"s,
                                       "\xde\x00\x01\x01\x02"s,
                                       "\xdf\x00\x00\x00\x01\x01\x02"s);
    const std::string more = bytes + "\xc0";
    PackedWalk walk(more);
    std::string_view passed;
    REQUIRE(walk.any(passed));
    CHECK(passed == bytes);
    CHECK_FALSE(walk.at_end());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK_FALSE(PackedWalk(std::string_view(bytes).substr(0, size)).any(passed));
    }
}

TEST_CASE("a value that is none, or longer than its bytes, is not passed") {
    std::string_view passed;
    CHECK_FALSE(PackedWalk("\xc1").any(passed));
    CHECK_FALSE(PackedWalk("\xdb\xff\xff\xff\xff").any(passed));
    CHECK_FALSE(PackedWalk("\xdf\xff\xff\xff\xff\x01\x01").any(passed));
    CHECK_FALSE(PackedWalk("\xdd\xff\xff\xff\xff\x01").any(passed));
}

TEST_CASE("fields are taken in any order, unknown, twice or nil they are left to decode()") {
    CHECK(
        is_taken(with_task("\x82\xa4guid\xa1g\xa6"
                           "domain\xa1"
                           "d")));
    CHECK(
        is_taken(with_task("\x82\xa6"
                           "domain\xa1"
                           "d\xa4guid\xa1g")));
    CHECK_FALSE(
        is_taken(with_task("\x83\xa6"
                           "domain\xa1"
                           "d\xa4guid\xa1g\xa6"
                           "domain\xa1"
                           "d")));
    CHECK_FALSE(is_taken(with_task("\x82\xa4guid\xa1g\xa3new\x01")));
    CHECK_FALSE(is_taken(with_task("\x82\xa4guid\xa1g\xa4guid\xa1g")));
    CHECK_FALSE(is_taken(with_task("\x82\xa4guid\xa1g\xa5stack\xc0")));
    CHECK_FALSE(is_taken(with_task("\x80")));
}

TEST_CASE("values are held to the rules of their fields") {
    const auto task_of = [](const TaskView& task) {
        return with_task(samples::packed(task, Defaults::omit));
    };
    const std::string longest(max_guid, 'g');
    CHECK(is_taken(task_of({.guid = longest})));
    CHECK_FALSE(is_taken(task_of({.guid = longest + "g"})));
    CHECK_FALSE(is_taken(task_of({.guid = ""})));
    CHECK_FALSE(is_taken(task_of({.guid = "a b"})));
    CHECK(is_taken(task_of({.guid = "g", .type = "\xc3\xa9"})));
    CHECK_FALSE(is_taken(task_of({.guid = "g", .type = "\xc3"})));
    CHECK(is_taken(task_of({.guid = "g", .payload = "\xff"})));
    CHECK(is_taken(task_of({.guid = "g", .max_rejections = 1000})));
    CHECK_FALSE(is_taken(task_of({.guid = "g", .max_rejections = 1001})));
    CHECK_FALSE(is_taken(task_of({.guid = "g", .seq = -1})));
    CHECK_FALSE(is_taken(with_task("\x82\xa4guid\xa1g\xa5state\xa4gone")));
}

TEST_CASE("an integer is taken in any width that holds it, up to 2^63-1") {
    const auto seq = [](std::string_view packed) {
        std::string bytes("\x81\xa3seq");
        bytes += packed;
        PackedWalk walk(bytes);
        SeqReply got;
        return read_in_order<Rule{}>(walk, got) && walk.at_end() ? got.seq : -1;
    };
    using namespace std::string_view_literals;
    CHECK(seq("\x7f") == 127);
    CHECK(seq("\xcc\xff") == 255);
    CHECK(seq("\xcd\x01\x00"sv) == 256);
    CHECK(seq("\xce\x00\x00\x00\x07"sv) == 7);
    CHECK(seq("\xcf\x7f\xff\xff\xff\xff\xff\xff\xff") == max_integer);
    CHECK(seq("\xcf\x80\x00\x00\x00\x00\x00\x00\x00"sv) == -1);
    CHECK(seq("\xd3\x00\x00\x00\x00\x00\x00\x00\x07"sv) == 7);
    CHECK(seq("\xd0\x80") == -1);
    CHECK(seq("\xff") == -1);
    CHECK(seq("\xcd\x01") == -1);
    CHECK(seq("") == -1);
}

}  // namespace
}  // namespace taskbbs::protocol
