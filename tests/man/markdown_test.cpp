// man/markdown.hpp: documents as pages.
#include "man/markdown.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::man;

namespace {

std::string body(std::string_view document) {
    Page page{"p", 7, "1", "w"};
    const auto opening = page.text().size();
    add_markdown(page, document);
    return page.text().substr(opening);
}

}  // namespace

TEST_CASE("the title is left out, headings are sections") {
    CHECK(body("# Title\n\n## Verbs\n\n### One\n") == ".SH \"VERBS\"\n.SS \"One\"\n");
}

TEST_CASE("a paragraph goes on to the next empty line") {
    CHECK(body("one\ntwo\n\nthree\n") == ".PP\none\ntwo\n.PP\nthree\n");
}

TEST_CASE("a point of a list takes its further lines along") {
    CHECK(body("- a\n  b\n- c\n") == ".IP \\(bu 2\na\nb\n.IP \\(bu 2\nc\n");
}

TEST_CASE("an indented or fenced block stays as it is") {
    CHECK(body("    a  b\n      c\n") == ".PP\n.RS 4\n.nf\na  b\n  c\n.fi\n.RE\n");
    CHECK(body("```cpp\na  b\n```\n") == ".PP\n.RS 4\n.nf\na  b\n.fi\n.RE\n");
}

TEST_CASE("a table's rows are items, their cells named by its header") {
    CHECK(body("| field | type | |\n|---|---|---|\n| guid | str | its name |\n| `x` | | |\n") ==
          ".TP\n\\fBguid\\fR\ntype: str; its name\n.TP\n\\fBx\\fR\n\n");
}
