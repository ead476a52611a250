// The command line as data: what commands and options there are. Parsing (arguments.hpp) and help
// (help.hpp) follow from the one table in command_table.cpp.
#pragma once

#include "cli/exit_code.hpp"
#include "cli/shape.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace taskbbs::cli {

struct Arguments;

// What a value must look like; checked while parsing, so that a command finds only good ones.
enum class Form : std::uint8_t {
    flag,      // takes no value, but =true or =false
    text,      // anything
    integer,   // min..max
    duration,  // 5s, 500ms
    name,      // min..max characters of A-Z a-z 0-9 _ -
    names,     // a,b,c, each like name; the option may be repeated
    pairs,     // GUID:EPOCH, commas and repetition as with names
    choice,    // one of those in `value`, which are separated by |
    choices,   // several of those, commas and repetition as with names
    output,    // one of output_formats, or template=TEXT
};

struct Option {
    std::string_view name;  // as on the wire, with - for _
    Form form = Form::text;
    std::string_view value;  // how help calls the value
    std::string_view help;
    bool required = false;
    // Of an integer, or of the length of a name.
    std::int64_t min = 0;
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
    char letter = 0;  // -x; 0: it has none
};

struct Command {
    std::string_view name;
    bool takes_guids = false;    // one or more, positional
    bool takes_name = false;     // a single one, positional
    bool takes_command = false;  // behind "--": a command's words, at least one
    bool sweeps = false;         // instead of guids it takes the filters of sweep_options
    bool offline = false;        // needs no broker, so no context either
    std::string_view word;       // takes one of these, positional: "a|b|c"
    std::string_view summary;
    std::string_view more;  // what else help says; may be empty
    std::string_view example;
    std::span<const Option> options;
    Shape shape = Shape::open;  // of the documents that it shows
    Exit (*run)(const Arguments& arguments) = nullptr;
};

// In the order in which help lists them.
std::span<const Command> commands();

// Those that every command has.
std::span<const Option> common_options();

// Nullptr where there is none.
const Command* command_named(std::string_view name);
// Of this command, which may mean something of its own by a common name, or common.
const Option* option_of(const Command& command, std::string_view name);

}  // namespace taskbbs::cli
