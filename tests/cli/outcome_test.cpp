// cli/executor/outcome.hpp: what the end of a command is to its task, in either form.
#include "cli/executor/outcome.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;
using namespace std::chrono_literals;

namespace {

Outcome plain_outcome(const Ending& ending) {
    return outcome_of(ending, ResultForm::plain);
}

}  // namespace

TEST_CASE("a packed result holds everything, failed or not") {
    const Ending ending{.result = {.exit = 3, .out = "out", .err = "err"}};
    const auto outcome = outcome_of(ending, ResultForm::packed);
    CHECK(outcome.failed);
    CHECK(outcome.failure_reason == "exit status 3");
    CHECK(unpack_result(outcome.result) == ending.result);
}

TEST_CASE("a packed result that was cut does not fail its task: it says so itself") {
    const Ending ending{.result = {.exit = 0, .truncated = true}};
    CHECK_FALSE(outcome_of(ending, ResultForm::packed).failed);
}

TEST_CASE("a plain result is standard output, byte by byte") {
    const std::string out("a\0b\xff\n", 5);
    const auto outcome = plain_outcome({.result = {.exit = 0, .out = out, .err = "noise\n"}});
    CHECK_FALSE(outcome.failed);
    CHECK(outcome.failure_reason.empty());
    CHECK(outcome.result == out);
}

TEST_CASE("a plain result that was cut fails its task and is none") {
    const auto outcome = plain_outcome({.result = {.exit = 0, .out = "half", .truncated = true}});
    CHECK(outcome.failed);
    CHECK(outcome.failure_reason ==
          "its output is longer than a result may be (limits.result_bytes)");
    CHECK(outcome.result.empty());
}

TEST_CASE("a program that fails says why with the last line of its standard error") {
    const auto reason = [](const std::string& err) {
        return plain_outcome({.result = {.exit = 3, .out = "out", .err = err}}).failure_reason;
    };
    CHECK(reason("first\nno such file\n\n") == "exit status 3: no such file");
    CHECK(reason("alone") == "exit status 3: alone");
    CHECK(reason(" \n") == "exit status 3");
    CHECK(reason("bell \a and \xff") == "exit status 3: bell \\x07 and \\xff");
    CHECK(reason(std::string(5000, 'x')).size() <= 1024);
    CHECK(plain_outcome({.result = {.exit = 3, .out = "out"}}).result == "out");
}

TEST_CASE("one that a signal ended, or that was not run, fails") {
    CHECK(plain_outcome({.result = {.signal = 9}}).failure_reason == "killed by signal 9");
    const auto outcome = plain_outcome(not_run("cannot start the command: fork"));
    CHECK(outcome.failure_reason == "cannot start the command: fork");
    CHECK(outcome.result.empty());
}

TEST_CASE("one that ran longer than it may fails, even where it ended well after all") {
    const Ending ending{.result = {.exit = 0}, .limit = 1500ms};
    for (const auto form : {ResultForm::packed, ResultForm::plain}) {
        CHECK(outcome_of(ending, form).failed);
        CHECK(outcome_of(ending, form).failure_reason ==
              "ran longer than --run-timeout 1500ms, exit status 0");
    }
}
