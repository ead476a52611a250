// From the words behind `--` and a line of input to the command line that an executor gives to
// `sh -c`. Each word is filled in first and quoted then, so that the shell finds exactly these
// words again, whatever the line holds: it never reads a line of input as its own language. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace taskbbs::cli::batch {

// As one word of sh; as it is where sh would read it so.
std::string shell_quoted(std::string_view word);

// The words of a command with their placeholders:
//
//     {}   the line         {#}  its number, from 1
//     {N}  its column N, from 1; empty where the line has fewer
//
// Everything else stands for itself, what is filled in included. Without any placeholder the line
// is one more word at the end.
class Template {
  public:
    // `words`: at least one. `separator`: between columns, each one counts; nothing: white space,
    // any amount of it, also before the first and behind the last column.
    Template(std::vector<std::string> words, std::optional<std::string> separator);

    std::string command_line(std::string_view line, std::uint64_t number) const;

    // With its placeholders and the separator, on one line: equal where it does the same.
    std::string text() const;

  private:
    struct WholeLine {};

    struct Number {};

    struct Column {
        std::size_t index = 0;
    };

    using Part = std::variant<std::string, WholeLine, Number, Column>;
    using Word = std::vector<Part>;

    static std::optional<std::pair<Part, std::size_t>> placeholder(std::string_view text);
    static Word parts_of(std::string_view word);

    std::vector<std::string> words_;
    std::optional<std::string> separator_;
    std::vector<Word> parts_;
    bool has_columns_ = false;
};

}  // namespace taskbbs::cli::batch
