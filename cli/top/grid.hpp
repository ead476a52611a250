// Aligned columns within a width: they are as wide as what they show, as long as that fits; then
// those worth least get narrower, and then go. Pure.
#pragma once

#include "cli/top/styled.hpp"

#include <string>
#include <vector>

namespace taskbbs::cli::top {

struct GridColumn {
    std::string title;
    Align align = Align::left;
    int worth = 0;   // what is worth less gives way first; the first column never goes
    int least = 64;  // narrower than this it does not get, but for its own text
};

class Grid {
  public:
    explicit Grid(std::vector<GridColumn> columns) : columns_(std::move(columns)) {}

    // One cell for each column; escaped.
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

    std::size_t rows() const { return rows_.size(); }

    // Decides on the widths, for the rows so far. Each line below takes at most `columns`.
    void fit(int columns);

    Line title(Style style) const { return line(titles(), style); }

    Line row(std::size_t number, Style style) const { return line(rows_[number], style); }

  private:
    struct Place {
        std::size_t column = 0;
        int natural = 0;
        int width = 0;
        int least = 0;
    };

    bool narrowed_to(int columns);
    int total() const;
    Place* least_worth(bool can_shrink);
    std::vector<std::string> titles() const;
    Line line(const std::vector<std::string>& cells, Style style) const;

    std::vector<GridColumn> columns_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<Place> places_;  // of the columns that are shown
    int gap_ = 2;
};

}  // namespace taskbbs::cli::top
