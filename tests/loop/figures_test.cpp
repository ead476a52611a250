// What the loop counts, and what a scrape is given of the board.
#include "tests/loop/client.hpp"

#include <fmt/format.h>
#include <numeric>

namespace taskbbs::loop_test {
namespace {

using broker::DomainFigures;
using broker::Figures;
using broker::TasksByState;
using metrics::index_of;
using protocol::Cause;
using protocol::Kind;
using protocol::Status;
using protocol::Verb;

Figures figures_of(Rig& rig) {
    Figures figures;
    rig.broker().fill(figures);
    return figures;
}

std::uint64_t answers(Rig& rig, Verb verb, Status status) {
    return rig.broker().counters().answers.at(index_of(verb)).at(index_of(status));
}

std::uint64_t all_answers(Rig& rig) {
    std::uint64_t all = 0;
    for (const auto& of_verb : rig.broker().counters().answers) {
        all = std::accumulate(of_verb.begin(), of_verb.end(), all);
    }
    return all;
}

std::uint64_t events(Rig& rig, Kind kind, Cause cause = Cause::request) {
    return rig.broker().counters().events.at(index_of(kind)).at(index_of(cause));
}

const metrics::StateHistogram& left(Rig& rig, State state) {
    return rig.broker().counters().left.at(core::index(state));
}

std::uint64_t count_of(const metrics::StateHistogram& times) {
    return std::accumulate(times.counts.begin(), times.counts.end(), std::uint64_t{0});
}

Duration oldest(Rig& rig, State state) {
    return figures_of(rig).oldest.at(core::index(state)).value_or(Duration{-1});
}

const DomainFigures* find_domain(const Figures& figures, std::string_view name) {
    const auto found = std::ranges::find(figures.domains, name, &DomainFigures::name);
    return found == figures.domains.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("answers count by verb and outcome") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    client.ask(desire("a"));
    client.ask(ClaimArgs{"nope", "e"});
    client.ask(StatsArgs{});
    CHECK(answers(rig, Verb::desire, Status::ok) == 1);
    CHECK(answers(rig, Verb::desire, Status::already_exists) == 1);
    CHECK(answers(rig, Verb::claim, Status::not_found) == 1);
    CHECK(answers(rig, Verb::stats, Status::ok) == 1);
}

TEST_CASE("each request counts once, when it is answered, whichever way that is") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HelloArgs{});
    client.ask(desire("a"));
    client.ask_as(client.last_id(), desire("a"));
    client.ask(HeartbeatArgs{.executor_id = "e"});
    client.ask(AcquireArgs{.executor_id = "e"});
    client.ask(GetArgs{"a"});
    client.ask(ListArgs{});
    client.ask(ExecutorsArgs{});
    client.ask(protocol::ExplainArgs{"a"});
    client.ask(PausedArgs{});
    client.ask(ConvergeArgs{});
    client.ask(StartArgs{"a", "e", {}});
    client.ask(DepartArgs{.executor_id = "e"});
    client.ask(StatsArgs{});
    CHECK(all_answers(rig) == rig.broker().stats().requests);
    const RequestId waiting = client.send(AcquireArgs{.executor_id = "f", .wait = 1000ms});
    CHECK(all_answers(rig) + 1 == rig.broker().stats().requests);
    rig.pass(2s);
    REQUIRE(client.has_answer(waiting));
    CHECK(all_answers(rig) == rig.broker().stats().requests);
    CHECK(answers(rig, Verb::acquire, Status::ok) == 2);
    CHECK(rig.broker().counters().repeated == 1);
}

TEST_CASE("requests of a client with bounds count as all others do") {
    Rig rig(without_passes());
    core::Grant bounds{.key = "key", .principal = "ci", .domains = {"blue"}};
    bounds.add(core::Role::monitor);
    rig.grant("c", std::move(bounds));
    Client client(rig, "c");
    client.ask(StatsArgs{});
    client.ask(ListArgs{});
    client.ask(desire("a", {.domain = "red"}));
    CHECK(answers(rig, Verb::stats, Status::ok) == 1);
    CHECK(answers(rig, Verb::desire, Status::denied) == 1);
    CHECK(all_answers(rig) == 3);
}

TEST_CASE("a verb that nobody knows, and a message that nobody can read, count apart") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.send_raw(1, "dance", "\x80");
    rig.receive("c", "nonsense");
    const auto& unknown = rig.broker().counters().answers.at(metrics::Counters::unknown_verb);
    CHECK(unknown.at(index_of(Status::unknown_verb)) == 1);
    CHECK(unknown.at(index_of(Status::malformed)) == 1);
}

TEST_CASE("events count by kind and cause, and ends by whether they failed") {
    Rig rig(without_passes());
    Client client(rig, "c");
    bring(client, "done", State::running);
    client.ask(complete("done"));
    client.ask(desire("cancelled"));
    client.ask(CancelArgs{"cancelled", "enough"});
    client.ask(desire("late"));
    rig.turn_clock(31min);
    client.ask(ConvergeArgs{});
    CHECK(events(rig, Kind::desired) == 3);
    CHECK(events(rig, Kind::completed) == 1);
    CHECK(events(rig, Kind::completed, Cause::converge) == 1);
    CHECK(events(rig, Kind::cancelled) == 1);
    CHECK(rig.broker().counters().ended[0] == 1);
    CHECK(rig.broker().counters().ended[1] == 2);
}

