// cli/explain/offers.hpp: who could take a task, and what nobody offers.
#include "cli/explain/offers.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

using namespace taskbbs;
using namespace taskbbs::cli;
using namespace std::chrono_literals;

namespace {

const Task wanted{.domain = "d", .stack = "s", .memory_mb = 100, .disk_mb = 10};

// One that could take the task.
ExecutorInfo one_that_fits(const std::string& id = "e") {
    return {.executor_id = id,
            .ttl = 15s,
            .expires_in = 10s,
            .stacks = {"r", "s"},
            .slots = 4,
            .free = Resources{.memory_mb = 100, .disk_mb = 10}};
}

Offers offers_of(const std::vector<ExecutorInfo>& executors) {
    Offers offers{wanted};
    for (const ExecutorInfo& each : executors) {
        offers.add(each);
    }
    return offers;
}

using Missing = std::vector<std::string_view>;

// The one executor's obstacles, in words.
std::string why(const ExecutorInfo& only) {
    const auto examples = offers_of({only}).examples();
    REQUIRE(examples.size() == 1);
    return examples.front().why;
}

}  // namespace

TEST_CASE("an executor of the stack and domain with room could take the task") {
    const Offers offers = offers_of({one_that_fits()});
    CHECK(offers.present() == 1);
    CHECK(offers.could_take() == 1);
    CHECK(offers.missing().empty());
    CHECK(why(one_that_fits()) == "could take it now");
}

TEST_CASE("what an executor does not say stands in nobody's way") {
    CHECK(why({.executor_id = "e", .expires_in = 1s}) == "could take it now");
}

TEST_CASE("an executor with all slots taken is full") {
    auto full = one_that_fits();
    full.claimed = 1;
    full.running = 3;
    CHECK(why(full) == "full: 4 of 4 slots taken");
    CHECK(offers_of({full}).count(Obstacle::full) == 1);
    CHECK(offers_of({full}).could_take() == 0);
    CHECK(offers_of({full}).missing().empty());
}

TEST_CASE("an executor with too little free is too small, for now if it holds tasks") {
    auto small = one_that_fits();
    small.free = Resources{.memory_mb = 60, .disk_mb = 10};
    CHECK(why(small) == "too small: 60 of 100 MB of memory free");
    small.running = 1;
    small.free->disk_mb = 0;
    CHECK(why(small) == "too small now: 60 of 100 MB of memory free, 0 of 10 MB of disk free");
}

TEST_CASE("draining and silence are told, also together with others") {
    auto busy = one_that_fits();
    busy.draining = true;
    busy.running = 4;
    busy.expires_in = 0s;
    CHECK(why(busy) == "full: 4 of 4 slots taken; draining; silent: its heartbeats have stopped");
    const Offers offers = offers_of({busy});
    CHECK(offers.count(Obstacle::full) == 1);
    CHECK(offers.count(Obstacle::draining) == 1);
    CHECK(offers.count(Obstacle::silent) == 1);
}

TEST_CASE("one of another stack or domain is that first, and whatever else keeps it") {
    auto other = one_that_fits();
    other.stacks = {"x", ""};
    other.draining = true;
    CHECK(why(other) == "of stack x, ''; draining");
    CHECK(offers_of({other}).count(Obstacle::other_stack) == 1);
    CHECK(offers_of({other}).count(Obstacle::draining) == 1);
    other = one_that_fits();
    other.domains = {"y"};
    CHECK(why(other) == "takes domain y only");
    CHECK(offers_of({other}).count(Obstacle::other_domain) == 1);
}

TEST_CASE("a stack that nobody runs is missing, and a domain that nobody of the stack takes") {
    auto other_stack = one_that_fits();
    other_stack.stacks = {"x"};
    auto other_domain = one_that_fits();
    other_domain.domains = {"y"};
    CHECK(offers_of({}).missing() == Missing{"stack"});
    CHECK(offers_of({other_stack}).missing() == Missing{"stack"});
    CHECK(offers_of({other_domain}).missing() == Missing{"domain"});
    CHECK(offers_of({other_stack, other_domain}).missing() == Missing{"domain"});
    CHECK(offers_of({other_stack, other_domain, one_that_fits()}).missing().empty());
}

TEST_CASE("a resource is missing where no executor of stack and domain has enough free") {
    auto small = one_that_fits();
    small.free->memory_mb = 60;
    auto large_elsewhere = one_that_fits();
    large_elsewhere.stacks = {"x"};
    large_elsewhere.free->memory_mb = 1000;
    const Offers offers = offers_of({small, large_elsewhere});
    CHECK(offers.missing() == Missing{"memory_mb"});
    CHECK(offers.most_free("memory_mb") == 60);
    CHECK(offers_of({small, one_that_fits()}).missing().empty());
}

TEST_CASE("resources that are offered, but not by one executor, are missing together") {
    auto little_memory = one_that_fits();
    little_memory.free->memory_mb = 60;
    auto little_disk = one_that_fits();
    little_disk.free->disk_mb = 5;
    CHECK(offers_of({little_memory, little_disk}).missing() == Missing{"resources"});
}

TEST_CASE("of many executors so many examples are kept, those that come closest first") {
    Offers offers{wanted};
    for (int i = 0; i < 1000; ++i) {
        auto other = one_that_fits(fmt::format("other-{}", i));
        other.stacks = {"x"};
        offers.add(other);
    }
    for (int i = 0; i < 15; ++i) {
        auto draining = one_that_fits(fmt::format("draining-{}", i));
        draining.draining = true;
        offers.add(draining);
    }
    offers.add(one_that_fits("able"));
    const auto examples = offers.examples();
    REQUIRE(examples.size() == Offers::most_examples);
    CHECK(examples[0].executor_id == "able");
    CHECK(examples[1].executor_id == "draining-0");
    CHECK(examples[16].executor_id == "other-0");
    CHECK(offers.present() == 1016);
    CHECK(offers.count(Obstacle::other_stack) == 1000);
}
