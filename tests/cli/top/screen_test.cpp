// cli/top/screen.hpp: what keys do.
#include "cli/top/screen.hpp"

#include "tests/cli/top/boards.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::cli::top {
namespace {

// Three of everything.
Picture threes() {
    Picture picture;
    for (const std::string name : {"a", "b", "c"}) {
        picture.queues.push_back({.domain = name, .stack = "s"});
        picture.executors.push_back({.executor_id = "e-" + name});
        picture.tasks.push_back({.guid = "g-" + name});
    }
    return picture;
}

// Types characters and named keys, one after the other.
Deed type(Screen& screen, const std::vector<Key>& keys, const Picture& picture = threes()) {
    Deed deed = Deed::nothing;
    for (const Key& key : keys) {
        deed = press(screen, key, picture);
    }
    return deed;
}

Key letter(std::string text) {
    return {Key::Name::character, std::move(text)};
}

Key key(Key::Name name) {
    return {name, {}};
}

}  // namespace

TEST_CASE("q quits, wherever the user looks, but while a filter is typed") {
    Screen screen;
    CHECK(type(screen, {letter("q")}) == Deed::quit);
    CHECK(type(screen, {letter("?"), letter("q")}) == Deed::quit);
    CHECK(type(screen, {key(Key::Name::enter), letter("q")}) == Deed::quit);
    Screen typing;
    CHECK(type(typing, {letter("/"), letter("q")}) == Deed::nothing);
    CHECK(typing.typing == "q");
}

TEST_CASE("a selected row is followed where it moves, and what takes its place when it is gone") {
    Screen screen;
    auto picture = threes();
    type(screen, {letter("j")}, picture);
    CHECK(screen.selection().name == "g-b");
    std::swap(picture.tasks[0], picture.tasks[1]);
    CHECK(selected_row(screen, picture, Pane::tasks) == 0);
    picture.tasks.erase(picture.tasks.begin());
    CHECK(selected_row(screen, picture, Pane::tasks) == 1);
    picture.tasks.clear();
    CHECK(selected_row(screen, picture, Pane::tasks) == 0);
}

TEST_CASE("the first row stays the first until the user moves") {
    Screen screen;
    auto picture = threes();
    std::swap(picture.tasks[0], picture.tasks[2]);
    CHECK(selected_row(screen, picture, Pane::tasks) == 0);
}

TEST_CASE("the selection stays within the rows") {
    Screen screen;
    type(screen, {key(Key::Name::up)});
    CHECK(screen.selection().name == "g-a");
    type(screen, {key(Key::Name::end), key(Key::Name::down)});
    CHECK(screen.selection().name == "g-c");
    type(screen, {key(Key::Name::home)});
    CHECK(screen.selection().name == "g-a");
    type(screen, {key(Key::Name::page_down)});
    CHECK(screen.selection().name == "g-c");
    type(screen, {letter("j")}, Picture{});
    CHECK(screen.selection().name == "g-c");
}

TEST_CASE("Tab and digits choose a pane, which keeps its own selection") {
    Screen screen;
    type(screen, {letter("j"), key(Key::Name::tab)});
    CHECK(screen.pane == Pane::queues);
    type(screen, {letter("j"), letter("j"), letter("2")});
    CHECK(screen.pane == Pane::executors);
    type(screen, {key(Key::Name::back_tab)});
    CHECK(screen.selection().name == "c/s");
    type(screen, {letter("3")});
    CHECK(screen.selection().name == "g-b");
}

TEST_CASE("s sorts the pane by the next of its orders, round and round") {
    Screen screen;
    std::vector<std::string_view> names;
    for (int i = 0; i < 5; ++i) {
        names.push_back(sort_name(screen.wish, Pane::tasks));
        type(screen, {letter("s")});
    }
    CHECK(names ==
          std::vector<std::string_view>{"slowest", "guid", "queue", "executor", "slowest"});
    type(screen, {letter("1"), letter("s")});
    CHECK(sort_name(screen.wish, Pane::queues) == "oldest");
    CHECK(sort_name(screen.wish, Pane::executors) == "load");
}

TEST_CASE("Enter looks into the selected task, Esc goes back") {
    Screen screen;
    type(screen, {letter("j"), key(Key::Name::enter)});
    REQUIRE(screen.look);
    CHECK(screen.look->guid == "g-b");
    type(screen, {letter("j"), letter("j"), letter("k")});
    CHECK(screen.look->scrolled == 1);
    type(screen, {key(Key::Name::escape)});
    CHECK_FALSE(screen.look);
    type(screen, {key(Key::Name::enter)}, Picture{});
    CHECK_FALSE(screen.look);
}

TEST_CASE("Enter on a queue or an executor shows its tasks, Esc all again") {
    Screen screen;
    type(screen, {letter("1"), key(Key::Name::enter)});
    CHECK(screen.pane == Pane::tasks);
    CHECK(screen.wish.filter == "a/s");
    type(screen, {key(Key::Name::escape)});
    CHECK(screen.wish.filter.empty());
    type(screen, {letter("2"), letter("j"), key(Key::Name::enter)});
    CHECK(screen.wish.filter == "e-b");
}

TEST_CASE("a filter is typed, corrected by characters, and taken or dropped") {
    Screen screen;
    type(screen, {letter("/"), letter("b"), letter("ü"), key(Key::Name::erase), letter("x")});
    CHECK(screen.typing == "bx");
    CHECK(screen.wish.filter.empty());
    type(screen, {key(Key::Name::enter)});
    CHECK(screen.wish.filter == "bx");
    CHECK_FALSE(screen.typing);
    type(screen,
         {letter("/"), key(Key::Name::erase), key(Key::Name::erase), key(Key::Name::erase)});
    CHECK(screen.typing == "");
    type(screen, {key(Key::Name::escape)});
    CHECK(screen.wish.filter.empty());
}

TEST_CASE("help is left by any key, which does nothing else") {
    Screen screen;
    type(screen, {letter("?")});
    CHECK(screen.help);
    type(screen, {letter("s")});
    CHECK_FALSE(screen.help);
    CHECK(sort_name(screen.wish, Pane::tasks) == "slowest");
}

TEST_CASE("Ctrl-L draws all anew") {
    Screen screen;
    CHECK(type(screen, {key(Key::Name::redraw)}) == Deed::redraw);
}

}  // namespace taskbbs::cli::top