TEST_CASE("how long a task was in a state is known when it leaves it") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    rig.pass(4s);
    client.ask(ClaimArgs{"a", "e"});
    rig.pass(2s);
    client.ask(StartArgs{"a", "e", {}});
    rig.pass(100s);
    client.ask(complete("a"));
    rig.pass(8s);
    client.ask(ResolvingArgs{"a"});
    rig.pass(1s);
    client.ask(ResolveArgs{"a", {}});
    const auto near = [](double nanoseconds) { return Approx(nanoseconds).epsilon(0.01); };
    CHECK(left(rig, State::pending).sum == near(4e9));
    CHECK(left(rig, State::claimed).sum == near(2e9));
    CHECK(left(rig, State::running).sum == near(100e9));
    CHECK(left(rig, State::completed).sum == near(8e9));
    CHECK(left(rig, State::resolving).sum == near(1e9));
    CHECK(count_of(left(rig, State::running)) == 1);
}

TEST_CASE("a kick ends no state, and what was pending since before it still was") {
    Rig rig;
    Client client(rig, "c");
    client.ask(desire("a"));
    rig.pass(5min);
    CHECK(events(rig, Kind::kicked, Cause::converge) > 0);
    CHECK(count_of(left(rig, State::pending)) == 0);
    CHECK(oldest(rig, State::pending) >= 5min);
    client.ask(ClaimArgs{"a", "e"});
    CHECK(left(rig, State::pending).sum == Approx(300e9).epsilon(0.01));
}

TEST_CASE("the oldest of each state is told by its age, and nothing where there is none") {
    Rig rig(without_passes());
    Client client(rig, "c");
    CHECK_FALSE(figures_of(rig).oldest[core::index(State::pending)]);
    client.ask(desire("own-limit", {.time_to_claim = 3'600'000ms}));
    rig.pass(10s);
    client.ask(desire("young"));
    CHECK(oldest(rig, State::pending) >= 10s);
    client.ask(ClaimArgs{"own-limit", "e"});
    rig.pass(2s);
    CHECK(oldest(rig, State::pending) < 10s);
    CHECK(oldest(rig, State::claimed) >= 1s);
    bring(client, "done", State::completed);
    rig.pass(8s);
    CHECK(oldest(rig, State::completed) >= 7s);
    client.ask(ResolvingArgs{"done"});
    CHECK(oldest(rig, State::completed) == Duration{-1});
    CHECK(oldest(rig, State::resolving) < 7s);
}

TEST_CASE("a running task is as old as its start") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a"));
    client.ask(ClaimArgs{"a", "e"});
    rig.pass(20s);
    client.ask(StartArgs{"a", "e", {}});
    CHECK(oldest(rig, State::running) < 1s);
    rig.pass(10s);
    CHECK(oldest(rig, State::running) >= 10s);
    CHECK(oldest(rig, State::running) < 12s);
    client.ask(complete("a"));
    CHECK(oldest(rig, State::running) == Duration{-1});
}

TEST_CASE("tasks are told by domain and state, and stay told when they are gone") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(desire("a", {.domain = "blue"}));
    client.ask(desire("b", {.domain = "blue"}));
    client.ask(desire("c", {.domain = "red"}));
    client.ask(ClaimArgs{"a", "e"});
    const Figures figures = figures_of(rig);
    REQUIRE(find_domain(figures, "blue") != nullptr);
    CHECK(find_domain(figures, "blue")->tasks == TasksByState{1, 1, 0, 0, 0});
    CHECK(find_domain(figures, "red")->tasks == TasksByState{1, 0, 0, 0, 0});
    CHECK(figures.other_domains == TasksByState{});
    client.ask(CancelArgs{"c", "no"});
    client.ask(ResolvingArgs{"c"});
    client.ask(ResolveArgs{"c", {}});
    const Figures later = figures_of(rig);
    REQUIRE(find_domain(later, "red") != nullptr);
    CHECK(find_domain(later, "red")->tasks == TasksByState{});
}

TEST_CASE("so many domains are told by name, those seen first, the rest together") {
    Rig rig(without_passes());
    Client client(rig, "c");
    const std::size_t most = Figures::most_domains;
    client.ask(desire("first", {.domain = "zebra"}));
    figures_of(rig);
    for (std::size_t i = 0; i < most + 4; ++i) {
        const std::string name = fmt::format("d{:03}", i);
        client.ask(desire(name, {.domain = name}));
    }
    const Figures figures = figures_of(rig);
    CHECK(figures.domains.size() == most);
    CHECK(find_domain(figures, "zebra") != nullptr);
    CHECK(figures.other_domains == TasksByState{5, 0, 0, 0, 0});
    CHECK(figures.tasks[0] == most + 5);
}

TEST_CASE("executors, sessions and what waits are told") {
    Rig rig(without_passes());
    Client client(rig, "c");
    client.ask(HeartbeatArgs{.executor_id = "e"});
    client.ask(HeartbeatArgs{.executor_id = "f"});
    client.ask(DrainArgs{.executor_id = "f"});
    client.send(AcquireArgs{.executor_id = "e", .wait = 60'000ms});
    client.ask(PauseArgs{.domain = "blue"});
    const Figures figures = figures_of(rig);
    CHECK(figures.executors.present == 2);
    CHECK(figures.executors.draining == 1);
    CHECK(figures.queues.waiting_acquires == 1);
    CHECK(figures.paused_queues == 1);
    CHECK(figures.sessions == 1);
    CHECK(figures.seq == rig.board().seq());
}

TEST_CASE("batches with events count, by how many and how large, those without do not") {
    Rig rig(without_passes());
    Client client(rig, "c");
    rig.run();
    client.ask(desire("a"));
    rig.pass(1s);
    const auto& batches = rig.broker().counters().batch_events;
    CHECK(batches.sum == 1);
    CHECK(batches.counts[0] == 1);
    CHECK(rig.broker().counters().batch_bytes.sum > 0);
}

}  // namespace taskbbs::loop_test
