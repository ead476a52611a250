// Compares option by option, as the table spells their values.
#include "broker/reload.hpp"

#include "broker/option_table.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::broker {

namespace {

bool applies_to(const Option& option, const Options& running, const Options& read) {
    if (option.name == "converge.completed_expiry") {
        // The order in which completed tasks expire is kept only where they do: to make it later
        // would mean to look at all of them.
        return running.core.converge.completed_expiry > core::milliseconds{0};
    }
    if (option.name == "security.authorized_keys") {
        return has_curve(running) && has_curve(read);
    }
    return option.reload == Reload::yes;
}

}  // namespace

std::vector<Change> changes(const Options& running, const Options& read) {
    std::vector<Change> changed;
    for (const Option& option : option_table()) {
        std::string from = text_of(option, running);
        std::string to = text_of(option, read);
        if (from != to) {
            changed.push_back(
                {option.name, std::move(from), std::move(to), applies_to(option, running, read)});
        }
    }
    return changed;
}

std::vector<Hidden> newly_hidden(const Options& running, const Options& read) {
    std::vector<Hidden> found;
    for (const Setting& said : read.hidden) {
        const bool is_known = std::ranges::any_of(running.hidden, [&](const Setting& known) {
            return known.name == said.name && known.value == said.value;
        });
        if (!is_known) {
            const auto in_force = std::ranges::find(read.settings, said.name, &Setting::name);
            found.push_back({said.name, said.value, said.where, in_force->where});
        }
    }
    return found;
}

Options with_changes(const Options& running,
                     const Options& read,
                     const std::vector<Change>& changed) {
    Options result = running;
    for (const Change& change : changed) {
        if (change.applies) {
            const Option& option = *find_option(change.option);
            assign(option, text_of(option, read), result);
        }
    }
    result.hidden = read.hidden;
    // Where a larger message waits for a restart, what goes into one does too.
    fit_into_messages(result.core.limits);
    return result;
}

std::string settings_text(const Options& options) {
    std::string text;
    for (const Change& change : changes(Options{}, options)) {
        text += fmt::format("{}{} = {}", text.empty() ? "" : "; ", change.option, change.to);
    }
    return text;
}

}  // namespace taskbbs::broker
