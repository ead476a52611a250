// Records in chunks.
#include "broker/core/slab.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace taskbbs::core {
namespace {

TEST_CASE("a record stays where it is while the slab grows") {
    Slab<std::string> slab;
    const Slot first = slab.take();
    slab[first] = "first";
    const std::string* const place = &slab[first];
    for (int i = 0; i < 5000; ++i) {
        slab.take();
    }
    CHECK(&slab[first] == place);
    CHECK(slab[first] == "first");
    CHECK(slab.size() == 5001);
}

TEST_CASE("a slot that was given back is taken again, as new") {
    Slab<std::string> slab;
    const Slot slot = slab.take();
    slab[slot] = "used";
    slab.give_back(slot);
    CHECK(slab.size() == 0);
    CHECK(slab.take() == slot);
    CHECK(slab[slot].empty());
}

}  // namespace
}  // namespace taskbbs::core
