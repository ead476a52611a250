// Keys and what they change.
#include "cli/top/screen.hpp"

#include <algorithm>
#include <limits>

namespace taskbbs::cli::top {
namespace {

using KeyName = Key::Name;

// Rows of a page: what an 80x24 terminal shows of a pane, about.
constexpr std::ptrdiff_t page_rows = 10;
constexpr auto all_rows = std::numeric_limits<std::ptrdiff_t>::max() / 2;

constexpr auto queue_sorts = std::to_array<std::string_view>({"pending", "oldest", "name"});
constexpr auto executor_sorts = std::to_array<std::string_view>({"load", "running", "name"});
constexpr auto task_sorts =
    std::to_array<std::string_view>({"slowest", "guid", "queue", "executor"});

template <class Sort, class Names>
void turn(Sort& sort, const Names& names) {
    sort = static_cast<Sort>((static_cast<std::size_t>(sort) + 1) % names.size());
}

void sort_otherwise(Screen& screen) {
    switch (screen.pane) {
        case Pane::queues:
            return turn(screen.wish.queues, queue_sorts);
        case Pane::executors:
            return turn(screen.wish.executors, executor_sorts);
        case Pane::tasks:
            return turn(screen.wish.tasks, task_sorts);
    }
}

void go_to_pane(Screen& screen, std::size_t pane) {
    screen.pane = static_cast<Pane>(pane % pane_count);
}

// How far a key moves; nothing where it is none of those that do.
std::optional<std::ptrdiff_t> steps_of(const Key& key) {
    switch (key.name) {
        case KeyName::up:
            return -1;
        case KeyName::down:
            return 1;
        case KeyName::page_up:
            return -page_rows;
        case KeyName::page_down:
            return page_rows;
        case KeyName::home:
            return -all_rows;
        case KeyName::end:
            return all_rows;
        default:
            break;
    }
    if (key.text == "k") {
        return -1;
    }
    if (key.text == "j") {
        return 1;
    }
    return std::nullopt;
}

void move_by(Screen& screen, const Picture& picture, std::ptrdiff_t steps) {
    const auto rows = static_cast<std::ptrdiff_t>(rows_of(picture, screen.pane));
    if (rows == 0) {
        return;
    }
    const auto from = static_cast<std::ptrdiff_t>(selected_row(screen, picture, screen.pane));
    const auto row =
        static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(from + steps, 0, rows - 1));
    screen.selection() = {name_of_row(picture, screen.pane, row), row};
}

// Of a task: from near. Of what has tasks: those.
void enter(Screen& screen, const Picture& picture) {
    if (rows_of(picture, screen.pane) == 0) {
        return;
    }
    const auto row = selected_row(screen, picture, screen.pane);
    const auto name = name_of_row(picture, screen.pane, row);
    screen.selection() = {name, row};
    if (screen.pane == Pane::tasks) {
        screen.look = Look{.guid = name};
        return;
    }
    screen.wish.filter = name;
    screen.pane = Pane::tasks;
    screen.selection() = {};
}

Deed press_typing(Screen& screen, const Key& key) {
    std::string& text = *screen.typing;
    if (key.name == KeyName::enter || key.name == KeyName::escape) {
        screen.wish.filter = key.name == KeyName::enter ? text : std::string{};
        screen.typing.reset();
        screen.pane = Pane::tasks;
        screen.selection() = {};
    } else if (key.name == KeyName::erase) {
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) {
            text.pop_back();
        }
        text.resize(text.size() - (text.empty() ? 0 : 1));
    } else if (key.name == KeyName::character && text.size() < 200) {
        text += key.text;
    }
    return Deed::nothing;
}

Deed press_looking(Screen& screen, const Key& key) {
    if (key.text == "q") {
        return Deed::quit;
    }
    if (key.name == KeyName::escape || key.name == KeyName::enter || key.name == KeyName::erase) {
        screen.look.reset();
    } else if (const auto steps = steps_of(key)) {
        const auto from = static_cast<std::ptrdiff_t>(screen.look->scrolled);
        // The view stops at the last line.
        screen.look->scrolled =
            static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(from + *steps, 0, all_rows));
    }
    return Deed::nothing;
}

Deed press_character(Screen& screen, std::string_view text) {
    if (text == "q") {
        return Deed::quit;
    }
    if (text == "?" || text == "h") {
        screen.help = true;
    } else if (text == "s") {
        sort_otherwise(screen);
    } else if (text == "/") {
        screen.typing = screen.wish.filter;
    } else if (text >= "1" && text <= "3" && text.size() == 1) {
        go_to_pane(screen, static_cast<std::size_t>(text[0] - '1'));
    }
    return Deed::nothing;
}

}  // namespace

std::size_t rows_of(const Picture& picture, Pane pane) {
    switch (pane) {
        case Pane::queues:
            return picture.queues.size();
        case Pane::executors:
            return picture.executors.size();
        case Pane::tasks:
            break;
    }
    return picture.tasks.size();
}

std::string name_of_row(const Picture& picture, Pane pane, std::size_t row) {
    switch (pane) {
        case Pane::queues:
            return picture.queues[row].domain + "/" + picture.queues[row].stack.value_or("");
        case Pane::executors:
            return picture.executors[row].executor_id;
        case Pane::tasks:
            break;
    }
    return picture.tasks[row].guid;
}

std::size_t selected_row(const Screen& screen, const Picture& picture, Pane pane) {
    const auto& selection = screen.selection(pane);
    const auto rows = rows_of(picture, pane);
    for (std::size_t row = 0; row < rows && !selection.name.empty(); ++row) {
        if (name_of_row(picture, pane, row) == selection.name) {
            return row;
        }
    }
    return rows == 0 ? 0 : std::min(selection.row, rows - 1);
}

std::string_view sort_name(const Wish& wish, Pane pane) {
    switch (pane) {
        case Pane::queues:
            return queue_sorts[static_cast<std::size_t>(wish.queues)];
        case Pane::executors:
            return executor_sorts[static_cast<std::size_t>(wish.executors)];
        case Pane::tasks:
            break;
    }
    return task_sorts[static_cast<std::size_t>(wish.tasks)];
}

Deed press(Screen& screen, const Key& key, const Picture& picture) {
    if (key.name == KeyName::redraw) {
        return Deed::redraw;
    }
    if (screen.help) {
        screen.help = false;  // any key
        return key.text == "q" ? Deed::quit : Deed::nothing;
    }
    if (screen.typing) {
        return press_typing(screen, key);
    }
    if (screen.look) {
        return press_looking(screen, key);
    }
    if (const auto steps = steps_of(key)) {
        move_by(screen, picture, *steps);
        return Deed::nothing;
    }
    switch (key.name) {
        case KeyName::tab:
            go_to_pane(screen, static_cast<std::size_t>(screen.pane) + 1);
            return Deed::nothing;
        case KeyName::back_tab:
            go_to_pane(screen, static_cast<std::size_t>(screen.pane) + pane_count - 1);
            return Deed::nothing;
        case KeyName::enter:
            enter(screen, picture);
            return Deed::nothing;
        case KeyName::escape:
            screen.wish.filter.clear();
            return Deed::nothing;
        default:
            return press_character(screen, key.text);
    }
}

}  // namespace taskbbs::cli::top
