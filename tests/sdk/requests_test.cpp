// The machine behind a requester.
#include "sdk/requests.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::sdk;
using namespace std::chrono_literals;

namespace {

Error request_refused(Status status) {
    return {.code = Code::refused, .status = status, .status_name = std::string(name_of(status))};
}

Error request_unanswered() {
    return {.code = Code::timed_out, .outcome_unknown = true};
}

struct RequestRig {
    explicit RequestRig(bool wants_all = false)
        : machine({.prefix = "n-", .wants_all = wants_all}) {}

    // On the board, as "n-1".
    RequestRig& posted() {
        machine.submit({.guid = guid});
        machine.on_posted(guid, Applied{}, now);
        take();
        return *this;
    }

    // Completed, taken under epoch 9 and handed over.
    RequestRig& handed() {
        posted();
        machine.want(guid);
        machine.on_completed(guid, 7);
        machine.on_taken(guid, Owned{.epoch = 9, .task = Task{.guid = guid}}, now);
        take();
        return *this;
    }

    RequestRig& look(State state) {
        machine.on_looked(guid, Found{.task = {.guid = guid, .state = state}}, now);
        return take();
    }

    RequestRig& take() {
        actions = machine.take_actions();
        return *this;
    }

    RequestRig& pass(Duration time) {
        now += time;
        machine.on_timer(now);
        return take();
    }

    template <class Action>
    const Action* find() const {
        for (const RequestAction& action : actions) {
            if (const auto* found = std::get_if<Action>(&action)) {
                return found;
            }
        }
        return nullptr;
    }

    const std::string guid = "n-1";
    Instant now{1h};
    RequesterMachine machine;
    std::vector<RequestAction> actions;
};

}  // namespace

TEST_CASE("a request goes from the board to its requester and off the board") {
    RequestRig rig;
    rig.machine.submit({.guid = rig.guid});
    CHECK(rig.take().find<PostRequest>()->args.task.guid == rig.guid);
    rig.machine.on_posted(rig.guid, Applied{}, rig.now);
    CHECK(rig.take().find<TellPosted>() != nullptr);
    rig.machine.want(rig.guid);
    rig.machine.on_completed(rig.guid, 7);
    CHECK(rig.take().find<TakeOutcome>() != nullptr);
    rig.machine.on_taken(
        rig.guid, Owned{.epoch = 9, .task = Task{.guid = rig.guid, .result = "r"}}, rig.now);
    CHECK(rig.take().find<HandOver>()->task.result == "r");
    rig.machine.on_handled(rig.guid, 9);
    CHECK(rig.take().find<ResolveRequest>()->args.epoch == 9);
    rig.machine.on_resolve_answered(rig.guid, Applied{}, rig.now);
    CHECK(rig.take().find<ForgetRequest>() != nullptr);
    CHECK_FALSE(rig.machine.knows(rig.guid));
}

TEST_CASE("an outcome that nobody wants is left on the board until somebody does") {
    RequestRig rig;
    rig.posted();
    rig.machine.on_completed(rig.guid, 7);
    CHECK(rig.take().actions.empty());
    rig.machine.want(rig.guid);
    CHECK(rig.take().find<TakeOutcome>() != nullptr);
}

TEST_CASE("who waits no more wants nothing any more") {
    RequestRig rig;
    rig.posted();
    rig.machine.want(rig.guid);
    rig.machine.unwant(rig.guid);
    rig.machine.on_completed(rig.guid, 7);
    CHECK(rig.take().actions.empty());
}

TEST_CASE("outcomes of a former life are taken where all are wanted, others' never") {
    RequestRig rig(true);
    rig.machine.on_completed("other-1", 7);
    CHECK(rig.take().actions.empty());
    rig.machine.on_completed("n-old", 7);
    CHECK(rig.take().find<TakeOutcome>()->guid == "n-old");
    RequestRig asked;
    asked.machine.on_completed("n-old", 7);
    CHECK(asked.take().actions.empty());
}

