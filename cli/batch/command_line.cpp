// Placeholders, columns and quoting.
#include "cli/batch/command_line.hpp"

#include "cli/shown_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace taskbbs::cli::batch {
namespace {

// Words of sh's own, and of bash's, where they stand first.
constexpr auto reserved_words = std::to_array<std::string_view>({"case",
                                                                 "coproc",
                                                                 "do",
                                                                 "done",
                                                                 "elif",
                                                                 "else",
                                                                 "esac",
                                                                 "fi",
                                                                 "for",
                                                                 "function",
                                                                 "if",
                                                                 "in",
                                                                 "select",
                                                                 "then",
                                                                 "time",
                                                                 "until",
                                                                 "while"});

// None of these means anything to a shell. The equals sign is missing: a=b in front is no command.
constexpr std::string_view plain_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+:,./-";

constexpr std::string_view white_space = " \t\n\v\f\r";

std::vector<std::string_view> fields_of(std::string_view line) {
    std::vector<std::string_view> columns;
    for (;;) {
        line.remove_prefix(std::min(line.find_first_not_of(white_space), line.size()));
        if (line.empty()) {
            return columns;
        }
        const auto end = std::min(line.find_first_of(white_space), line.size());
        columns.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
}

std::vector<std::string_view> separated(std::string_view line, std::string_view separator) {
    std::vector<std::string_view> columns;
    for (;;) {
        const auto end = line.find(separator);
        columns.push_back(line.substr(0, end));
        if (end == std::string_view::npos) {
            return columns;
        }
        line.remove_prefix(end + separator.size());
    }
}

}  // namespace

std::string shell_quoted(std::string_view word) {
    const bool plain =
        !word.empty() && word.find_first_not_of(plain_letters) == std::string_view::npos;
    if (plain && std::ranges::find(reserved_words, word) == reserved_words.end()) {
        return std::string{word};
    }
    std::string text = "'";
    for (const char letter : word) {
        if (letter == '\'') {
            text += "'\\''";
        } else {
            text += letter;
        }
    }
    return text + "'";
}

Template::Template(std::vector<std::string> words, std::optional<std::string> separator)
    : words_(std::move(words)), separator_(std::move(separator)) {
    bool filled = false;
    for (const auto& word : words_) {
        parts_.push_back(parts_of(word));
        for (const Part& part : parts_.back()) {
            filled = filled || !std::holds_alternative<std::string>(part);
            has_columns_ = has_columns_ || std::holds_alternative<Column>(part);
        }
    }
    if (!filled) {
        parts_.push_back({WholeLine{}});
    }
}

// The one that `text` begins with, and its length.
std::optional<std::pair<Template::Part, std::size_t>> Template::placeholder(std::string_view text) {
    if (text.starts_with("{}")) {
        return std::pair{Part{WholeLine{}}, std::size_t{2}};
    }
    if (text.starts_with("{#}")) {
        return std::pair{Part{Number{}}, std::size_t{3}};
    }
    const auto close = text.find('}');
    if (close == std::string_view::npos || text.size() < 3 || text[1] == '0') {
        return std::nullopt;
    }
    std::size_t index = 0;
    const char* const end = text.data() + close;
    const auto [stop, error] = std::from_chars(text.data() + 1, end, index);
    if (error != std::errc{} || stop != end) {
        return std::nullopt;
    }
    return std::pair{Part{Column{index}}, close + 1};
}

Template::Word Template::parts_of(std::string_view word) {
    Word parts;
    std::string literal;
    while (!word.empty()) {
        const auto found = word.front() == '{' ? placeholder(word) : std::nullopt;
        if (!found) {
            literal += word.front();
            word.remove_prefix(1);
            continue;
        }
        if (!literal.empty()) {
            parts.emplace_back(std::exchange(literal, {}));
        }
        parts.push_back(found->first);
        word.remove_prefix(found->second);
    }
    if (!literal.empty()) {
        parts.emplace_back(std::move(literal));
    }
    return parts;
}

std::string Template::command_line(std::string_view line, std::uint64_t number) const {
    std::vector<std::string_view> columns;
    if (has_columns_) {
        columns = separator_ ? separated(line, *separator_) : fields_of(line);
    }
    const auto filled = [&](const Part& part) -> std::string {
        if (const auto* literal = std::get_if<std::string>(&part)) {
            return *literal;
        }
        if (const auto* column = std::get_if<Column>(&part)) {
            return column->index <= columns.size() ? std::string{columns[column->index - 1]}
                                                   : std::string{};
        }
        return std::holds_alternative<Number>(part) ? std::to_string(number) : std::string{line};
    };
    std::string text;
    for (const Word& parts : parts_) {
        std::string word;
        for (const Part& part : parts) {
            word += filled(part);
        }
        text += text.empty() ? "" : " ";
        text += shell_quoted(word);
    }
    return text;
}

std::string Template::text() const {
    std::string text;
    if (separator_) {
        text = "--colsep " + shell_quoted(*separator_) + " --";
    }
    for (const auto& word : words_) {
        text += text.empty() ? "" : " ";
        text += shell_quoted(word);
    }
    return escaped(text);
}

}  // namespace taskbbs::cli::batch
