// The texts of help.
#include "cli/help.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

std::string spelled(const Option& option) {
    const auto letter = option.letter == 0 ? std::string{} : fmt::format("-{}, ", option.letter);
    return fmt::format(
        "{}--{}{}{}", letter, option.name, option.value.empty() ? "" : " ", option.value);
}

// But for those that `command` has a meaning of its own for.
std::string lines_of(std::span<const Option> options, const Command* command = nullptr) {
    constexpr std::size_t column = 28;
    std::string lines;
    for (const Option& option : options) {
        if (command != nullptr && option_of(*command, option.name) != &option) {
            continue;
        }
        auto left = spelled(option);
        if (left.size() > column) {
            left += fmt::format("\n{:{}}", "", column + 2);
        }
        lines += fmt::format(
            "  {:{}}  {}{}\n", left, column, option.help, option.required ? " (required)" : "");
    }
    return lines;
}

constexpr std::string_view exit_codes =
    R"(Exit codes (of several guids: the worst, in the order 130 74 7 5 6 2 4 3 1 0):
  0  done                       5  no broker answered in time; nothing was done
  1  the task has failed        6  denied: the role does not allow it
  2  usage, or a bad value      7  no answer in time; it may have been done
  3  not found                  74 standard output took no more
  4  refused: state, owner ...  130 interrupted
)";

}  // namespace

std::string help() {
    std::string text =
        "taskbbs: a client of the taskbbs task board\n\n"
        "Usage: taskbbs COMMAND [GUID...] [OPTION...]\n\nCommands:\n";
    for (const Command& command : commands()) {
        text += fmt::format("  {:10}  {}\n", command.name, command.summary);
    }
    text += fmt::format("\nOptions of every command:\n{}", lines_of(common_options()));
    text += fmt::format("\n{}\nMore about one: taskbbs COMMAND --help\n", exit_codes);
    return text;
}

std::string help(const Command& command) {
    std::string text = fmt::format("Usage: taskbbs {}{} [OPTION...]{}\n\n{}\n",
                                   command.name,
                                   command.takes_guids  ? " GUID..."
                                   : command.takes_name ? " NAME"
                                                        : "",
                                   command.takes_command ? " -- COMMAND [WORD...]" : "",
                                   command.summary);
    if (!command.more.empty()) {
        text += fmt::format("{}\n", command.more);
    }
    if (!command.options.empty()) {
        text += fmt::format("\nOptions:\n{}", lines_of(command.options));
    }
    text += fmt::format("\nOptions of every command:\n{}", lines_of(common_options(), &command));
    text += fmt::format("\nExample: {}\n", command.example);
    return text;
}

}  // namespace taskbbs::cli