TEST_CASE("a post is retried where it was not applied, and looked for where nobody knows") {
    RequestRig rig;
    rig.machine.submit({.guid = rig.guid});
    rig.take();
    SECTION("not sent: again, a second later") {
        rig.machine.on_posted(rig.guid, tl::unexpected(Error{.code = Code::timed_out}), rig.now);
        CHECK(rig.take().actions.empty());
        CHECK(rig.pass(1s).find<PostRequest>() != nullptr);
    }
    SECTION("unknown, and not there: again") {
        rig.machine.on_posted(rig.guid, tl::unexpected(request_unanswered()), rig.now);
        REQUIRE(rig.take().find<LookAtRequest>() != nullptr);
        rig.machine.on_looked(
            rig.guid, tl::unexpected(request_refused(Status::not_found)), rig.now);
        CHECK(rig.take().find<PostRequest>() != nullptr);
    }
    SECTION("there already, of a former life: it is that one") {
        rig.machine.on_posted(
            rig.guid, tl::unexpected(request_refused(Status::already_exists)), rig.now);
        REQUIRE(rig.take().find<LookAtRequest>() != nullptr);
        CHECK(rig.look(State::running).find<TellPosted>() != nullptr);
    }
    SECTION("refused for good: it fails") {
        rig.machine.on_posted(
            rig.guid, tl::unexpected(request_refused(Status::too_large)), rig.now);
        CHECK(rig.take().find<TellFailure>()->error.is(Status::too_large));
        CHECK_FALSE(rig.machine.knows(rig.guid));
    }
}

TEST_CASE("an outcome that somebody else takes is waited for until it is there again or gone") {
    RequestRig rig;
    rig.posted();
    rig.machine.want(rig.guid);
    rig.machine.on_completed(rig.guid, 7);
    rig.machine.on_taken(rig.guid, tl::unexpected(request_refused(Status::wrong_state)), rig.now);
    CHECK(rig.take().find<TakeOutcome>() != nullptr);
    REQUIRE(rig.pass(1s).find<LookAtRequest>() != nullptr);
    rig.look(State::resolving);
    REQUIRE(rig.pass(5s).find<LookAtRequest>() != nullptr);
    SECTION("there again: taken") {
        CHECK(rig.look(State::completed).find<TakeOutcome>() != nullptr);
    }
    SECTION("gone: there will be none") {
        rig.machine.on_looked(
            rig.guid, tl::unexpected(request_refused(Status::not_found)), rig.now);
        CHECK(rig.take().find<TellFailure>()->error.is(Status::not_found));
    }
}

TEST_CASE("an outcome that was handled too late is taken anew and not handed over again") {
    RequestRig rig;
    rig.handed();
    rig.machine.on_completed(rig.guid, 8);   // an event from before it was taken
    rig.machine.on_completed(rig.guid, 12);  // the broker took it back
    CHECK(rig.take().actions.empty());
    rig.machine.on_handled(rig.guid, 9);
    REQUIRE(rig.take().find<LookAtRequest>() != nullptr);
    CHECK(rig.look(State::completed).find<TakeOutcome>() != nullptr);
    rig.machine.on_taken(rig.guid, Owned{.epoch = 15, .task = Task{}}, rig.now);
    CHECK(rig.take().find<HandOver>() == nullptr);
    CHECK(rig.find<ResolveRequest>()->args.epoch == 15);
}

TEST_CASE("a resolve that came too late is made anew, one that nobody answered is looked for") {
    RequestRig rig;
    rig.handed();
    rig.machine.on_handled(rig.guid, 9);
    rig.take();
    SECTION("too late") {
        rig.machine.on_resolve_answered(
            rig.guid, tl::unexpected(request_refused(Status::wrong_state)), rig.now);
        REQUIRE(rig.pass(1s).find<LookAtRequest>() != nullptr);
        CHECK(rig.look(State::completed).find<TakeOutcome>() != nullptr);
    }
    SECTION("unanswered, and done") {
        rig.machine.on_resolve_answered(rig.guid, tl::unexpected(request_unanswered()), rig.now);
        REQUIRE(rig.pass(1s).find<LookAtRequest>() != nullptr);
        rig.machine.on_looked(
            rig.guid, tl::unexpected(request_refused(Status::not_found)), rig.now);
        CHECK(rig.take().find<TellFailure>() == nullptr);
        CHECK(rig.find<ForgetRequest>() != nullptr);
    }
}

