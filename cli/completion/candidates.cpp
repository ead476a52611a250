// Candidates by an option's form and name.
#include "cli/completion/candidates.hpp"

#include "cli/forms.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::cli {
namespace {

// The state of the tasks that a command is for, where it is one; those of "none" it makes anew.
constexpr auto states =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"desire", "none"},
                                                                  {"claim", "pending"},
                                                                  {"start", "claimed"},
                                                                  {"complete", "running"},
                                                                  {"resolving", "completed"},
                                                                  {"resolve", "resolving"}});

std::string spaced(std::string_view words) {
    std::string text{words};
    std::replace(text.begin(), text.end(), '|', ' ');
    return text;
}

}  // namespace

Candidates candidates_of(const Option& option) {
    if (const auto choices = choices_of(option); !choices.empty()) {
        return {Source::words, fmt::format("{}", fmt::join(choices, " "))};
    }
    if (option.name == "executor-id") {
        return {Source::executors, {}};
    }
    if (option.name == "guid") {
        return {Source::guids, {}};
    }
    if (option.name == "context") {
        return {Source::contexts, {}};
    }
    const bool is_file = option.value == "FILE" || option.name.ends_with("-file");
    return {is_file ? Source::files : Source::unknown, {}};
}

Candidates candidates_beside(const Command& command) {
    if (!command.word.empty()) {
        return {Source::words, spaced(command.word)};
    }
    if (!command.takes_guids) {
        return {};
    }
    const auto* found = std::find_if(
        states.begin(), states.end(), [&](const auto& pair) { return pair.first == command.name; });
    const auto state = found == states.end() ? std::string_view{} : found->second;
    return state == "none" ? Candidates{} : Candidates{Source::guids, std::string{state}};
}

std::vector<std::string_view> flag_names() {
    std::vector<std::string_view> names;
    const auto add = [&names](std::span<const Option> options) {
        for (const Option& option : options) {
            const bool known = std::find(names.begin(), names.end(), option.name) != names.end();
            if (option.form == Form::flag && !known) {
                names.push_back(option.name);
            }
        }
    };
    add(common_options());
    for (const Command& command : commands()) {
        add(command.options);
    }
    return names;
}

std::vector<std::string> options_of(const Command& command) {
    std::vector<std::string> names;
    for (const auto options : {command.options, common_options()}) {
        for (const Option& option : options) {
            names.push_back(fmt::format("--{}", option.name));
        }
    }
    return names;
}

}  // namespace taskbbs::cli
