// The texts of help.
#include "cli/help.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

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

// In two columns.
std::string exit_codes() {
    constexpr auto half = exit_meanings.size() / 2;
    std::string text =
        "Exit codes (of several guids: the worst, in the order 130 74 7 5 6 2 4 3 1 0):\n";
    for (std::size_t i = 0; i < half; ++i) {
        const auto& [left, meaning] = exit_meanings[i];
        const auto& [right, other] = exit_meanings[i + half];
        text += fmt::format("  {}  {:25}  {:<2} {}\n",
                            static_cast<int>(left),
                            meaning,
                            static_cast<int>(right),
                            other);
    }
    return text;
}

}  // namespace

std::string spelled(const Option& option) {
    const auto letter = option.letter == 0 ? std::string{} : fmt::format("-{}, ", option.letter);
    return fmt::format(
        "{}--{}{}{}", letter, option.name, option.value.empty() ? "" : " ", option.value);
}

std::string help() {
    std::string text =
        "taskbbs: a client of the taskbbs task board\n\n"
        "Usage: taskbbs COMMAND [GUID...] [OPTION...]\n\nCommands:\n";
    for (const Command& command : commands()) {
        text += fmt::format("  {:10}  {}\n", command.name, command.summary);
    }
    text += fmt::format("\nOptions of every command:\n{}", lines_of(common_options()));
    text += fmt::format("\n{}\nMore about one: taskbbs COMMAND --help\n", exit_codes());
    return text;
}

std::string usage(const Command& command) {
    std::string operands;
    if (command.takes_guids) {
        operands = command.sweeps ? " [GUID...]" : " GUID...";
    } else if (command.takes_name) {
        operands = " NAME";
    } else if (!command.word.empty()) {
        operands = fmt::format(" {}", command.word);
    }
    const auto words = command.takes_command ? " -- COMMAND [WORD...]" : "";
    return fmt::format("taskbbs {}{} [OPTION...]{}", command.name, operands, words);
}

std::string help(const Command& command) {
    std::string text = fmt::format("Usage: {}\n\n{}\n", usage(command), command.summary);
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
