// cli/top/look.hpp: a task from near.
#include "cli/top/look.hpp"

#include "cli/packed_result.hpp"
#include "tests/cli/top/boards.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::cli::top {
namespace {

std::string text_of_look(const Look& look, Size size) {
    std::string text;
    for (const Line& line : look_lines(look, size)) {
        text += line.text() + "\n";
    }
    return text;
}

Look looked_at(Task task) {
    return {.guid = task.guid, .task = std::move(task)};
}

bool has(const std::string& text, std::string_view what) {
    return text.find(what) != std::string::npos;
}

constexpr Size large{100, 60};

}  // namespace

TEST_CASE("a task is shown with its fields, and its payload as lines of text") {
    Task task = task_in(State::pending, "build-17", 4, noon);
    task.payload = "make -C /src\necho done";
    const auto text = text_of_look(looked_at(task), large);
    CHECK(has(text, "guid              build-17\n"));
    CHECK(has(text, "\nstack             linux\n"));
    CHECK(has(text, "\npending_since     2026-01-31T12:00:00.000Z\n"));
    CHECK(has(text, "\nPAYLOAD (22 bytes)\nmake -C /src\necho done\n"));
}

TEST_CASE("a result of taskbbs executor is shown as what came out") {
    Task task = task_in(State::completed, "g", 4, noon);
    task.result = pack({.exit = 3, .out = "one\ntwo\n", .err = "oh"});
    const auto text = text_of_look(looked_at(task), large);
    CHECK(has(text, "exit status 3\n\nSTDOUT (8 bytes)\none\ntwo\n\nSTDERR (2 bytes)\noh\n"));
    task.result = "any bytes";
    CHECK(has(text_of_look(looked_at(task), large), "RESULT (9 bytes)\nany bytes\n"));
}

TEST_CASE("bytes that a terminal would obey are escaped") {
    Task task = task_in(State::pending, "g", 4, noon);
    task.payload = "\x1b[2Jgotcha\xff";
    CHECK(has(text_of_look(looked_at(task), large), "\\x1b[2Jgotcha\\xff\n"));
}

TEST_CASE("long lines are wrapped, wide characters included, and can be scrolled to the end") {
    Task task = task_in(State::pending, "g", 4, noon);
    task.payload = "日本語日本語日本語";
    Look look = looked_at(task);
    const Size narrow{6, 7};
    for (look.scrolled = 0; look.scrolled < 200; ++look.scrolled) {
        const auto lines = look_lines(look, narrow);
        CHECK(lines.size() == 6);
        CHECK(lines[0].width() <= 7);
    }
    CHECK(has(text_of_look(look, narrow), "日本語\n日本語\n日本語\nEsc back"));
}

TEST_CASE("what is not there, or not yet, or no more, is said") {
    CHECK(has(text_of_look({.guid = "g"}, large), "asking for it"));
    CHECK(has(text_of_look({.guid = "g", .problem = "It is gone by now."}, large), "It is gone"));
    Look look = looked_at(task_in(State::running, "g", 1, noon));
    look.problem = "It is gone by now; this is how it was.";
    const auto text = text_of_look(look, large);
    CHECK(has(text, "this is how it was"));
    CHECK(has(text, "running"));
}

TEST_CASE("of a text that is very long the front is shown") {
    Task task = task_in(State::pending, "g", 4, noon);
    task.payload = std::string(1'000'000, 'x');
    const auto text = text_of_look(looked_at(task), {2'000, 80});
    CHECK(has(text, "PAYLOAD (1,000,000 bytes)"));
    CHECK(has(text, "the rest is shown by taskbbs get"));
    CHECK(text.size() < 100'000);
}

}  // namespace taskbbs::cli::top
