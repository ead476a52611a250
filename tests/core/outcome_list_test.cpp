// Outcomes of a session: one in place, several in a block.
#include "broker/core/outcome_list.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <utility>

namespace taskbbs::core_test {
namespace {

using namespace core;

TEST_CASE("a list of outcomes is what an ordered map would be, whatever happens to it") {
    std::mt19937 random(GENERATE(range(1U, 9U)));
    OutcomeList list;
    std::map<RequestId, Seq> expected;
    for (int step = 0; step < 3000; ++step) {
        const auto id = static_cast<RequestId>(1 + random() % 200);
        if (random() % 12 == 0) {
            const std::size_t count = list.count_up_to(id);
            list.drop_first(count);
            expected.erase(expected.begin(), expected.upper_bound(id));
        } else if (list.find(id) == nullptr) {
            list.insert({.id = id, .first = step, .last = Outcome::max_seq});
            expected.emplace(id, step);
        }
        std::map<RequestId, Seq> found;
        for (const Outcome& outcome : list.all()) {
            CHECK(outcome.last == Outcome::max_seq);
            found.emplace_hint(found.end(), outcome.id, outcome.first);
        }
        REQUIRE(found == expected);
        REQUIRE(list.size() == expected.size());
        REQUIRE((list.find(id) != nullptr) == expected.contains(id));
    }
}

TEST_CASE("a list from whose front outcomes go as fast as they come at its end keeps its order") {
    const int held = GENERATE(2, 3, 7, 64);
    OutcomeList list;
    for (int id = 1; id <= 1000; ++id) {
        list.insert({.id = id, .first = id});
        list.drop_first(list.count_up_to(id - held));
        REQUIRE(list.size() == static_cast<std::size_t>(std::min(id, held)));
        CHECK(list.all().front().id == std::max(1, id - held + 1));
        CHECK(list.all().back().id == id);
        CHECK(list.find(id)->first == id);
    }
}

TEST_CASE("a list that was moved from is empty, and the other has what it had") {
    const int size = GENERATE(0, 1, 5);
    OutcomeList list;
    for (int i = 1; i <= size; ++i) {
        list.insert({.id = i, .first = i});
    }
    OutcomeList other;
    other.insert({.id = 77});
    other.insert({.id = 78});
    other = std::move(list);
    CHECK(other.size() == static_cast<std::size_t>(size));
    CHECK(other.count_up_to(3) == static_cast<std::size_t>(std::min(size, 3)));
    CHECK(other.find(78) == nullptr);
}

}  // namespace
}  // namespace taskbbs::core_test
