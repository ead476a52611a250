// cli/template.hpp: templates.
#include "cli/template.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::cli;

namespace {

const Json document{{"guid", "g1"},
                    {"seq", 7},
                    {"stack", ""},
                    {"free", nullptr},
                    {"stacks", {"a", "b"}},
                    {"task", {{"state", "running"}, {"failed", false}}}};

std::string filled(std::string_view text) {
    return Template::parse(text).value().filled(document);
}

std::string trouble_with(std::string_view text) {
    const auto parsed = Template::parse(text);
    REQUIRE_FALSE(parsed.has_value());
    return parsed.error();
}

}  // namespace

TEST_CASE("a template's places are filled with members, also nested ones") {
    CHECK(filled("{guid} is {task.state}") == "g1 is running\n");
    CHECK(filled("{seq},{task.failed},{stacks}") == "7,false,a,b\n");
}

TEST_CASE("an empty or absent member leaves its place empty") {
    CHECK(filled("[{stack}][{free}][{absent}]") == "[][][]\n");
}

TEST_CASE("a template ends a line exactly once, however it ends itself") {
    CHECK(filled("{guid}") == "g1\n");
    CHECK(filled(R"({guid}\n)") == "g1\n");
    CHECK(filled("{guid}\n") == "g1\n");
}

TEST_CASE("backslashes and doubled braces stand for what can't be written otherwise") {
    CHECK(filled(R"({{"id":"{guid}"}}\t\\)") == "{\"id\":\"g1\"}\t\\\n");
}

TEST_CASE("a value can't break its line") {
    CHECK(Template::parse("{a}")->filled({{"a", "x\ny\x1b[2J"}}) == "x\\ny\\x1b[2J\n");
}

TEST_CASE("what is no template is told") {
    CHECK(trouble_with("{guid").find("begins a field like {guid}") != std::string::npos);
    CHECK(trouble_with("{}").find("begins a field") != std::string::npos);
    CHECK(trouble_with("{a b}").find("not '{a b}'") != std::string::npos);
    CHECK(trouble_with("a}").find("}} is a brace") != std::string::npos);
    CHECK(trouble_with(R"(\q)").find("stands before n, t or") != std::string::npos);
    CHECK(trouble_with("\\").find("stands before") != std::string::npos);
}

TEST_CASE("a place that nothing can fill is told, with the nearest member") {
    const auto misfit = [](std::string_view text) {
        return Template::parse(text)->misfit(document, "get");
    };
    CHECK(misfit("{guid} {task.state}") == std::nullopt);
    CHECK(misfit("{gudi}") == "get shows no field {gudi}; did you mean {guid}?");
    CHECK(misfit("{task.stat}") == "get shows no field {task.stat}; did you mean {task.state}?");
    CHECK(misfit("{zzzzzzzz}") ==
          "get shows no field {zzzzzzzz}; -o json shows all that there are");
}
