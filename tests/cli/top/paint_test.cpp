// cli/top/paint.hpp: lines as what a terminal obeys.
#include "cli/top/paint.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::cli::top {
namespace {

constexpr Size small{2, 6};
const std::string clear = "\x1b[0m\x1b[2J";

}  // namespace

TEST_CASE("the first frame clears the screen and draws what is not empty") {
    Painter painter{true};
    CHECK(painter.paint({Line{"ab"}, Line{}}, small) == clear + "\x1b[1;1Hab\x1b[K");
}

TEST_CASE("then only lines that changed are drawn, each as a whole") {
    Painter painter{true};
    painter.paint({Line{"ab"}, Line{"cd"}}, small);
    CHECK(painter.paint({Line{"ab"}, Line{"cd"}}, small).empty());
    CHECK(painter.paint({Line{"ab"}, Line{"ce"}}, small) == "\x1b[2;1Hce\x1b[K");
    CHECK(painter.paint({Line{"ab"}, Line{}}, small) == "\x1b[2;1H\x1b[K");
}

TEST_CASE("nothing is erased behind a full line") {
    Painter painter{true};
    CHECK(painter.paint({Line{"abcdef"}, Line{}}, small) == clear + "\x1b[1;1Habcdef");
}

TEST_CASE("another size, or a screen that was forgotten, is drawn all anew") {
    Painter painter{true};
    painter.paint({Line{"ab"}, Line{}}, small);
    CHECK(painter.paint({Line{"ab"}}, {1, 6}) == clear + "\x1b[1;1Hab\x1b[K");
    painter.forget();
    CHECK(painter.paint({Line{"ab"}}, {1, 6}) == clear + "\x1b[1;1Hab\x1b[K");
}

TEST_CASE("without colours there is none, but what is selected is still seen") {
    std::vector<Line> lines;
    for (const auto style : {Style::plain,
                             Style::dim,
                             Style::strong,
                             Style::heading,
                             Style::focused,
                             Style::selected,
                             Style::good,
                             Style::warning,
                             Style::bad}) {
        lines.emplace_back("x", style);
    }
    const Size size{static_cast<int>(lines.size()), 6};
    const auto coloured = Painter{true}.paint(lines, size);
    const auto colourless = Painter{false}.paint(lines, size);
    CHECK(coloured.find("\x1b[32m") != std::string::npos);
    for (const auto* colour : {"31", "32", "33", "34", "35", "36", "37"}) {
        CHECK(colourless.find(colour) == std::string::npos);
    }
    CHECK(colourless.find("\x1b[7m") != std::string::npos);
}

}  // namespace taskbbs::cli::top
