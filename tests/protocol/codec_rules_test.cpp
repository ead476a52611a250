// The ends of every rule of the contract (docs/protocol.md, sections 3, 4 and 6).
#include "samples.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::protocol;
using namespace std::string_literals;

namespace {

// Packs `set` as the one field `key`, beside the required ones that are given, and decodes `Args`.
template <class Args, class Set>
std::optional<Fault> decoded(std::vector<std::string_view> required,
                             std::string_view key,
                             const Set& set,
                             Args& out) {
    static std::string bytes;  // the fault's views and `out` point into it
    static Document document;
    bytes.clear();
    Packer packer(bytes);
    std::erase(required, key);
    packer.map(static_cast<std::uint32_t>(required.size() + 1));
    for (const std::string_view name : required) {
        packer.str(name);
        packer.str("x");
    }
    packer.str(key);
    set(packer);
    const auto root = document.parse(bytes);
    REQUIRE(root);
    return decode(*root, out);
}

template <class Args>
std::optional<Fault> with_integer(std::string_view key, std::int64_t value, Args out = {}) {
    return decoded(
        {"guid", "executor_id"}, key, [&](Packer& p) { p.integer(value); }, out);
}

template <class Args>
std::optional<Fault> with_text(std::string_view key, const std::string& value, Args out = {}) {
    return decoded(
        {"guid", "executor_id"}, key, [&](Packer& p) { p.str(value); }, out);
}

template <class Args>
void check_range(std::string_view key, std::int64_t min, std::int64_t max) {
    INFO(key);
    CHECK_FALSE(with_integer<Args>(key, min));
    CHECK_FALSE(with_integer<Args>(key, max));
    for (const std::int64_t outside : {min - 1, max + 1}) {
        const auto fault = with_integer<Args>(key, outside);
        REQUIRE(fault);
        CHECK(fault->status == Status::invalid_request);
        CHECK(fault->field == key);
        CHECK_FALSE(fault->message.empty());
    }
}

// `too_long`: what a text over the limit is answered.
template <class Args>
void check_length(std::string_view key, std::size_t min, std::size_t max, Status too_long) {
    INFO(key);
    CHECK_FALSE(with_text<Args>(key, std::string(min, 'a')));
    CHECK_FALSE(with_text<Args>(key, std::string(max, 'a')));
    const auto fault = with_text<Args>(key, std::string(max + 1, 'a'));
    REQUIRE(fault);
    CHECK(fault->status == too_long);
    CHECK(fault->field == key);
    if (min > 0) {
        CHECK(with_text<Args>(key, "")->status == Status::invalid_request);
    }
}

}  // namespace

TEST_CASE("numbers of a task have their bounds") {
    check_range<TaskView>("priority", INT32_MIN, INT32_MAX);
    check_range<TaskView>("max_rejections", 0, 1000);
    for (const std::string_view key : {"memory_mb",
                                       "disk_mb",
                                       "cpu_percent",
                                       "run_timeout_ms",
                                       "time_to_claim_ms",
                                       "not_before",
                                       "created_at"}) {
        INFO(key);
        CHECK_FALSE(with_integer<TaskView>(key, 0));
        CHECK_FALSE(with_integer<TaskView>(key, INT64_MAX));
        CHECK(with_integer<TaskView>(key, -1)->field == key);
    }
}

