// Widths of columns.
#include "cli/top/grid.hpp"

#include <algorithm>

namespace taskbbs::cli::top {

void Grid::fit(int columns) {
    places_.clear();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        int width = width_of(columns_[i].title);
        for (const auto& row : rows_) {
            width = std::max(width, width_of(row[i]));
        }
        places_.push_back({i, width, width, std::min(width, columns_[i].least)});
    }
    while (!narrowed_to(columns)) {
        if (Place* least = least_worth(false)) {
            places_.erase(places_.begin() + (least - places_.data()));
        } else {
            places_[0].natural = columns;
            places_[0].least = columns;
        }
    }
}

// Narrows what may get narrower. False: that was not enough.
bool Grid::narrowed_to(int columns) {
    for (Place& place : places_) {
        place.width = place.natural;
    }
    gap_ = 2;
    gap_ = total() > columns ? 1 : 2;
    while (total() > columns) {
        Place* const least = least_worth(true);
        if (least == nullptr) {
            return false;
        }
        least->width = std::max(least->least, least->width - (total() - columns));
    }
    return true;
}

int Grid::total() const {
    int total = gap_ * (static_cast<int>(places_.size()) - 1);
    for (const Place& place : places_) {
        total += place.width;
    }
    return total;
}

// Null where there is none. What goes is never the first column.
Grid::Place* Grid::least_worth(bool can_shrink) {
    Place* found = nullptr;
    for (Place& place : places_) {
        const bool may = can_shrink ? place.width > place.least : place.column != 0;
        if (may &&
            (found == nullptr || columns_[place.column].worth < columns_[found->column].worth)) {
            found = &place;
        }
    }
    return found;
}

std::vector<std::string> Grid::titles() const {
    std::vector<std::string> titles;
    titles.reserve(columns_.size());
    for (const GridColumn& column : columns_) {
        titles.push_back(column.title);
    }
    return titles;
}

Line Grid::line(const std::vector<std::string>& cells, Style style) const {
    std::string text;
    for (const Place& place : places_) {
        text += text.empty() ? "" : std::string(static_cast<std::size_t>(gap_), ' ');
        text += fitted(cells[place.column], place.width, columns_[place.column].align);
    }
    return Line{std::move(text), style};
}

}  // namespace taskbbs::cli::top
