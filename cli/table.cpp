// Tables and records.
#include "cli/table.hpp"

#include "cli/cells.hpp"
#include "cli/shown_text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::cli {
namespace {

constexpr std::size_t no_limit = std::string_view::npos;
constexpr std::size_t record_limit = 4096;  // of a value in a record on a terminal
constexpr std::size_t least_width = 12;     // that a column gives way to
constexpr std::size_t gap = 2;              // between columns
constexpr std::size_t beside_guid = 24;     // what a guid leaves of a terminal for other columns
constexpr std::size_t note_indent = 4;

std::string_view last_part(std::string_view key) {
    const auto dot = key.rfind('.');
    return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

// Null where it isn't there.
const Json& at(const Json& document, std::string_view key) {
    static const Json nothing;
    const auto dot = key.find('.');
    const auto found = document.find(std::string{key.substr(0, dot)});
    if (found == document.end()) {
        return nothing;
    }
    return dot == std::string_view::npos ? *found : at(*found, key.substr(dot + 1));
}

// The parameters of the terminal's "select graphic rendition"; empty: as it is.
std::string_view colour_of(std::string_view key, std::string_view text, bool header) {
    constexpr auto colours =
        std::to_array<std::pair<std::string_view, std::string_view>>({{"pending", "33"},
                                                                      {"claimed", "36"},
                                                                      {"running", "34"},
                                                                      {"completed", "32"},
                                                                      {"resolving", "35"}});
    if (header) {
        return "1";
    }
    const auto member = last_part(key);
    if (member == "failure_reason" && text != "-") {
        return "31";
    }
    if (member != "state" && member != "stream") {
        return "";
    }
    const auto* found = std::find_if(
        colours.begin(), colours.end(), [=](auto& pair) { return pair.first == text; });
    return found == colours.end() ? "" : found->second;
}

std::string painted(std::string text, std::string_view colour) {
    return colour.empty() ? text : fmt::format("\x1b[{}m{}\x1b[0m", colour, text);
}

std::string joined(const Json& list) {
    std::string text;
    for (const auto& item : list) {
        text += fmt::format("{}{}",
                            text.empty() ? "" : ",",
                            item.is_string() ? item.get<std::string>() : line_of(item));
    }
    return text;
}

}  // namespace

std::string cell_of(std::string_view key, const Json& value, std::size_t limit) {
    std::string text;
    if (value.is_number_integer() && is_time(last_part(key))) {
        return rfc3339(Time{Duration{value.get<std::int64_t>()}});
    }
    if (value.is_string()) {
        text = escaped(value.get_ref<const std::string&>(), limit);
    } else if (value.is_array()) {
        text = escaped(joined(value), limit);
    } else if (!value.is_null()) {
        text = escaped(line_of(value), limit);
    }
    return text.empty() ? "-" : text;
}

Table::Table(std::vector<Column> columns, const Terminal& terminal)
    : columns_(std::move(columns)), terminal_(terminal) {
    Row header;
    for (const Column& column : columns_) {
        std::string name{last_part(column.key)};
        std::transform(name.begin(), name.end(), name.begin(), [](char letter) {
            return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
        });
        header.cells.push_back(std::move(name));
    }
    rows_.push_back(std::move(header));
}

void Table::add(const Json& document, std::string_view note) {
    // A character has up to four bytes; what is longer than the whole row is never seen.
    const auto limit = terminal_.width == 0 ? no_limit : 4 * terminal_.width;
    Row row{.note = escaped(note)};
    for (const Column& column : columns_) {
        row.cells.push_back(cell_of(column.key, at(document, column.key), limit));
    }
    rows_.push_back(std::move(row));
}

std::string Table::text() {
    if (rows_.empty() || (!headed_ && rows_.size() == 1)) {
        return {};
    }
    for (const Row& row : rows_) {
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            columns_[i].width = std::max(columns_[i].width, cells_of(row.cells[i]));
        }
    }
    if (!headed_) {
        leave_out_columns();
    }
    const auto widths = fitting_widths();
    std::string text;
    for (const Row& row : rows_) {
        text += line(row, widths, !headed_);
        headed_ = true;
    }
    rows_.clear();
    return text;
}

