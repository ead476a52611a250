// Parsing: first the words are sorted into options and the rest, then the command's table judges.
#include "cli/arguments.hpp"

#include "cli/fallbacks.hpp"
#include "cli/forms.hpp"
#include "cli/nearest.hpp"
#include "cli/shown_text.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

using Refusal = tl::unexpected<UsageError>;

Refusal refusal(std::string message, const Command* command = nullptr) {
    const auto help = command == nullptr ? std::string{"taskbbs --help"}
                                         : fmt::format("taskbbs {} --help", command->name);
    return Refusal{UsageError{fmt::format("{}\nSee {}.", message, help)}};
}

std::string meant(std::string_view word,
                  std::span<const std::string_view> names,
                  std::string_view dashes) {
    const auto name = nearest(word, names);
    return name ? fmt::format("; did you mean {}{}?", dashes, *name) : std::string{};
}

// Of any command: an option's name alone tells whether a value follows, so that options may stand
// before the command.
const Option* option_anywhere(std::string_view name) {
    for (const Command& command : commands()) {
        if (const auto* option = option_of(command, name)) {
            return option;
        }
    }
    return nullptr;
}

std::vector<std::string_view> names_of(const Command* wanted) {
    std::vector<std::string_view> names;
    for (const Option& option : common_options()) {
        names.push_back(option.name);
    }
    for (const Command& command : commands()) {
        if (wanted != nullptr && wanted != &command) {
            continue;
        }
        for (const Option& option : command.options) {
            names.push_back(option.name);
        }
    }
    return names;
}

struct Given {
    std::string name;
    std::string value;
};

// The words, sorted.
struct Sorted {
    std::vector<Given> options;
    std::vector<std::string> rest;
    std::optional<std::size_t> ended;  // by "--", behind so many of the rest
};

// Of any command, as options are.
std::string_view name_of_letter(char letter) {
    const auto has_it = [letter](const Option& option) { return option.letter == letter; };
    for (const Command& command : commands()) {
        for (const auto options : {common_options(), command.options}) {
            const auto found = std::ranges::find_if(options, has_it);
            if (found != options.end()) {
                return found->name;
            }
        }
    }
    return {};
}

// A word as an option; without a name it is none.
struct Spelled {
    std::string_view name;
    std::optional<std::string_view> value;  // that is in the same word
};

// --name, --name=value, -n, -nvalue.
Spelled spelled(std::string_view word) {
    if (word.starts_with("--")) {
        const auto equals = word.find('=');
        const auto name = word.substr(2, equals - 2);
        return equals == std::string_view::npos ? Spelled{name, {}}
                                                : Spelled{name, word.substr(equals + 1)};
    }
    const auto name = word.size() > 1 && word[0] == '-' ? name_of_letter(word[1]) : "";
    if (word.size() == 2 || name.empty()) {
        return {name, {}};
    }
    const bool is_flag = option_anywhere(name)->form == Form::flag;
    return is_flag ? Spelled{} : Spelled{name, word.substr(2)};
}

// Takes the option at words[at], with its value; leaves `at` on its last word.
tl::expected<Given, UsageError> take_option(std::span<const std::string> words, std::size_t& at) {
    const auto [name, value] = spelled(words[at]);
    const Option* option = option_anywhere(name);
    if (option == nullptr) {
        return refusal(
            fmt::format("unknown option --{}{}", name, meant(name, names_of(nullptr), "--")));
    }
    if (value) {
        if (option->form == Form::flag && value != "true" && value != "false") {
            return refusal(
                fmt::format("--{} is a flag: it takes no value but true or false", name));
        }
        return Given{std::string{name}, std::string{*value}};
    }
    if (option->form == Form::flag) {
        return Given{std::string{name}, "true"};
    }
    if (at + 1 == words.size()) {
        return refusal(fmt::format("--{} needs a value: {}", name, option->value));
    }
    ++at;
    return Given{std::string{name}, words[at]};
}

tl::expected<Sorted, UsageError> sort(std::span<const std::string> words) {
    Sorted sorted;
    for (std::size_t at = 0; at < words.size(); ++at) {
        if (words[at] == "--") {
            sorted.ended = sorted.rest.size();
            const auto behind = words.subspan(at + 1);
            sorted.rest.insert(sorted.rest.end(), behind.begin(), behind.end());
            break;
        }
        if (!spelled(words[at]).name.empty()) {
            auto given = take_option(words, at);
            if (!given) {
                return tl::unexpected{given.error()};
            }
            sorted.options.push_back(*given);
        } else if (words[at].size() > 1 && words[at].front() == '-') {
            return refusal(fmt::format("unknown option {}", words[at]));
        } else {
            sorted.rest.push_back(words[at]);
        }
    }
    return sorted;
}

