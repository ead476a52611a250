// What the user looks at: which pane, which row, sorted and filtered how, which task from near. And
// what keys make of that. Values and functions, pure; the rows themselves are the picture's.
#pragma once

#include "cli/top/keys.hpp"
#include "cli/top/picture.hpp"

#include <array>
#include <optional>
#include <string>

namespace taskbbs::cli::top {

enum class Pane : std::uint8_t { queues, executors, tasks };
inline constexpr std::size_t pane_count = 3;

// The selected row: the one of this name, wherever it moves; where it is gone, the one in its
// place.
struct Selection {
    std::string name;
    std::size_t row = 0;
};

// A task that is looked into.
struct Look {
    std::string guid;
    std::optional<Task> task;  // whole; nothing until `get` was answered
    std::string problem;       // why it is not, or no longer, as on the board
    std::size_t scrolled = 0;  // lines
};

struct Screen {
    Pane pane = Pane::tasks;
    std::array<Selection, pane_count> selections;
    Wish wish;
    bool help = false;
    std::optional<std::string> typing;  // the filter, while it is being typed
    std::optional<Look> look;

    Selection& selection() { return selections[static_cast<std::size_t>(pane)]; }

    const Selection& selection(Pane of) const { return selections[static_cast<std::size_t>(of)]; }
};

// How the rows of a pane are called: guids, executor ids, "domain/stack".
std::string name_of_row(const Picture& picture, Pane pane, std::size_t row);
std::size_t rows_of(const Picture& picture, Pane pane);
// Of the selected row; 0 where the pane is empty.
std::size_t selected_row(const Screen& screen, const Picture& picture, Pane pane);
// "slowest", "pending": by what a pane is sorted.
std::string_view sort_name(const Wish& wish, Pane pane);

enum class Deed : std::uint8_t {
    nothing,
    quit,
    redraw,  // all of it, whatever the terminal shows
};

// What a key does, on a picture that was made by this screen's wish. Where it leaves a `look`
// behind, the task that it names is to be got.
Deed press(Screen& screen, const Key& key, const Picture& picture);

}  // namespace taskbbs::cli::top
