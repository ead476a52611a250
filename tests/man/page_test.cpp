// man/page.hpp: macros and markup.
#include "man/page.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::man;

namespace {

std::string body(const Page& page) {
    const std::string name_line = "taskbbs \\- what it is\n";
    return page.text().substr(page.text().find(name_line) + name_line.size());
}

Page page() {
    return Page{"taskbbs", 1, "0.1.0", "what it is"};
}

}  // namespace

TEST_CASE("a page opens with its title and name, and with no date") {
    CHECK(page().text() ==
          ".TH \"TASKBBS\" \"1\" \"\" \"taskbbs 0.1.0\" \"taskbbs\"\n"
          ".SH \"NAME\"\n"
          "taskbbs \\- what it is\n");
}

TEST_CASE("nothing in a text is taken for a macro or an escape") {
    auto one = page();
    one.paragraph(".SH no\n'quoted\na\\nb - \"c\"");
    CHECK(body(one) == ".PP\n\\&.SH no\n\\&'quoted\na\\enb \\- \\(dqc\\(dq\n");
}

TEST_CASE("code and strong words are bold, links are their words") {
    CHECK(inlined("`--name` and **must**") == "\\fB\\-\\-name\\fR and \\fBmust\\fR");
    CHECK(inlined("see [the sdk](docs/sdk.md).") == "see the sdk.");
    CHECK(inlined("a list [id, verb] (of two)") == "a list [id, verb] (of two)");
    CHECK(inlined("an open ` or ** is nothing") == "an open ` or ** is nothing");
}

TEST_CASE("items that share a description stand above it") {
    auto one = page();
    one.item("a", "", true);
    one.item("b", "both");
    one.item("c", "alone");
    CHECK(body(one) == ".TP\na\n.TQ\nb\nboth\n.TP\nc\nalone\n");
}

TEST_CASE("a literal is not filled") {
    auto one = page();
    one.literal("a  b\n.c\n");
    CHECK(body(one) == ".PP\n.RS 4\n.nf\na  b\n\\&.c\n.fi\n.RE\n");
}
