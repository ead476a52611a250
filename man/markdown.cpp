// Markdown by blocks of lines.
#include "man/markdown.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

namespace taskbbs::man {
namespace {

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    return first == std::string_view::npos
               ? std::string_view{}
               : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool is_point(std::string_view line) {
    return line.starts_with("- ");
}

bool is_indented(std::string_view line) {
    return line.starts_with("    ");
}

bool is_plain(std::string_view line) {
    return !line.empty() && line.front() != '#' && line.front() != '|' && !is_point(line) &&
           !line.starts_with("```");
}

std::vector<std::string> cells_of(std::string_view row) {
    std::vector<std::string> cells;
    row.remove_prefix(1);
    while (!row.empty()) {
        const auto end = std::min(row.find('|'), row.size());
        cells.emplace_back(trimmed(row.substr(0, end)));
        row.remove_prefix(std::min(end + 1, row.size()));
    }
    return cells;
}

// A block's lines, from `at` on; leaves `at` behind them.
class Blocks {
  public:
    Blocks(Page& page, Lines lines) : page_(page), lines_(std::move(lines)) {}

    void add_all() {
        while (at_ < lines_.size()) {
            add_next();
        }
    }

  private:
    void add_next() {
        const auto line = lines_[at_];
        if (line.empty() || line.starts_with("# ")) {
            ++at_;
        } else if (line.starts_with("## ")) {
            page_.heading(line.substr(3));
            ++at_;
        } else if (line.starts_with("#")) {
            page_.subheading(trimmed(line.substr(line.find_first_not_of('#'))));
            ++at_;
        } else if (line.starts_with("```")) {
            add_fenced();
        } else if (line.starts_with("|")) {
            add_table();
        } else if (is_indented(line)) {
            add_indented();
        } else if (is_point(line)) {
            page_.point(joined(2));
        } else {
            page_.paragraph(joined(0));
        }
    }

    // The paragraph that begins here, behind its first `skipped` letters; a point's further lines
    // are indented.
    std::string joined(std::size_t skipped) {
        std::string text{lines_[at_++].substr(skipped)};
        while (at_ < lines_.size() && is_plain(lines_[at_])) {
            text += fmt::format("\n{}", trimmed(lines_[at_++]));
        }
        return text;
    }

    void add_indented() {
        std::string text;
        for (; at_ < lines_.size() && is_indented(lines_[at_]); ++at_) {
            text += fmt::format("{}\n", lines_[at_].substr(4));
        }
        page_.literal(text);
    }

    void add_fenced() {
        std::string text;
        for (++at_; at_ < lines_.size() && !lines_[at_].starts_with("```"); ++at_) {
            text += fmt::format("{}\n", lines_[at_]);
        }
        ++at_;
        page_.literal(text);
    }

    void add_table() {
        const auto header = cells_of(lines_[at_]);
        for (at_ += 2; at_ < lines_.size() && lines_[at_].starts_with("|"); ++at_) {
            const auto cells = cells_of(lines_[at_]);
            std::string description;
            for (std::size_t i = 1; i < cells.size(); ++i) {
                if (!cells[i].empty()) {
                    const bool named = i < header.size() && !header[i].empty();
                    description += fmt::format("{}{}{}{}",
                                               description.empty() ? "" : "; ",
                                               named ? header[i] : "",
                                               named ? ": " : "",
                                               cells[i]);
                }
            }
            const bool is_code = cells.front().find('`') != std::string::npos;
            page_.item(is_code ? cells.front() : fmt::format("**{}**", cells.front()), description);
        }
    }

    Page& page_;
    Lines lines_;
    std::size_t at_ = 0;
};

}  // namespace

void add_markdown(Page& page, std::string_view document) {
    Blocks{page, lines_of(document)}.add_all();
}

}  // namespace taskbbs::man