// The choice that somebody probably meant.
std::string meant_choice(const Option& option, std::string_view value) {
    const auto choices = choices_of(option);
    return meant(value, choices, "");
}

// Puts the options where the command looks for them.
std::optional<UsageError> fill(Arguments& arguments, const std::vector<Given>& given) {
    const Command& command = *arguments.command;
    for (const auto& [name, value] : given) {
        const Option* option = option_of(command, name);
        if (option == nullptr) {
            return refusal(fmt::format("{} has no option --{}{}",
                                       command.name,
                                       name,
                                       meant(name, names_of(&command), "--")),
                           &command)
                .value();
        }
        if (!has_form(*option, value)) {
            return refusal(fmt::format("--{} '{}' is not {}{}",
                                       name,
                                       escaped(value),
                                       wanted_by(*option),
                                       meant_choice(*option, value)),
                           &command)
                .value();
        }
        auto& values = arguments.values[name];
        if (!adds_up(option->form)) {
            values.clear();
        }
        values.push_back(value);
    }
    return std::nullopt;
}

// What the command takes one word of, where it is such a choice.
std::optional<UsageError> take_choice(Arguments& arguments) {
    const Command& command = *arguments.command;
    if (command.word.empty()) {
        return std::nullopt;
    }
    const Option choice{.form = Form::choice, .value = command.word};
    const bool one = arguments.guids.size() == 1;
    if (!one || !has_form(choice, arguments.guids.front())) {
        const auto hint = one ? meant_choice(choice, arguments.guids.front()) : std::string{};
        return refusal(fmt::format("{} needs one of {}{}", command.name, command.word, hint),
                       &command)
            .value();
    }
    arguments.chosen = arguments.guids.front();
    arguments.guids.clear();
    return std::nullopt;
}

// What stands beside the options: guids, a name, a command's words, or nothing.
std::optional<UsageError> misplaced(const Arguments& arguments) {
    const Command& command = *arguments.command;
    const auto& operands = arguments.guids;
    if (command.takes_guids && !command.sweeps && operands.empty()) {
        return refusal(fmt::format("{} needs a GUID", command.name), &command).value();
    }
    if (command.takes_name && operands.empty()) {
        return refusal(fmt::format("{} needs a NAME", command.name), &command).value();
    }
    const std::size_t most = command.takes_guids ? operands.size() : command.takes_name ? 1 : 0;
    if (operands.size() > most) {
        const auto hint = command.takes_command ? "; its command stands behind --" : "";
        return refusal(fmt::format("{} takes no '{}'{}", command.name, operands[most], hint),
                       &command)
            .value();
    }
    if (command.takes_command && arguments.words.empty()) {
        return refusal(fmt::format("{} needs a command behind --", command.name), &command).value();
    }
    return std::nullopt;
}

// A sweep says what it is to find; guids say it already.
std::optional<UsageError> unfiltered(const Arguments& arguments) {
    const Command& command = *arguments.command;
    const bool filtered =
        arguments.has("domain") || arguments.has("state") || arguments.has("older-than");
    if (!command.sweeps) {
        return std::nullopt;
    }
    if (!arguments.guids.empty()) {
        return filtered || arguments.has("dry-run")
                   ? std::optional{refusal("--domain, --state, --older-than and --dry-run go "
                                           "without GUIDs",
                                           &command)
                                       .value()}
                   : std::nullopt;
    }
    if (!filtered) {
        return refusal(fmt::format("{} needs a GUID, or one of --domain, --state, --older-than",
                                   command.name),
                       &command)
            .value();
    }
    return arguments.has("epoch")
               ? std::optional{refusal("--epoch goes with one GUID", &command).value()}
               : std::nullopt;
}

std::optional<UsageError> lacks(const Arguments& arguments) {
    const Command& command = *arguments.command;
    for (const Option& option : command.options) {
        if (option.required && !arguments.has(option.name)) {
            return refusal(fmt::format("{} needs --{} {}", command.name, option.name, option.value),
                           &command)
                .value();
        }
    }
    // An epoch belongs to one task: for the others it would only be refused.
    if (arguments.has("epoch") && arguments.guids.size() > 1) {
        return refusal("--epoch goes with one GUID", &command).value();
    }
    for (const auto& [one, other] : {std::pair{"payload", "payload-file"},
                                     std::pair{"result", "result-file"},
                                     std::pair{"detach", "resume"},
                                     std::pair{"on", "off"}}) {
        if (arguments.has(one) && arguments.has(other)) {
            return refusal(fmt::format("--{} and --{} exclude each other", one, other), &command)
                .value();
        }
    }
    return std::nullopt;
}

