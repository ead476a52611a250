// The words of a command line, checked against the table of commands. Pure.
#pragma once

#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/output.hpp"
#include "cli/values.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

namespace taskbbs::cli {

// A command and what was given to it. The values are of their options' forms, so reading one can't
// fail; asking for an option as something that its form is not aborts.
struct Arguments {
    const Command* command = nullptr;
    std::vector<std::string> guids;  // at least one where the command takes them, or its one name
    std::vector<std::string> words;  // behind "--", at least one where it takes a command
    std::map<std::string, std::vector<std::string>, std::less<>> values;
    std::string chosen;    // of the command's choice, where it takes one
    std::string endpoint;  // --endpoint, TASKBBS_ENDPOINT, the context's or the default
    Output output;         // --output or --template, the context's or a table; a template fits

    bool has(std::string_view option) const { return values.contains(option); }

    // --NAME, --NAME=true and --NAME=false; `absent` where there is none of them.
    bool flag(std::string_view option, bool absent = false) const;
    std::optional<std::string> text(std::string_view option) const;
    // Of an option that the command requires.
    std::string required(std::string_view option) const;
    std::optional<std::int64_t> integer(std::string_view option) const;
    std::optional<std::chrono::milliseconds> duration(std::string_view option) const;
    std::vector<std::string> names(std::string_view option) const;
    std::vector<Pair> pairs(std::string_view option) const;
};

// Of a command, or of the whole where it is null.
struct HelpWanted {
    const Command* command = nullptr;
};

struct VersionWanted {};

using Invocation = std::variant<Arguments, HelpWanted, VersionWanted>;

// What is wrong and what to do: one or two lines, but a context's mistakes are a line each.
struct UsageError {
    std::string message;
};

// How contexts (cli/context.hpp) are got at.
struct Contexts {
    std::optional<std::string> named;  // TASKBBS_CONTEXT, if it is set; --context wins
    // Reads one by its name. Its error is what is wrong, in lines. Empty: there are none.
    std::function<tl::expected<Defaults, std::string>(const std::string&)> load;
};

// `words`: argv without the program. Options stand before or after the command and its guids, as
// --name VALUE or --name=VALUE; "--" ends them; of an option given twice the last one counts, but
// names and pairs add up. `endpoint`: TASKBBS_ENDPOINT, if it is set. What neither gives is the
// context's, if one is named.
tl::expected<Invocation, UsageError> parse(std::span<const std::string> words,
                                           const std::optional<std::string>& endpoint,
                                           const Contexts& contexts = {});

}  // namespace taskbbs::cli