TEST_CASE("numbers of the verbs have their bounds") {
    check_range<AcquireArgs>("max", 1, 1024);
    check_range<AcquireArgs>("wait_ms", 0, 60'000);
    check_range<RejectArgs>("delay_ms", 0, 86'400'000);
    check_range<ListArgs>("limit", 1, 1000);
    check_range<ExecutorsArgs>("limit", 1, 1000);
    check_range<ReplayArgs>("limit", 1, 10'000);
    check_range<HeartbeatArgs>("ttl_ms", 1000, 600'000);
    CHECK(with_integer<ReplayArgs>("after", -1)->field == "after");
    CHECK(with_integer<StartArgs>("epoch", -1)->field == "epoch");
    CHECK_FALSE(with_integer<StartArgs>("epoch", INT64_MAX));
}

TEST_CASE("texts of a task have their lengths") {
    check_length<TaskView>("guid", 1, 128, Status::invalid_request);
    check_length<TaskView>("domain", 1, 64, Status::invalid_request);
    check_length<TaskView>("stack", 0, 64, Status::invalid_request);
    check_length<TaskView>("type", 0, 64, Status::invalid_request);
    check_length<TaskView>("annotation", 0, 10 * 1024, Status::too_large);
}

TEST_CASE("texts of the verbs have their lengths") {
    check_length<ClaimArgs>("executor_id", 1, 128, Status::invalid_request);
    check_length<StartArgs>("container_handle", 0, 255, Status::too_large);
    check_length<CompleteArgs>("failure_reason", 0, 1024, Status::too_large);
    check_length<RejectArgs>("reason", 0, 1024, Status::too_large);
    check_length<CancelArgs>("reason", 0, 1024, Status::too_large);
    check_length<HeartbeatArgs>("incarnation", 0, 64, Status::invalid_request);
}

TEST_CASE("what is too large says its limit") {
    const auto fault = with_text<StartArgs>("container_handle", std::string(256, 'a'));
    REQUIRE(fault);
    CHECK(fault->limit == 255);
}

TEST_CASE("names hold letters, digits, underscore and hyphen alone") {
    CHECK_FALSE(with_text<TaskView>("guid", "AZaz09_-"));
    for (const std::string& bad : {" "s, "a.b"s, "a/b"s, "\xc3\xa9"s, "a\0b"s, "{"s, "@"s}) {
        CHECK(with_text<TaskView>("guid", bad)->field == "guid");
        CHECK(with_text<TaskView>("domain", bad)->field == "domain");
        CHECK(with_text<ClaimArgs>("executor_id", bad)->field == "executor_id");
    }
    CHECK_FALSE(with_text<TaskView>("type", "any text. \xc3\xa9"));
}

TEST_CASE("a value of another type is refused with its field") {
    CHECK(with_integer<TaskView>("guid", 1)->field == "guid");
    CHECK(with_text<TaskView>("priority", "1")->field == "priority");
    CHECK(with_text<TaskView>("payload", "bytes as a str") == std::nullopt);
    CHECK(with_integer<TaskView>("payload", 1)->field == "payload");
    CHECK(with_integer<CompleteArgs>("failed", 1)->field == "failed");
    CHECK(with_integer<AcquireArgs>("stacks", 1)->field == "stacks");
    CHECK(with_text<AcquireArgs>("free", "x")->field == "free");
    TaskView task;
    CHECK(decoded(
              {}, "guid", [](Packer& p) { p.bin("g"); }, task)
              ->field == "guid");
}

TEST_CASE("a word that is not one of its enumeration is refused") {
    CHECK_FALSE(with_text<TaskView>("on_executor_lost", "fail"));
    CHECK(with_text<TaskView>("on_executor_lost", "explode")->field == "on_executor_lost");
    CHECK(with_text<ListArgs>("state", "")->field == "state");
    CHECK(with_text<ListArgs>("view", "slim")->field == "view");
}

TEST_CASE("a list has its most items, and each item its rule") {
    const auto stacks = [](std::size_t count, std::string_view item) {
        AcquireArgs out;
        return decoded(
            {"executor_id"},
            "stacks",
            [&](Packer& p) {
                p.array(static_cast<std::uint32_t>(count));
                for (std::size_t i = 0; i < count; ++i) {
                    p.str(item);
                }
            },
            out);
    };
    CHECK_FALSE(stacks(max_names, ""));
    CHECK(stacks(max_names + 1, "")->field == "stacks");
    CHECK(stacks(1, "a.b")->field == "stacks");
    CHECK(stacks(1, std::string(65, 'a'))->field == "stacks");
}

TEST_CASE("a heartbeat names at most 1024 pairs of guid and epoch") {
    const auto running = [](std::size_t count, std::uint32_t width) {
        HeartbeatArgs out;
        return decoded(
            {"executor_id"},
            "running",
            [&](Packer& p) {
                p.array(static_cast<std::uint32_t>(count));
                for (std::size_t i = 0; i < count; ++i) {
                    p.array(width);
                    p.str("g");
                    for (std::uint32_t j = 1; j < width; ++j) {
                        p.integer(1);
                    }
                }
            },
            out);
    };
    CHECK_FALSE(running(1024, 2));
    CHECK(running(1025, 2)->field == "running");
    CHECK(running(1, 1)->field == "running");
    CHECK(running(1, 3)->field == "running");
}

TEST_CASE("the field of a fault is the innermost name") {
    DesireArgs desire;
    const auto fault = decoded(
        {},
        "task",
        [](Packer& p) {
            p.map(1);
            p.str("guid");
            p.str("");
        },
        desire);
    REQUIRE(fault);
    CHECK(fault->field == "guid");
}

TEST_CASE("what only the broker sets is ignored in a desire, whatever it is") {
    DesireArgs desire;
    const auto fault = decoded(
        {},
        "task",
        [](Packer& p) {
            p.map(3);
            p.str("guid");
            p.str("g");
            p.str("state");
            p.integer(5);
            p.str("seq");
            p.str("no number");
        },
        desire);
    CHECK_FALSE(fault);
    CHECK(desire.task.seq == 0);
}

TEST_CASE("nil and unknown fields change nothing") {
    ListArgs list;
    CHECK_FALSE(decoded(
        {}, "limit", [](Packer& p) { p.nil(); }, list));
    CHECK(list.limit == 100);
    CHECK_FALSE(decoded(
        {}, "no_such_field", [](Packer& p) { p.integer(1); }, list));
}

TEST_CASE("what is required and missing, or nil, is refused") {
    ClaimArgs claim;
    CHECK(decoded(
              {"guid"}, "executor_id", [](Packer& p) { p.nil(); }, claim)
              ->field == "executor_id");
    DesireArgs desire;
    CHECK(decoded(
              {}, "x", [](Packer& p) { p.nil(); }, desire)
              ->field == "task");
}

TEST_CASE("what is not a map has no fields to read") {
    Document document;
    const auto root = document.parse("\x93\x01\x02\x03");
    REQUIRE(root);
    TaskView task;
    CHECK(decode(*root, task));
    SeqReply reply;
    CHECK(decode(Value(), reply));
}

TEST_CASE("texts that are not UTF-8 are found wherever they are, but in bytes") {
    const auto valid = [](Verb verb, std::string_view key, std::string_view text, bool in_task) {
        std::string bytes;
        Packer packer(bytes);
        packer.map(1);
        if (in_task) {
            packer.str("task");
            packer.map(1);
        }
        packer.str(key);
        packer.str(text);
        Document document;
        return has_valid_texts(verb, *document.parse(bytes));
    };
    CHECK(valid(Verb::cancel, "reason", "\xc3\xa9", false));
    CHECK_FALSE(valid(Verb::cancel, "reason", "\xff", false));
    CHECK_FALSE(valid(Verb::cancel, "\xff", "x", false));
    CHECK_FALSE(valid(Verb::cancel, "no_such_field", "\xff", false));
    CHECK(valid(Verb::desire, "payload", "\xff", true));
    CHECK_FALSE(valid(Verb::desire, "annotation", "\xff", true));
    CHECK(valid(Verb::complete, "result", "\xff", false));
}
