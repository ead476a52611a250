// Rows of queues, executors and tasks.
#include "cli/top/panes.hpp"

#include "cli/shown_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::cli::top {
namespace {

// With fewer rows, one pane is all that can be read.
constexpr int rows_for_all = 2 * static_cast<int>(pane_count);

std::string or_dash(const std::string& text) {
    return text.empty() ? "-" : text;
}

// The stack of a task that was never seen pending is not known.
std::string stack_cell(const std::optional<std::string>& stack) {
    return stack ? or_dash(escaped(*stack)) : "?";
}

Grid queue_grid(const Picture& picture) {
    Grid grid{{{.title = fmt::format("1 QUEUES {}", spelled_count(std::ssize(picture.queues))),
                .worth = 9,
                .least = 12},
               {.title = "STACK", .worth = 5, .least = 8},
               {.title = "PENDING", .align = Align::right, .worth = 8},
               {.title = "OLDEST", .align = Align::right, .worth = 7},
               {.title = "CLAIMED", .align = Align::right, .worth = 3},
               {.title = "RUNNING", .align = Align::right, .worth = 4}}};
    for (const QueueRow& row : picture.queues) {
        grid.add({escaped(row.domain),
                  stack_cell(row.stack) + (row.paused ? " (paused)" : ""),
                  spelled_count(row.pending),
                  row.oldest ? spelled_age(*row.oldest) : "-",
                  spelled_count(row.claimed),
                  spelled_count(row.running)});
    }
    return grid;
}

std::string load_cell(const ExecutorRow& row) {
    const auto load = row.load();
    return load ? fmt::format("{:.0f}%", *load * 100) : "-";
}

// Memory, disk, processor: as far as it said.
std::string free_cell(const std::optional<Resources>& free) {
    std::string text;
    const auto add = [&text](const std::optional<std::int64_t>& amount, std::string_view unit) {
        if (amount) {
            text += fmt::format("{}{}{}", text.empty() ? "" : " ", *amount, unit);
        }
    };
    if (free) {
        add(free->memory_mb, "MB");
        add(free->disk_mb, "MB");
        add(free->cpu_percent, "%");
    }
    return or_dash(text);
}

std::string stacks_cell(const ExecutorRow& row) {
    std::string text;
    for (const auto& stack : row.stacks) {
        text += (text.empty() ? "" : ",") + escaped(stack);
    }
    return or_dash(text);
}

Grid executor_grid(const Picture& picture) {
    Grid grid{{{.title = fmt::format("2 EXECUTORS {}{}",
                                     spelled_count(std::ssize(picture.executors)),
                                     picture.all_executors ? "" : "+"),
                .worth = 9,
                .least = 16},
               {.title = "LOAD", .align = Align::right, .worth = 8},
               {.title = "CLAIMED", .align = Align::right, .worth = 5},
               {.title = "RUNNING", .align = Align::right, .worth = 7},
               {.title = "SLOTS", .align = Align::right, .worth = 6},
               {.title = "STATE", .worth = 4},
               {.title = "STACKS", .worth = 2, .least = 6},
               {.title = "FREE", .worth = 1, .least = 6},
               {.title = "TTL LEFT", .align = Align::right}}};
    for (const ExecutorRow& row : picture.executors) {
        grid.add({escaped(row.executor_id),
                  load_cell(row),
                  spelled_count(row.claimed),
                  spelled_count(row.running),
                  row.slots > 0 ? spelled_count(row.slots) : "-",
                  row.draining ? "draining" : "present",
                  stacks_cell(row),
                  free_cell(row.free),
                  spelled_age(row.expires_in)});
    }
    return grid;
}

std::string task_age(const TaskRow& row) {
    return row.age < Duration{0} ? "in " + spelled_age(-row.age) : spelled_age(row.age);
}

Grid task_grid(const Picture& picture) {
    const bool slowest = picture.wish.tasks == TaskSort::slowest;
    Grid grid{{{.title = fmt::format(
                    "3 {}TASKS {}", slowest ? "SLOWEST " : "", spelled_count(picture.matching)),
                .worth = 9,
                .least = 16},
               {.title = "STATE", .worth = 7},
               {.title = "AGE", .align = Align::right, .worth = 8},
               {.title = "DOMAIN", .worth = 4, .least = 6},
               {.title = "STACK", .worth = 3, .least = 6},
               {.title = "EXECUTOR", .worth = 2, .least = 8}}};
    for (const TaskRow& row : picture.tasks) {
        grid.add({escaped(row.guid),
                  row.failed ? "failed" : std::string{name_of(row.state)},
                  task_age(row),
                  escaped(row.domain),
                  stack_cell(row.stack),
                  or_dash(escaped(row.executor_id))});
    }
    return grid;
}

Style row_style(const Picture& picture, Pane pane, std::size_t row) {
    if (pane == Pane::tasks && picture.tasks[row].failed) {
        return Style::bad;
    }
    if (pane == Pane::queues && picture.queues[row].paused) {
        return Style::warning;
    }
    if (pane == Pane::executors && picture.executors[row].draining) {
        return Style::warning;
    }
    return Style::plain;
}

Grid grid_of(const Picture& picture, Pane pane) {
    switch (pane) {
        case Pane::queues:
            return queue_grid(picture);
        case Pane::executors:
            return executor_grid(picture);
        case Pane::tasks:
            break;
    }
    return task_grid(picture);
}

// Which rows are shown of how many, around the selected one.
std::size_t first_shown(std::size_t rows, std::size_t room, std::size_t selected) {
    if (rows <= room) {
        return 0;
    }
    return std::min(selected - std::min(selected, room / 2), rows - room);
}

// Its title and at most `room` - 1 rows. `screen`: null where nothing is selected.
std::vector<Line> lines_of_pane(const Picture& picture,
                                const Screen* screen,
                                Pane pane,
                                Size size) {
    Grid grid = grid_of(picture, pane);
    grid.fit(size.columns);
    const bool focused = screen != nullptr && screen->pane == pane;
    const auto room = static_cast<std::size_t>(size.rows - 1);
    const auto selected = screen != nullptr ? selected_row(*screen, picture, pane) : 0;
    const auto first = first_shown(grid.rows(), room, selected);
    std::vector<Line> lines{grid.title(focused ? Style::focused : Style::heading)};
    for (std::size_t row = first; row < std::min(grid.rows(), first + room); ++row) {
        const bool chosen = focused && row == selected;
        lines.push_back(grid.row(row, chosen ? Style::selected : row_style(picture, pane, row)));
    }
    return lines;
}

// How many rows, titles included, each pane gets.
std::array<int, pane_count> shared_out(const Picture& picture, const Screen& screen, int rows) {
    std::array<int, pane_count> share{};
    const auto focus = static_cast<std::size_t>(screen.pane);
    if (rows < rows_for_all) {
        share[focus] = rows;
        return share;
    }
    share.fill(1);
    int left = rows - static_cast<int>(pane_count);
    for (bool given = true; given && left > 0;) {
        given = false;
        for (std::size_t i = 0; i < pane_count && left > 0; ++i) {
            const auto pane = (focus + i) % pane_count;
            const auto wanted =
                1 + static_cast<std::ptrdiff_t>(rows_of(picture, static_cast<Pane>(pane)));
            if (share[pane] < wanted) {
                ++share[pane];
                --left;
                given = true;
            }
        }
    }
    return share;
}

}  // namespace

std::vector<Line> pane_lines(const Picture& picture, const Screen& screen, Size size) {
    const auto share = shared_out(picture, screen, size.rows);
    std::vector<Line> lines;
    for (std::size_t i = 0; i < pane_count; ++i) {
        if (share[i] > 0) {
            for (Line& line :
                 lines_of_pane(picture, &screen, static_cast<Pane>(i), {share[i], size.columns})) {
                lines.push_back(std::move(line));
            }
        }
    }
    return lines;
}

std::vector<Line> whole_panes(const Picture& picture, int columns, int most_rows) {
    std::vector<Line> lines;
    for (std::size_t i = 0; i < pane_count; ++i) {
        lines.emplace_back();
        for (Line& line :
             lines_of_pane(picture, nullptr, static_cast<Pane>(i), {most_rows + 1, columns})) {
            lines.push_back(std::move(line));
        }
    }
    return lines;
}

}  // namespace taskbbs::cli::top
