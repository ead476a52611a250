// Tables and records.
#include "cli/table.hpp"

#include "cli/shown_text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::cli {
namespace {

constexpr std::size_t row_limit = 60;       // of a cell in a table
constexpr std::size_t record_limit = 4096;  // of a value in a record

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

bool is_time(std::string_view key) {
    return key == "at" || key == "not_before" || key.ends_with("_at") || key.ends_with("_since");
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

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {
    Row header;
    for (const Column& column : columns_) {
        std::string name{last_part(column.key)};
        std::transform(name.begin(), name.end(), name.begin(), [](char letter) {
            return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
        });
        header.push_back(std::move(name));
    }
    rows_.push_back(std::move(header));
}

void Table::add(const Json& document) {
    Row row;
    for (const Column& column : columns_) {
        row.push_back(cell_of(column.key, at(document, column.key), row_limit));
    }
    rows_.push_back(std::move(row));
}

std::string Table::text() {
    if (rows_.empty() || (!headed_ && rows_.size() == 1)) {
        return {};
    }
    headed_ = true;
    for (const Row& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            columns_[i].width = std::max(columns_[i].width, row[i].size());
        }
    }
    std::string text;
    for (const Row& row : rows_) {
        text += line(row);
    }
    rows_.clear();
    return text;
}

std::string Table::line(const Row& row) const {
    std::string text;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
        text += fmt::format("{:{}}  ", row[i], columns_[i].width);
    }
    return text + row.back() + "\n";
}

std::string record(const Json& document) {
    std::vector<std::pair<std::string, std::string>> lines;
    for (const auto& [key, value] : document.items()) {
        const bool nested = value.is_object() && !value.contains("base64");
        const auto members = nested ? value : Json{{key, value}};
        for (const auto& [name, member] : members.items()) {
            const auto text = cell_of(name, member, record_limit);
            if (text != "-") {
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
        text += fmt::format("{:{}}  {}\n", name, width, value);
    }
    return text;
}

}  // namespace taskbbs::cli
