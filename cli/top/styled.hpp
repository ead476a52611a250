// Lines of text in styles: what the view makes and the painter spells for a terminal. Styles say
// what a text means; how that looks is the painter's business.
#pragma once

#include "cli/top/cells.hpp"

#include <string>
#include <utility>
#include <vector>

namespace taskbbs::cli::top {

enum class Style : std::uint8_t {
    plain,
    dim,
    strong,
    heading,   // of a pane
    focused,   // of the pane that keys go to
    selected,  // the row that keys go to
    good,
    warning,
    bad,
};

struct Span {
    std::string text;
    Style style = Style::plain;

    bool operator==(const Span&) const = default;
};

class Line {
  public:
    Line() = default;

    explicit Line(std::string text, Style style = Style::plain) { add(std::move(text), style); }

    Line& add(std::string text, Style style = Style::plain);
    // Spaces up to this column, where it is shorter.
    Line& pad_to(int columns);
    // What passes this column is cut off.
    Line& cut_to(int columns);

    int width() const { return width_; }

    const std::vector<Span>& spans() const { return spans_; }

    // Without styles, and without spaces at the end.
    std::string text() const;

    bool operator==(const Line&) const = default;

  private:
    std::vector<Span> spans_;
    int width_ = 0;
};

struct Size {
    int rows = 24;
    int columns = 80;

    bool operator==(const Size&) const = default;
};

}  // namespace taskbbs::cli::top
