// Words that many tasks share.
#include "broker/core/labels.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::core {
namespace {

TEST_CASE("a label has one number as long as somebody uses it") {
    Labels<int> labels;
    const Slot red = labels.acquire("red");
    CHECK(labels.acquire("red") == red);
    const Slot none = labels.acquire("");
    CHECK(none != red);
    labels[red] = 7;
    CHECK(labels.find("red") == red);
    CHECK(labels.text(red) == "red");
    CHECK_FALSE(labels.release(red));
    CHECK(labels[red] == 7);
    CHECK(labels.release(red));
    CHECK(labels.find("red") == no_slot);
    CHECK(labels.find("") == none);
    CHECK(labels.size() == 1);
}

TEST_CASE("what is known of a label goes with its last use") {
    Labels<int> labels;
    const Slot first = labels.acquire("red");
    labels[first] = 7;
    labels.release(first);
    CHECK(labels[labels.acquire("red")] == 0);
}

}  // namespace
}  // namespace taskbbs::core
