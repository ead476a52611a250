// The generator's own scan of MessagePack.
#include "bench/load/packed.hpp"

#include "protocol/packer.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

namespace taskbbs::bench {
namespace {

TEST_CASE("skipping goes past one value, whatever it is and holds") {
    std::string bytes;
    protocol::Packer packer(bytes);
    packer.array(4);
    packer.str(std::string(300, 's'));
    packer.integer(-70'000);
    packer.array(2);
    packer.integer(1);
    packer.str("in it");
    packer.integer(5'000'000'000);
    packer.str("behind");

    PackedCursor cursor(bytes);
    cursor.skip();
    CHECK(cursor.str() == "behind");
    CHECK(cursor.at_end());
}

TEST_CASE("numbers are read in every width") {
    for (const std::int64_t number : {0, 127, 128, 255, 256, 65'535, 65'536, 1 << 30}) {
        std::string bytes;
        protocol::Packer packer(bytes);
        packer.integer(number);
        CHECK(PackedCursor(bytes).integer() == static_cast<std::uint64_t>(number));
    }
}

TEST_CASE("bytes that end too early, or are of another kind, are an error") {
    std::string bytes;
    protocol::Packer packer(bytes);
    packer.str("a text of some length");
    CHECK_THROWS_AS(PackedCursor(bytes).integer(), std::runtime_error);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK_THROWS_AS(PackedCursor(std::string_view(bytes).substr(0, size)).skip(),
                        std::runtime_error);
    }
}

}  // namespace
}  // namespace taskbbs::bench
