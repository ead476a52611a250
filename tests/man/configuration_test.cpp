// man/configuration.hpp: a configuration file's reasons.
#include "man/configuration.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::man;

namespace {

constexpr std::string_view text =
    "# opening, first\n"
    "# paragraph\n"
    "#\n"
    "# second:\n"
    "#\n"
    "#     command --line\n"
    "\n"
    "[one]\n"
    "# Why a\n"
    "# is as it is.\n"
    "a = 1\n"
    "# Why b and c.\n"
    "b = 2 3\n"
    "c =\n"
    "\n"
    "[two]\n"
    "d = 4\n";

}  // namespace

TEST_CASE("what stands before the first section is the opening, by paragraphs") {
    const auto opening = parse_configuration(text).opening;
    CHECK(opening ==
          std::vector<std::string>{"opening, first paragraph", "second:", "`command --line`"});
}

TEST_CASE("an option's reason stands above it, and above all that share it") {
    const auto sections = parse_configuration(text).sections;
    REQUIRE(sections.size() == 2);
    CHECK(sections[0].name == "one");
    const auto& settings = sections[0].settings;
    REQUIRE(settings.size() == 3);
    CHECK(settings[0].why == "Why a is as it is.");
    CHECK_FALSE(settings[0].shares_next);
    CHECK(settings[1].value == "2 3");
    CHECK(settings[1].shares_next);
    CHECK(settings[1].why.empty());
    CHECK(settings[2].value.empty());
    CHECK(settings[2].why == "Why b and c.");
    CHECK(sections[1].settings.at(0).why.empty());
}
