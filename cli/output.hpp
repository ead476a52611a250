// In which format a command shows what it has to show: the value of --output and --template. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taskbbs::cli {

enum class Format : std::uint8_t {
    table,      // for people: rows, or a record
    wide,       // the same with more columns, and what is empty in a record
    json,       // documents, a line each; indented on a terminal
    jsonl,      // documents, a line each
    id,         // what names each thing, a line each
    templated,  // a text of the user's, filled with members of each document
};

inline constexpr std::string_view output_formats = "table|wide|json|jsonl|id|template";
inline constexpr std::string_view template_prefix = "template=";

struct Output {
    Format format = Format::table;
    std::string text;  // of the template

    bool operator==(const Output&) const = default;
};

// From a value of --output: one of output_formats, or template=TEXT.
Output output_of(std::string_view word);

}  // namespace taskbbs::cli
