// cli/sweep.hpp: what a sweep looks for, and what it says.
#include "cli/sweep.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;

namespace {

using Words = std::vector<std::string>;

const std::vector<State> usual{State::pending, State::claimed, State::running};
constexpr Time today{Duration{std::chrono::hours{1000}}};

Filter filter(const Words& words) {
    return filter_of(std::get<Arguments>(*parse(words, std::nullopt)), usual, today);
}

std::string refusal_of(const Words& words) {
    const auto invocation = parse(words, std::nullopt);
    REQUIRE_FALSE(invocation.has_value());
    const auto& message = invocation.error().message;
    return message.substr(0, message.find('\n'));
}

}  // namespace

TEST_CASE("a sweep needs a filter, or there must be guids") {
    CHECK(refusal_of({"cancel"}) ==
          "cancel needs a GUID, or one of --domain, --state, --older-than");
    CHECK(refusal_of({"resolve", "--dry-run"}) ==
          "resolve needs a GUID, or one of --domain, --state, --older-than");
    CHECK(refusal_of({"cancel", "g", "--domain", "d"}) ==
          "--domain, --state, --older-than and --dry-run go without GUIDs");
    CHECK(refusal_of({"cancel", "g", "--dry-run"}) ==
          "--domain, --state, --older-than and --dry-run go without GUIDs");
    CHECK(refusal_of({"resolve", "--domain", "d", "--epoch", "1"}) == "--epoch goes with one GUID");
}

TEST_CASE("a state that the verb can't act on is a usage error") {
    CHECK(refusal_of({"cancel", "--state", "completed"}) ==
          "--state 'completed' is not pending|claimed|running");
    CHECK(refusal_of({"resolve", "--state", "running"}) ==
          "--state 'running' is not completed|resolving");
}

TEST_CASE("a filter is for one state, or for all that the verb acts on") {
    CHECK(filter({"cancel", "--state", "claimed"}).list.state == State::claimed);
    const auto any = filter({"cancel", "--domain", "d"});
    CHECK(any.list.state == std::nullopt);
    CHECK(any.list.domain == "d");
    CHECK(any.matches({.state = State::running}));
    CHECK_FALSE(any.matches({.state = State::completed}));
}

TEST_CASE("older than means created longer ago") {
    const auto old = filter({"cancel", "--older-than", "10m"});
    CHECK(old.matches({.created_at = today - std::chrono::minutes{11}}));
    CHECK(old.matches({.created_at = today - std::chrono::minutes{10}}));
    CHECK_FALSE(old.matches({.created_at = today - std::chrono::minutes{9}}));
    CHECK(filter({"cancel", "--domain", "d"}).matches({.created_at = today}));
}

TEST_CASE("a summary counts apart what changed and what could not be done") {
    CHECK(summary({.done = 3}, "cancelled") == "3 cancelled");
    CHECK(summary({.done = 0, .changed = 2, .failed = 1}, "resolved") ==
          "0 resolved, 2 had changed meanwhile, 1 not");
}

TEST_CASE("a task that is gone, elsewhere or somebody else's has changed, nothing else has") {
    for (const auto status : {Status::not_found, Status::wrong_state, Status::not_owner}) {
        CHECK(is_change({.code = Code::refused, .status = status}));
    }
    CHECK_FALSE(is_change({.code = Code::refused, .status = Status::denied}));
    CHECK_FALSE(is_change({.code = Code::timed_out}));
    CHECK_FALSE(
        is_change({.code = Code::refused, .status = Status::not_found, .outcome_unknown = true}));
}
