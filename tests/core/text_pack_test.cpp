// Several texts in one block.
#include "broker/core/text_pack.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace taskbbs::core {
namespace {

TEST_CASE("a pack gives back the texts that it was given, empty ones too") {
    TextPack<4> pack;
    const std::string binary("\0\xff\n", 3);
    pack.assign({"guid", "", binary, "last"});
    CHECK(pack[0] == "guid");
    CHECK(pack[1].empty());
    CHECK(pack[2] == binary);
    CHECK(pack[3] == "last");
    CHECK(pack.all() == TextPack<4>::Texts{"guid", "", binary, "last"});
}

TEST_CASE("a pack of nothing, or of empty texts, has empty texts") {
    TextPack<2> pack;
    CHECK(pack[0].empty());
    pack.assign({"a", "b"});
    pack.assign({"", ""});
    CHECK(pack[0].empty());
    CHECK(pack[1].empty());
}

TEST_CASE("a pack gives back texts of every length, about where its ends need more room") {
    for (const std::size_t size : {1, 254, 255, 256, 65'534, 65'535, 65'536, 1'000'000}) {
        TextPack<3> pack;
        const std::string long_one(size - 1, 'x');
        pack.assign({"g", long_one, ""});
        CHECK(pack[0] == "g");
        CHECK(pack[1] == long_one);
        CHECK(pack[2].empty());
        CHECK(pack.all() == TextPack<3>::Texts{"g", long_one, ""});
    }
}

TEST_CASE("a pack may be assigned from its own texts") {
    TextPack<3> pack;
    pack.assign({"first", "second", "third"});
    auto texts = pack.all();
    texts[1] = "another one, longer than before";
    pack.assign(texts);
    CHECK(pack[0] == "first");
    CHECK(pack[1] == "another one, longer than before");
    CHECK(pack[2] == "third");
}

}  // namespace
}  // namespace taskbbs::core