bool asked(const Sorted& sorted, std::string_view name) {
    return std::any_of(sorted.options.begin(), sorted.options.end(), [=](const Given& given) {
        return given.name == name && given.value == "true";
    });
}

// Of the context that --context or the environment names; empty where none is named.
tl::expected<Defaults, UsageError> defaults_of(const Arguments& arguments,
                                               const Contexts& contexts) {
    const auto name = arguments.text("context").value_or(contexts.named.value_or(""));
    const bool is_named = arguments.has("context") || !name.empty();
    if (!is_named || !contexts.load || arguments.command->offline) {
        return Defaults{};
    }
    auto defaults = contexts.load(name);
    if (!defaults) {
        return tl::unexpected{UsageError{std::move(defaults.error())}};
    }
    return *std::move(defaults);
}

std::vector<std::string_view> command_names() {
    std::vector<std::string_view> names;
    for (const Command& command : commands()) {
        names.push_back(command.name);
    }
    return names;
}

}  // namespace

tl::expected<Invocation, UsageError> parse(std::span<const std::string> words,
                                           const std::optional<std::string>& endpoint,
                                           const Contexts& contexts) {
    const auto sorted = sort(words);
    if (!sorted) {
        return tl::unexpected{sorted.error()};
    }
    if (asked(*sorted, "version")) {
        return VersionWanted{};
    }
    if (sorted->rest.empty()) {
        return asked(*sorted, "help") ? tl::expected<Invocation, UsageError>{HelpWanted{}}
                                      : refusal("no command given");
    }
    Arguments arguments;
    const std::string& name = sorted->rest.front();
    arguments.command = command_named(name);
    if (arguments.command == nullptr) {
        return refusal(
            fmt::format("unknown command '{}'{}", escaped(name), meant(name, command_names(), "")));
    }
    if (asked(*sorted, "help")) {
        return HelpWanted{arguments.command};
    }
    const auto operands = std::span{sorted->rest}.subspan(1);
    // Behind a command's own "--" stand its words; anywhere else "--" only ends the options.
    const auto own = arguments.command->takes_command
                         ? std::max<std::size_t>(sorted->ended.value_or(sorted->rest.size()), 1) - 1
                         : operands.size();
    arguments.guids.assign(operands.begin(), operands.begin() + static_cast<std::ptrdiff_t>(own));
    arguments.words.assign(operands.begin() + static_cast<std::ptrdiff_t>(own), operands.end());
    if (const auto wrong = fill(arguments, sorted->options)) {
        return tl::unexpected{*wrong};
    }
    if (const auto wrong = take_choice(arguments)) {
        return tl::unexpected{*wrong};
    }
    if (const auto wrong = misplaced(arguments)) {
        return tl::unexpected{*wrong};
    }
    if (const auto wrong = unfiltered(arguments)) {
        return tl::unexpected{*wrong};
    }
    auto defaults = defaults_of(arguments, contexts);
    if (!defaults) {
        return tl::unexpected{defaults.error()};
    }
    fall_back(arguments, endpoint, *std::move(defaults));
    if (const auto wrong = lacks(arguments)) {
        return tl::unexpected{*wrong};
    }
    auto output = chosen_output(arguments);
    if (!output) {
        return refusal(output.error(), arguments.command);
    }
    arguments.output = *std::move(output);
    return arguments;
}

std::optional<std::string> Arguments::text(std::string_view option) const {
    const auto found = values.find(option);
    return found == values.end() ? std::nullopt : std::optional{found->second.back()};
}

std::string Arguments::required(std::string_view option) const {
    const auto found = values.find(option);
    if (found == values.end()) {
        std::abort();
    }
    return found->second.back();
}

bool Arguments::flag(std::string_view option, bool absent) const {
    const auto word = text(option);
    return word ? *word == "true" : absent;
}

std::optional<std::int64_t> Arguments::integer(std::string_view option) const {
    const auto word = text(option);
    return word ? std::optional{integer_of(*word).value()} : std::nullopt;
}

std::optional<std::chrono::milliseconds> Arguments::duration(std::string_view option) const {
    const auto word = text(option);
    return word ? std::optional{duration_of(*word).value()} : std::nullopt;
}

std::vector<std::string> Arguments::names(std::string_view option) const {
    std::vector<std::string> names;
    if (const auto found = values.find(option); found != values.end()) {
        for (const auto& word : found->second) {
            const auto more = names_in(word);
            names.insert(names.end(), more.begin(), more.end());
        }
    }
    return names;
}

std::vector<Pair> Arguments::pairs(std::string_view option) const {
    std::vector<Pair> pairs;
    for (const auto& name : names(option)) {
        pairs.push_back(pair_of(name).value());
    }
    return pairs;
}

}  // namespace taskbbs::cli
