// The frame around the parts.
#include "cli/top/view.hpp"

#include "cli/shown_text.hpp"
#include "cli/top/look.hpp"
#include "cli/top/overview.hpp"
#include "cli/top/panes.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace taskbbs::cli::top {
namespace {

// With fewer rows than this, each is too dear for a line about keys.
constexpr int footer_from = 8;

constexpr auto help_text = std::to_array<std::string_view>({
    "taskbbs top: the board, live",
    "",
    "q            quit                    Tab, 1 2 3  the next pane, or this one",
    "up down j k  select a row            PgUp PgDn Home End   farther",
    "Enter        a task: look into it; a queue, an executor: its tasks",
    "Esc          back; all tasks again   /           tasks with a text in guid,",
    "s            sort otherwise                      domain/stack, executor, state",
    "?            this                    Ctrl-L      draw all anew",
    "",
    "PER SEC: tasks that came into the state, over 5 s. OLDEST, AGE: how long in it;",
    "a pending task's age is how long it has waited to be run. LOAD: claimed and",
    "running of the slots. TTL LEFT: present for so long without another heartbeat.",
    "sync: how long batches took to be durable, over the last 5 to 10 s.",
    "",
    "Any key goes back.",
});

std::vector<Line> help_lines() {
    std::vector<Line> lines;
    lines.reserve(help_text.size());
    for (const auto text : help_text) {
        lines.emplace_back(std::string{text}, lines.empty() ? Style::strong : Style::plain);
    }
    return lines;
}

Line footer(const Screen& screen) {
    if (screen.typing) {
        Line line{"tasks with: ", Style::strong};
        return line.add(escaped(*screen.typing))
            .add("_", Style::selected)
            .add("   Enter: these  Esc: all", Style::dim);
    }
    Line line;
    if (!screen.wish.filter.empty()) {
        line.add(fmt::format("with '{}', Esc: all  ", escaped(screen.wish.filter, 40)),
                 Style::warning);
    }
    return line.add(fmt::format("q quit  Tab pane  j/k select  Enter look  s sort: {}  / find  "
                                "? help",
                                sort_name(screen.wish, screen.pane)),
                    Style::dim);
}

Line subject_of(const Situation& situation) {
    Line subject{"taskbbs top", Style::strong};
    return subject.add("  " + escaped(situation.endpoint));
}

std::vector<Line> task_lines(const Picture& picture,
                             const Look& look,
                             const Situation& situation,
                             Size size) {
    Line subject{"task " + escaped(look.guid), Style::strong};
    std::vector<Line> lines{top_line(std::move(subject), picture, situation, size.columns)};
    for (Line& line : look_lines(look, {size.rows - 1, size.columns})) {
        lines.push_back(std::move(line));
    }
    return lines;
}

std::vector<Line> board_lines(const Picture& picture,
                              const Screen& screen,
                              const Situation& situation,
                              Size size) {
    std::vector<Line> lines{top_line(subject_of(situation), picture, situation, size.columns)};
    for (Line& line : overview(picture, size.columns)) {
        lines.push_back(std::move(line));
    }
    const bool footed = size.rows >= footer_from || screen.typing;
    const int left = size.rows - static_cast<int>(lines.size()) - (footed ? 1 : 0);
    if (left >= 2) {
        for (Line& line : pane_lines(picture, screen, {left, size.columns})) {
            lines.push_back(std::move(line));
        }
    }
    lines.resize(static_cast<std::size_t>(size.rows));
    if (footed) {
        lines.back() = footer(screen);
    }
    return lines;
}

}  // namespace

std::vector<Line> frame(const Picture& picture,
                        const Screen& screen,
                        const Situation& situation,
                        Size size) {
    auto lines = screen.help   ? help_lines()
                 : screen.look ? task_lines(picture, *screen.look, situation, size)
                               : board_lines(picture, screen, situation, size);
    lines.resize(static_cast<std::size_t>(size.rows));
    for (Line& line : lines) {
        line.cut_to(size.columns);
    }
    return lines;
}

std::vector<Line> report(const Picture& picture, const Situation& situation, int columns) {
    std::vector<Line> lines{top_line(subject_of(situation), picture, situation, columns)};
    for (const auto& part :
         {overview(picture, columns), whole_panes(picture, columns, most_report_rows)}) {
        lines.insert(lines.end(), part.begin(), part.end());
    }
    for (Line& line : lines) {
        line.cut_to(columns);
    }
    return lines;
}

}  // namespace taskbbs::cli::top