TEST_CASE("a task that somebody removes fails its request, unless its outcome is being handled") {
    RequestRig open;
    open.posted();
    open.machine.on_resolved(open.guid, 10);
    CHECK(open.take().find<TellFailure>()->error.is(Status::not_found));
    RequestRig handed;
    handed.handed();
    handed.machine.on_resolved(handed.guid, 10);
    CHECK(handed.take().actions.empty());
    handed.machine.on_handled(handed.guid, 9);
    CHECK(handed.take().find<ForgetRequest>() != nullptr);
    CHECK(handed.find<TellFailure>() == nullptr);
}

TEST_CASE("a request that was completed before its post was answered is taken all the same") {
    RequestRig rig;
    rig.machine.submit({.guid = rig.guid});
    rig.machine.want(rig.guid);
    rig.machine.on_completed(rig.guid, 7);
    CHECK(rig.take().find<TakeOutcome>() == nullptr);
    rig.machine.on_posted(rig.guid, Applied{.seq = 5}, rig.now);
    CHECK(rig.take().find<TakeOutcome>() != nullptr);
    CHECK(rig.find<TellPosted>() != nullptr);
}

TEST_CASE("events of a former task of the same guid, which come late, change nothing") {
    RequestRig rig;
    rig.machine.submit({.guid = rig.guid});
    rig.machine.want(rig.guid);
    rig.machine.on_completed(rig.guid, 7);
    rig.machine.on_posted(rig.guid, Applied{.seq = 20}, rig.now);
    CHECK(rig.take().find<TakeOutcome>() == nullptr);
    rig.machine.on_completed(rig.guid, 8);
    rig.machine.on_resolved(rig.guid, 9);
    CHECK(rig.take().actions.empty());
    rig.machine.on_completed(rig.guid, 21);
    CHECK(rig.take().find<TakeOutcome>() != nullptr);
}

TEST_CASE("what events tell while an answer is due counts where the answer is older") {
    RequestRig completed;
    completed.machine.attach(completed.guid);
    completed.machine.want(completed.guid);
    completed.machine.on_completed(completed.guid, 7);
    CHECK(completed.look(State::running).find<TakeOutcome>() != nullptr);
    RequestRig gone;
    gone.machine.attach(gone.guid);
    gone.take();
    gone.machine.on_completed(gone.guid, 7);
    gone.machine.on_resolved(gone.guid, 8);
    CHECK(gone.look(State::running).find<LookAtRequest>() != nullptr);
}

TEST_CASE("a task whose key's outcome was handled is posted once the former one is off the board") {
    RequestRig rig;
    rig.handed();
    rig.machine.submit({.guid = rig.guid, .payload = "too early"});
    rig.machine.on_handled(rig.guid, 9);
    rig.take();
    rig.machine.submit({.guid = rig.guid, .payload = "next"});
    CHECK(rig.take().actions.empty());
    rig.machine.on_resolve_answered(rig.guid, Applied{}, rig.now);
    CHECK(rig.take().find<PostRequest>()->args.task.payload == "next");
    CHECK(rig.find<ForgetRequest>() == nullptr);
    CHECK(rig.machine.unresolved() == 0);
}

TEST_CASE("who has handled a former outcome of the key has not handled the next one") {
    RequestRig rig;
    rig.handed();
    rig.machine.on_handled(rig.guid, 8);
    CHECK(rig.take().actions.empty());
    rig.machine.on_handled(rig.guid, 9);
    CHECK(rig.take().find<ResolveRequest>() != nullptr);
}

TEST_CASE("what was found again begins by being looked at, the same key twice is one request") {
    RequestRig rig;
    rig.machine.attach(rig.guid);
    CHECK(rig.take().find<LookAtRequest>() != nullptr);
    rig.machine.submit({.guid = rig.guid});
    CHECK(rig.take().actions.empty());
    rig.machine.want(rig.guid);
    CHECK(rig.look(State::completed).find<TakeOutcome>() != nullptr);
}

TEST_CASE("after a cut of the history every open request is looked at") {
    RequestRig rig;
    rig.posted();
    rig.machine.on_reset();
    CHECK(rig.take().find<LookAtRequest>() != nullptr);
}
