// What is checked before a verb has its say, in the contract's order (docs/protocol.md, section 4),
// and the errors of section 6.
#include "tests/loop/client.hpp"

namespace taskbbs::loop_test {
namespace {

std::string packed_map(std::string_view key, std::string_view value) {
    std::string args;
    protocol::Packer packer(args);
    packer.map(1);
    packer.str(key);
    packer.str(value);
    return args;
}

Answer only_answer(Rig& rig, const std::string& peer) {
    rig.run();
    const std::vector<Answer> answers = rig.take_answers(peer);
    REQUIRE(answers.size() == 1);
    return answers.front();
}

std::string message_of(std::int64_t version, std::uint32_t elements) {
    std::string frame;
    protocol::Packer packer(frame);
    packer.array(elements);
    packer.integer(version);
    for (std::uint32_t i = 1; i < elements; ++i) {
        packer.nil();
    }
    return frame;
}

TEST_CASE("an array that begins with another int is of an unsupported version, whatever follows") {
    Rig rig;
    rig.receive("p", message_of(2, 7));
    const Answer answer = only_answer(rig, "p");
    CHECK(answer.id == 0);
    CHECK(answer.status == "unsupported_version");
    REQUIRE(answer.body.at("supported").size() == 1);
    CHECK((*answer.body.at("supported").begin()).integer() == 1);
    CHECK_FALSE(answer.text("message").empty());
}

TEST_CASE("a message of another form is malformed, is counted, and harms nobody") {
    Rig rig;
    Client client(rig, "c");
    rig.receive("p", message_of(1, 5));
    CHECK(only_answer(rig, "p").status == "malformed");
    rig.receive("p", "\xc1");
    CHECK(only_answer(rig, "p").status == "malformed");
    rig.broker().receive_malformed("p", "one frame, please", rig.now());
    const Answer answer = only_answer(rig, "p");
    CHECK(answer.id == 0);
    CHECK(answer.text("message") == "one frame, please");
    CHECK(client.ask(StatsArgs{}).number("malformed") == 3);
    CHECK(client.ask(desire("a")).status == "ok");
    rig.receive("p", "\xc1");  // behind a message that was handled
    CHECK(only_answer(rig, "p").status == "malformed");
    CHECK(client.ask(desire("b")).status == "ok");
}

TEST_CASE("whoever hands a message in is told what is wrong with it as a whole") {
    Rig rig;
    CHECK_FALSE(rig.broker().receive("p", "\xc1", rig.now()).empty());
    CHECK_FALSE(rig.broker().receive("p", message_of(1, 5), rig.now()).empty());
    CHECK_FALSE(rig.broker().receive("p", message_of(2, 7), rig.now()).empty());
    std::string packed;
    protocol::Packer packer(packed);
    pack_request(packer, 1, desire("a"));
    std::string frame;
    protocol::Packer outer(frame);
    pack_request_message(outer, protocol::SessionId{}, 0, 1, packed);
    CHECK(rig.broker().receive("p", frame, rig.now()).empty());
}

TEST_CASE("a message is not a transaction: each request stands alone and is answered in order") {
    Rig rig;
    Client client(rig, "c");
    std::string packed;
    protocol::Packer packer(packed);
    pack_request(packer, 1, desire("a"));
    pack_request(packer, 2, desire("a"));
    pack_request(packer, 3, ClaimArgs{"a", "e"});
    pack_request(packer, 4, GetArgs{"a"});
    client.send_packed(4, packed);
    rig.run();
    const std::vector<Answer> answers = client.take();
    REQUIRE(answers.size() == 4);
    CHECK(answers[0].status == "ok");
    CHECK(answers[1].status == "already_exists");
    CHECK(answers[2].status == "ok");
    CHECK(answers[3].as<protocol::GetReply>().task.state == State::claimed);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        CHECK(answers[i].id == static_cast<RequestId>(i + 1));
    }
}

TEST_CASE("an unknown verb is refused before anything else is looked at") {
    Rig rig;
    Client client(rig, "c");
    client.ack(9);
    client.send_raw(1, "frobnicate", packed_map("guid", "\xff"));
    CHECK(client.answer_to(1).status == "unknown_verb");
}

TEST_CASE("a str that is not UTF-8 is refused before the id is looked at") {
    Rig rig;
    Client client(rig, "c");
    client.ack(1);
    client.send_raw(1, "cancel", packed_map("unheard_of", "\xff"));
    CHECK(client.answer_to(1).status == "invalid_request");
}

TEST_CASE("an expired id is refused before a remembered outcome is given") {
    Rig rig;
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    client.ack(1);
    CHECK(client.ask_as(1, desire("a")).status == "request_expired");
}

TEST_CASE("a remembered outcome is given before the form is looked at") {
    Rig rig;
    Client client(rig, "c");
    client.ask_as(1, desire("a"));
    CHECK(client.ask_as(1, desire("not a guid")).number("seq") == 1);
}

TEST_CASE("the form is checked before the task is looked for") {
    Rig rig;
    Client client(rig, "c");
    const Answer no_name = client.ask(ClaimArgs{"nobody", "not a name"});
    CHECK(no_name.status == "invalid_request");
    CHECK(no_name.text("field") == "executor_id");
    CHECK(client.ask(CompleteArgs{.guid = "nobody", .failure_reason = std::string(1025, 'x')})
              .status == "too_large");
}

TEST_CASE("a task that is not there is not found before its state matters") {
    Rig rig;
    Client client(rig, "c");
    CHECK(client.ask(ClaimArgs{"x", "e"}).status == "not_found");
    CHECK(client.ask(StartArgs{"x", "e", {}}).status == "not_found");
    CHECK(client.ask(complete("x")).status == "not_found");
    CHECK(client.ask(RejectArgs{.guid = "x", .executor_id = "e"}).status == "not_found");
    CHECK(client.ask(CancelArgs{"x", {}}).status == "not_found");
    CHECK(client.ask(ResolvingArgs{"x"}).status == "not_found");
    CHECK(client.ask(ResolveArgs{"x", {}}).status == "not_found");
    CHECK(client.ask(GetArgs{"x"}).status == "not_found");
    CHECK(client.ask(DepartArgs{"x"}).status == "not_found");
    CHECK(client.ask(DrainArgs{"x"}).status == "not_found");
}

TEST_CASE("a wrong state is found before a wrong owner") {
    Rig rig;
    Client client(rig, "c");
    bring(client, "a", State::completed);
    CHECK(client.ask(StartArgs{"a", "other", {}, 99}).status == "wrong_state");
}

TEST_CASE("start, reject and complete in another's name are refused with the owner's") {
    Rig rig;
    Client client(rig, "c");
    bring(client, "a", State::claimed);
    const Answer start = client.ask(StartArgs{"a", "other", {}});
    CHECK(start.status == "not_owner");
    CHECK(start.text("executor_id") == "e");
    CHECK(start.number("epoch") == 2);
    CHECK(client.ask(RejectArgs{.guid = "a", .executor_id = "other"}).status == "not_owner");
    client.ask(StartArgs{"a", "e", {}});
    CHECK(client.ask(CompleteArgs{.guid = "a", .executor_id = "other"}).status == "not_owner");
    CHECK(client.ask(RejectArgs{.guid = "a", .executor_id = "other"}).status == "not_owner");
    CHECK(rig.state_of("a") == State::running);
}

TEST_CASE("an epoch that is given must be the task's, and 0 never is") {
    const auto epoch = GENERATE(as<std::optional<Seq>>(), Seq{0}, Seq{1}, Seq{99});
    Rig rig;
    Client client(rig, "c");
    bring(client, "a", State::claimed);
    CHECK(client.ask(StartArgs{"a", "e", {}, epoch}).status == "not_owner");
    CHECK(client.ask(RejectArgs{.guid = "a", .executor_id = "e", .epoch = epoch}).status ==
          "not_owner");
    client.ask(StartArgs{"a", "e", {}});
    CHECK(client.ask(CompleteArgs{.guid = "a", .epoch = epoch}).status == "not_owner");
    client.ask(complete("a"));
    client.ask(ResolvingArgs{"a"});
    CHECK(client.ask(ResolveArgs{"a", epoch}).status == "not_owner");
}

TEST_CASE(
    "a former owner's epoch is refused after the task was claimed anew by the same executor") {
    Rig rig;
    Client client(rig, "c");
    bring(client, "a", State::claimed);
    client.ask(RejectArgs{.guid = "a", .executor_id = "e", .delay = 0ms});
    client.ask(ClaimArgs{"a", "e"});
    CHECK(client.ask(StartArgs{"a", "e", {}, 2}).status == "not_owner");
    CHECK(client.ask(StartArgs{"a", "e", {}, 4}).status == "ok");
}

TEST_CASE(
    "payload, result, annotation, reasons and container_handle are too_large, with the limit") {
    core::Settings settings;
    settings.limits.payload_bytes = 100;
    settings.limits.result_bytes = 50;
    Rig rig(settings);
    Client client(rig, "c");
    const std::string big(20'000, 'x');
    const std::string_view all(big);
    const auto check = [](const Answer& answer, std::string_view field, std::int64_t limit) {
        CHECK(answer.status == "too_large");
        CHECK(answer.text("field") == field);
        CHECK(answer.number("limit") == limit);
    };
    check(client.ask(desire("a", {.payload = all.substr(0, 101)})), "payload", 100);
    check(client.ask(desire("a", {.annotation = all.substr(0, 10'241)})), "annotation", 10'240);
    CHECK(
        client
            .ask(desire("a", {.payload = all.substr(0, 100), .annotation = all.substr(0, 10'240)}))
            .status == "ok");
    client.ask(ClaimArgs{"a", "e"});
    check(client.ask(StartArgs{"a", "e", all.substr(0, 256)}), "container_handle", 255);
    check(client.ask(RejectArgs{.guid = "a", .executor_id = "e", .reason = all.substr(0, 1025)}),
          "reason",
          1024);
    check(client.ask(CancelArgs{"a", all.substr(0, 1025)}), "reason", 1024);
    CHECK(client.ask(StartArgs{"a", "e", all.substr(0, 255)}).status == "ok");
    check(client.ask(CompleteArgs{.guid = "a", .result = all.substr(0, 51)}), "result", 50);
    check(client.ask(CompleteArgs{.guid = "a", .failure_reason = all.substr(0, 1025)}),
          "failure_reason",
          1024);
    CHECK(client
              .ask(CompleteArgs{
                  .guid = "a", .failure_reason = all.substr(0, 1024), .result = all.substr(0, 50)})
              .status == "ok");
}

TEST_CASE("every other bad value is an invalid request that names the innermost field") {
    Rig rig;
    Client client(rig, "c");
    const auto check = [](const Answer& answer, std::string_view field) {
        CHECK(answer.status == "invalid_request");
        CHECK(answer.text("field") == field);
        CHECK_FALSE(answer.text("message").empty());
    };
    check(client.ask(desire("no spaces")), "guid");
    check(client.ask(desire(std::string(129, 'g'))), "guid");
    check(client.ask(desire("a", {.domain = ""})), "domain");
    check(client.ask(desire("a", {.stack = "a.b"})), "stack");
    check(client.ask(desire("a", {.max_rejections = 1001})), "max_rejections");
    check(client.ask(AcquireArgs{.executor_id = "e", .max = 1025}), "max");
    check(client.ask(AcquireArgs{.executor_id = "e", .max = 0}), "max");
    check(client.ask(AcquireArgs{.executor_id = "e", .wait = 60'001ms}), "wait_ms");
    check(client.ask(HeartbeatArgs{.executor_id = "e", .ttl = 999ms}), "ttl_ms");
    check(client.ask(RejectArgs{.guid = "a", .executor_id = "e", .delay = 86'400'001ms}),
          "delay_ms");
    check(client.ask(ListArgs{.state = State::resolved}), "state");
    check(client.ask(ListArgs{.limit = 1001}), "limit");
    check(client.ask(ListArgs{.cursor = "made up"}), "cursor");
    client.send_raw(client.last_id() + 1, "desire", packed_map("x", "y"));
    check(client.answer_to(client.last_id() + 1), "task");
    CHECK(rig.batches() == 1);  // that the broker began to serve
}

TEST_CASE("an argument that is nil or absent has its default, and unknown ones are ignored") {
    Rig rig;
    Client client(rig, "c");
    bring(client, "a", State::claimed);
    std::string args;
    protocol::Packer packer(args);
    packer.map(4);
    packer.str("guid");
    packer.str("a");
    packer.str("executor_id");
    packer.str("e");
    packer.str("epoch");
    packer.nil();
    packer.str("unheard_of");
    packer.integer(1);
    client.send_raw(9, "start", args);
    CHECK(client.answer_to(9).status == "ok");
    CHECK(rig.task("a").container_handle.empty());
}

}  // namespace
}  // namespace taskbbs::loop_test
