// cli/context.hpp: what a context's file says, and what wins over it.
#include "cli/arguments.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::cli;

namespace {

using Words = std::vector<std::string>;

std::string faults(std::string_view text) {
    const auto defaults = parse_context("prod.conf", text);
    REQUIRE_FALSE(defaults.has_value());
    return defaults.error();
}

Arguments taken_in(const Words& words,
                   std::string_view context,
                   const std::optional<std::string>& endpoint = std::nullopt) {
    const auto load = [&](const std::string& name) { return parse_context(name, context); };
    const auto invocation = parse(words, endpoint, {.named = "prod", .load = load});
    if (!invocation) {
        FAIL(invocation.error().message);
    }
    return std::get<Arguments>(*invocation);
}

}  // namespace

TEST_CASE("a context is lines of name = value, blank ones and comments count nothing") {
    CHECK(parse_context("p", "# a board\n\n  endpoint=tcp://b:1 \r\ndomain = team\n") ==
          Defaults{{"endpoint", "tcp://b:1"}, {"domain", "team"}});
    CHECK(parse_context("p", "") == Defaults{});
    CHECK(parse_context("p", "stack =\n") == Defaults{{"stack", ""}});
}

TEST_CASE("every mistake in a context is told with its line") {
    CHECK(faults("endpont = tcp://b:1\nnonsense\ntimeout = 5\noutput = yaml\n\nendpoint = b\n"
                 "domain = a b\ntimeout = 1s\ntimeout = 2s\n") ==
          "prod.conf:1: unknown name 'endpont'; did you mean endpoint?\n"
          "prod.conf:2: 'nonsense' is not name = value\n"
          "prod.conf:3: timeout: '5' is not a duration like 5s or 500ms\n"
          "prod.conf:4: output: 'yaml' is not table|wide|json|jsonl|id|template=TEXT\n"
          "prod.conf:6: endpoint: 'b' is neither tcp://HOST:PORT nor ipc://PATH\n"
          "prod.conf:7: domain: 'a b' is not 1 to 64 of A-Z a-z 0-9 _ -\n"
          "prod.conf:8: timeout is given a second time, after line 3\n"
          "prod.conf:9: timeout is given a second time, after line 3");
}

TEST_CASE("keys may stand in a context") {
    const auto defaults = parse_context("c", "key = a\nserver_key = b.pub\n");
    REQUIRE(defaults);
    CHECK(*defaults == Defaults{{"key", "a"}, {"server-key", "b.pub"}});
    CHECK(faults("secret_key = abc\n").find("unknown name") != std::string::npos);
}

TEST_CASE("the command line wins over the environment, that over the context, that over the rest") {
    constexpr std::string_view context =
        "endpoint = tcp://context:1\ntimeout = 5s\noutput = json\n";
    CHECK(taken_in({"stats"}, context).endpoint == "tcp://context:1");
    CHECK(taken_in({"stats"}, context, "tcp://environment:1").endpoint == "tcp://environment:1");
    CHECK(taken_in({"stats", "--endpoint", "tcp://line:1"}, context, "tcp://environment:1")
              .endpoint == "tcp://line:1");
    CHECK(taken_in({"stats"}, "").endpoint == "tcp://127.0.0.1:7411");
    CHECK(taken_in({"stats"}, context).duration("timeout") == std::chrono::seconds{5});
    CHECK(taken_in({"stats", "--timeout", "1s"}, context).duration("timeout") ==
          std::chrono::seconds{1});
    CHECK(taken_in({"stats"}, context).output.format == Format::json);
    CHECK(taken_in({"stats", "-o", "table"}, context).output.format == Format::table);
    CHECK(taken_in({"stats", "--template", "{seq}"}, context).output.format == Format::templated);
}

TEST_CASE("a context's domain and stack stand for the options of the commands that have them") {
    constexpr std::string_view context = "domain = team\nstack = linux\n";
    CHECK(taken_in({"desire", "g"}, context).text("domain") == "team");
    CHECK(taken_in({"desire", "g"}, context).text("stack") == "linux");
    CHECK(taken_in({"desire", "g", "--domain", "mine"}, context).text("domain") == "mine");
    CHECK(taken_in({"executor"}, context).names("stack") == Words{"linux"});
    CHECK(taken_in({"acquire", "--executor-id", "e"}, context).names("stacks") == Words{"linux"});
    CHECK(taken_in({"replay"}, context).names("domains") == Words{"team"});
    CHECK_FALSE(taken_in({"get", "g"}, context).has("domain"));
}

TEST_CASE("where events are published goes with the endpoint of the context alone") {
    constexpr std::string_view context = "endpoint = tcp://c:1\nevents = tcp://c:2\n";
    CHECK(taken_in({"watch"}, context).text("events") == "tcp://c:2");
    CHECK_FALSE(taken_in({"watch"}, context, "tcp://e:1").has("events"));
    CHECK_FALSE(taken_in({"watch", "--endpoint", "tcp://l:1"}, context).has("events"));
}

TEST_CASE("a context's domain narrows a sweep but does not make one") {
    constexpr std::string_view context = "domain = team\n";
    CHECK(taken_in({"cancel", "--state", "pending"}, context).text("domain") == "team");
    CHECK_FALSE(taken_in({"cancel", "g"}, context).has("domain"));
    const auto load = [&](const std::string& name) { return parse_context(name, context); };
    CHECK_FALSE(parse(Words{"cancel"}, std::nullopt, {.named = "prod", .load = load}));
}

TEST_CASE(
    "the option --context wins over the environment's, and what needs no broker needs no context") {
    Words asked;
    const auto load = [&](const std::string& name) -> tl::expected<Defaults, std::string> {
        asked.push_back(name);
        return tl::unexpected{std::string{"no context"}};
    };
    const Contexts contexts{.named = "environment", .load = load};
    CHECK(parse(Words{"stats"}, std::nullopt, contexts).error().message == "no context");
    CHECK_FALSE(parse(Words{"stats", "--context", "line"}, std::nullopt, contexts));
    CHECK(parse(Words{"completion", "bash"}, std::nullopt, contexts).has_value());
    CHECK(parse(Words{"stats", "--help"}, std::nullopt, contexts).has_value());
    CHECK(asked == Words{"environment", "line"});
}
