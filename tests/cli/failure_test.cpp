// cli/failure.hpp and cli/exit_code.hpp: errors in words and numbers.
#include "cli/failure.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;

namespace {

Error refused(Status status) {
    return {.code = Code::refused,
            .status = status,
            .status_name = std::string{name_of(status)},
            .message = "what is wrong"};
}

constexpr Attempt claiming{.command = "claim",
                           .guid = "g1",
                           .endpoint = "tcp://board:7411",
                           .timeout = milliseconds{1500}};

}  // namespace

TEST_CASE("a refusal ends with 4, but for those that have a code of their own") {
    CHECK(exit_of(refused(Status::not_found)) == Exit::not_found);
    CHECK(exit_of(refused(Status::denied)) == Exit::denied);
    CHECK(exit_of(refused(Status::invalid_request)) == Exit::usage);
    CHECK(exit_of(refused(Status::too_large)) == Exit::usage);
    for (const auto status : {Status::wrong_state,
                              Status::not_owner,
                              Status::already_exists,
                              Status::busy,
                              Status::read_only,
                              Status::truncated,
                              Status::internal}) {
        CHECK(exit_of(refused(status)) == Exit::refused);
    }
}

TEST_CASE("no answer ends with 5 where nothing was done and with 7 where that is not known") {
    Error error{.code = Code::timed_out};
    CHECK(exit_of(error) == Exit::unreachable);
    error.outcome_unknown = true;
    CHECK(exit_of(error) == Exit::unknown);
    CHECK(exit_of({.code = Code::unusable_endpoint}) == Exit::usage);
}

TEST_CASE("an unknown outcome outweighs whatever the refusal was") {
    auto error = refused(Status::request_expired);
    error.outcome_unknown = true;
    CHECK(exit_of(error) == Exit::unknown);
}

TEST_CASE("of two exit codes the worse one counts, in either order") {
    CHECK(worse(Exit::done, Exit::failed) == Exit::failed);
    CHECK(worse(Exit::not_found, Exit::failed) == Exit::not_found);
    CHECK(worse(Exit::refused, Exit::not_found) == Exit::refused);
    CHECK(worse(Exit::unreachable, Exit::denied) == Exit::unreachable);
    CHECK(worse(Exit::unknown, Exit::unreachable) == Exit::unknown);
    CHECK(worse(Exit::unknown, Exit::done) == Exit::unknown);
    for (const Exit a : worst_first) {
        for (const Exit b : worst_first) {
            CHECK(worse(a, b) == worse(b, a));
        }
    }
}

TEST_CASE("a refusal is explained by the broker's words and the owner that it names") {
    auto error = refused(Status::not_owner);
    error.executor_id = "e2";
    error.epoch = 17;
    CHECK(explained(error, claiming) ==
          "taskbbs: claim g1: what is wrong (not_owner, owner e2, epoch 17)\n");
}

TEST_CASE("no answer names the endpoint, the deadline and what to do") {
    Error error{.code = Code::timed_out};
    CHECK(explained(error, claiming) ==
          "taskbbs: claim g1: no answer from tcp://board:7411 within 1500ms; nothing was done\n"
          "Does taskbbsd serve there? --endpoint or TASKBBS_ENDPOINT name another, --timeout waits "
          "longer.\n");
    error.outcome_unknown = true;
    CHECK(explained(error, claiming) ==
          "taskbbs: claim g1: no answer from tcp://board:7411 within 1500ms; it may have been done "
          "all the same\nLook before you try again: taskbbs get g1\n");
}

TEST_CASE("a broker's message can do nothing to the terminal") {
    auto error = refused(Status::internal);
    error.message = "\x1b[2J\nsecond line";
    CHECK(explained(error, claiming) == "taskbbs: claim g1: \\x1b[2J\\nsecond line (internal)\n");
}