// What the next command is given, or what the table is of.
bool Table::names_a_row(const Column& column) const {
    return last_part(column.key) == "guid" || &column == &columns_.front();
}

std::size_t Table::least_of(const Column& column) const {
    std::size_t least = least_width;
    if (is_time(last_part(column.key))) {
        least = column.width;
    } else if (names_a_row(column) && terminal_.width > least_width + beside_guid) {
        least = terminal_.width - beside_guid;
    }
    return std::min(column.width, least);
}

// As many columns as must be for a row to fit, all cells cut as far as may be.
void Table::leave_out_columns() {
    const auto least_total = [this] {
        std::size_t total = gap * (columns_.size() - 1);
        for (const Column& column : columns_) {
            total += least_of(column);
        }
        return total;
    };
    const auto last = [this](auto may_go) {
        const auto found =
            std::find_if(columns_.rbegin(), columns_.rend(), [&](const Column& column) {
                return !names_a_row(column) && may_go(column);
            });
        return columns_.rend() - found - 1;  // -1: none
    };
    while (terminal_.width != 0 && least_total() > terminal_.width) {
        auto index = last([](const Column& column) { return column.wide || column.spare; });
        index = index < 0 ? last([](const Column&) { return true; }) : index;
        if (index < 0) {
            return;
        }
        columns_.erase(columns_.begin() + index);
        for (Row& row : rows_) {
            row.cells.erase(row.cells.begin() + index);
        }
    }
}

// The widest of those that give way do, a cell at a time, as long as there is something to give.
std::vector<std::size_t> Table::fitting_widths() const {
    std::vector<std::size_t> widths;
    std::vector<std::size_t> spare;  // how much of each may go
    std::size_t total = gap * (columns_.size() - 1);
    for (const Column& column : columns_) {
        widths.push_back(column.width);
        spare.push_back(column.width - least_of(column));
        total += column.width;
    }
    while (terminal_.width != 0 && total > terminal_.width) {
        const auto most = std::max_element(spare.begin(), spare.end());
        if (*most == 0) {
            break;
        }
        --*most;
        --widths[static_cast<std::size_t>(most - spare.begin())];
        --total;
    }
    return widths;
}

std::string Table::line(const Row& row, const std::vector<std::size_t>& widths, bool header) const {
    std::string text;
    std::size_t left = terminal_.width == 0 ? no_limit : terminal_.width;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const auto width = std::min(widths[i], left);
        const bool is_last = i + 1 == columns_.size();
        auto cell = cut_to(row.cells[i], width);
        const auto colour =
            terminal_.colour ? colour_of(columns_[i].key, row.cells[i], header) : "";
        const auto padding = is_last ? 0 : std::min(width + gap, left) - cells_of(cell);
        text += painted(std::move(cell), colour) + std::string(padding, ' ');
        left -= std::min(left, width + gap);
    }
    text += "\n";
    if (!row.note.empty()) {
        text += std::string(note_indent, ' ') + row.note + "\n";
    }
    return text;
}

std::string record(const Json& document, bool whole, const Terminal& terminal) {
    const auto limit = terminal.is_one ? record_limit : no_limit;
    std::vector<std::pair<std::string, std::string>> lines;
    for (const auto& [key, value] : document.items()) {
        const bool nested = value.is_object() && !value.contains("base64");
        const auto members = nested ? value : Json{{key, value}};
        for (const auto& [name, member] : members.items()) {
            const auto text = cell_of(name, member, limit);
            if (whole || text != "-") {
                lines.emplace_back(nested ? fmt::format("{}.{}", key, name) : name, text);
            }
        }
    }
    std::size_t width = 0;
    for (const auto& [name, text] : lines) {
        width = std::max(width, name.size());
    }
    std::string text;
    for (const auto& [name, value] : lines) {
        const auto colour = terminal.colour ? colour_of(name, value, false) : "";
        text += fmt::format("{:{}}  {}\n", name, width, painted(value, colour));
    }
    return text;
}

}  // namespace taskbbs::cli
