// Forms, judged and told.
#include "cli/forms.hpp"

#include "cli/output.hpp"
#include "cli/values.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <limits>

namespace taskbbs::cli {
namespace {

bool is_one_of(std::string_view word, const std::vector<std::string_view>& choices) {
    return std::find(choices.begin(), choices.end(), word) != choices.end();
}

template <class Judge>
bool each_of(std::string_view value, Judge judge) {
    const auto words = names_in(value);
    return std::all_of(words.begin(), words.end(), judge);
}

}  // namespace

bool has_form(const Option& option, std::string_view value) {
    switch (option.form) {
        case Form::flag:
        case Form::text:
            return true;
        case Form::name:
            return is_name(value, option.min, option.max);
        case Form::names:
            return each_of(value,
                           [&](const auto& name) { return is_name(name, option.min, option.max); });
        case Form::integer: {
            const auto number = integer_of(value);
            return number && *number >= option.min && *number <= option.max;
        }
        case Form::duration:
            return duration_of(value).has_value();
        case Form::pairs:
            return each_of(value, [](const auto& pair) { return pair_of(pair).has_value(); });
        case Form::choice:
            return is_one_of(value, choices_of(option));
        case Form::choices:
            return each_of(value,
                           [&](const auto& word) { return is_one_of(word, choices_of(option)); });
        case Form::output:
            return value.starts_with(template_prefix) || is_one_of(value, choices_of(option));
    }
    std::abort();
}

bool adds_up(Form form) {
    return form == Form::names || form == Form::pairs || form == Form::choices;
}

std::string wanted_by(const Option& option) {
    switch (option.form) {
        case Form::name:
        case Form::names:
            return fmt::format("{} to {} of A-Z a-z 0-9 _ -", option.min, option.max);
        case Form::duration:
            return "a duration like 5s or 500ms";
        case Form::output:
            return fmt::format("{}=TEXT", output_formats);
        case Form::integer:
            break;
        default:
            return std::string{option.value};
    }
    const bool bounded = option.max != std::numeric_limits<std::int64_t>::max();
    return bounded ? fmt::format("an integer from {} to {}", option.min, option.max)
                   : fmt::format("an integer from {} on", option.min);
}

std::vector<std::string_view> choices_of(const Option& option) {
    const bool has_choice = option.form == Form::choice || option.form == Form::choices;
    std::string_view words = option.form == Form::output ? output_formats
                             : has_choice                ? option.value
                                                         : std::string_view{};
    std::vector<std::string_view> choices;
    while (!words.empty()) {
        const auto end = std::min(words.find('|'), words.size());
        choices.push_back(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return choices;
}

}  // namespace taskbbs::cli
