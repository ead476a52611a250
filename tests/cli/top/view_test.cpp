// cli/top/view.hpp: what it looks like. The frames in golden/ are what a user sees; a test that
// fails shows what it is now.
#include "cli/top/view.hpp"

#include "tests/cli/top/sample.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

namespace taskbbs::cli::top {
namespace {

std::string text_of_lines(const std::vector<Line>& lines) {
    std::string text;
    for (const Line& line : lines) {
        text += line.text() + "\n";
    }
    return text;
}

std::string golden(const std::string& name) {
    std::ifstream file{std::string{TASKBBS_GOLDEN} + "/" + name};
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string shown(const Screen& screen, Size size, const Picture& picture = sample_picture()) {
    return text_of_lines(frame(picture, screen, sample_situation(), size));
}

bool has(const std::string& text, std::string_view what) {
    return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("a terminal of 80x24 shows states, the broker, queues, executors and tasks at once") {
    CHECK(shown({}, {24, 80}) == golden("80x24.txt"));
}

TEST_CASE("a tiny terminal shows what is most important") {
    CHECK(shown({}, {5, 20}) == golden("20x5.txt"));
}

TEST_CASE("a huge terminal shows all rows with all of their columns") {
    CHECK(shown({}, {40, 140}) == golden("140x40.txt"));
}

TEST_CASE("help fits into 80x24") {
    CHECK(shown({.help = true}, {24, 80}) == golden("help.txt"));
    CHECK(shown({.help = true}, {24, 200}) == golden("help.txt"));
}

TEST_CASE("a report has all panes, without keys") {
    CHECK(text_of_lines(report(sample_picture(), sample_situation(), 100)) == golden("report.txt"));
}

TEST_CASE("no line is wider than the terminal, and there are as many as it has rows") {
    auto picture = sample_picture();
    picture.tasks[0].guid = "日本語日本語日本語日本語日本語日本語日本語日本語";
    picture.executors[0].executor_id = std::string(300, 'x');
    picture.whole = false;
    picture.broker->brake = true;
    Screen looking{.look = Look{.guid = "g", .task = task_in(State::running, "g", 1, noon)}};
    Screen typing{.typing = std::string(100, 'y')};
    for (const Screen& screen : {Screen{}, Screen{.help = true}, looking, typing}) {
        for (int rows = 1; rows < 40; ++rows) {
            for (int columns = 1; columns < 130; columns += 3) {
                const auto lines = frame(picture, screen, sample_situation(), {rows, columns});
                REQUIRE(lines.size() == static_cast<std::size_t>(rows));
                for (const Line& line : lines) {
                    REQUIRE(width_of(line.text()) <= columns);
                }
            }
        }
    }
}

TEST_CASE("the selected row is seen, however far down it is") {
    auto picture = sample_picture();
    for (int i = 0; i < 500; ++i) {
        picture.tasks.push_back({.guid = "task-" + std::to_string(i), .stack = "linux"});
    }
    Screen screen;
    screen.selection() = {"task-321", 327};
    const auto lines = frame(picture, screen, sample_situation(), {24, 80});
    const auto selected = std::find_if(lines.begin(), lines.end(), [](const Line& line) {
        return !line.spans().empty() && line.spans()[0].style == Style::selected;
    });
    REQUIRE(selected != lines.end());
    CHECK(has(selected->text(), "task-321 "));
    screen.selection() = {"task-499", 505};
    CHECK(has(shown(screen, {24, 80}, picture), "task-499"));
}

TEST_CASE("a broker that is away is said to be, and since when, on every screen") {
    auto situation = sample_situation();
    situation.away_since = situation.now - 75s;
    Screen looking{.look = Look{.guid = "g"}};
    for (const Screen& screen : {Screen{}, looking}) {
        const auto first = frame(sample_picture(), screen, situation, {24, 80})[0];
        CHECK(has(first.text(), "no answer since 12:01:49Z, for 1m15s"));
        CHECK(first.spans().back().style == Style::bad);
    }
}

TEST_CASE("what should worry is said: a board too large, a full disk, the brake") {
    auto picture = sample_picture();
    picture.whole = false;
    picture.on_board = 2'000'000;
    picture.broker->read_only = true;
    picture.broker->brake = true;
    const auto text = shown({}, {24, 80}, picture);
    CHECK(has(text, "The board has 2,000,000 tasks: ages and rows are of the 13,379 held."));
    CHECK(has(text, "Read only: the broker's disk is nearly full"));
    CHECK(has(text, "The brake holds"));
}

TEST_CASE("while tasks are being listed, it says how far that is") {
    auto picture = sample_picture();
    picture.listing = true;
    picture.whole = false;
    auto situation = sample_situation();
    situation.listed = 4'000;
    CHECK(has(frame(picture, {}, situation, {24, 80})[0].text(), "listing 4,000 of 13,379"));
}

TEST_CASE("a filter is shown while it is typed and while it holds") {
    CHECK(has(shown({.typing = "abc"}, {24, 80}), "tasks with: abc_"));
    CHECK(has(shown({.wish = {.filter = "abc"}}, {24, 80}), "with 'abc', Esc: all"));
}

TEST_CASE("a journal that is never synced is a warning") {
    auto picture = sample_picture();
    picture.broker->sync = "never";
    CHECK(has(shown({}, {24, 80}, picture), "sync      never: a crash loses events"));
}

}  // namespace taskbbs::cli::top
