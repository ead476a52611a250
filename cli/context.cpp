// Reading a context's lines.
#include "cli/context.hpp"

#include "cli/forms.hpp"
#include "cli/nearest.hpp"
#include "cli/shown_text.hpp"
#include "protocol/limits.hpp"
#include "sdk/endpoint.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <optional>

namespace taskbbs::cli {
namespace {

constexpr auto options = std::to_array<Option>({
    {.name = "endpoint", .value = "ENDPOINT", .help = "of the broker's requests"},
    {.name = "events",
     .value = "ENDPOINT",
     .help = "of its events, where the one that it tells is of no use here"},
    {.name = "key",
     .value = "FILE",
     .help = "this client's secret key; a relative path begins at the context's directory"},
    {.name = "server-key", .value = "FILE", .help = "the broker's public key, likewise"},
    {.name = "timeout", .form = Form::duration, .value = "DURATION", .help = "--timeout"},
    {.name = "output", .form = Form::output, .value = "FORMAT", .help = "--output"},
    {.name = "domain",
     .form = Form::name,
     .value = "NAME",
     .help = "--domain, or --domains, of the commands that have one of them",
     .min = 1,
     .max = protocol::max_label},
    {.name = "stack",
     .form = Form::name,
     .value = "NAME",
     .help = "--stack, or --stacks, of the commands that have one of them",
     .max = protocol::max_label},
});

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r";
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

const Option* option_named(std::string_view name) {
    const auto* found =
        std::find_if(options.begin(), options.end(), [=](auto& one) { return one.name == name; });
    return found == options.end() ? nullptr : found;
}

std::string unknown(std::string_view name) {
    std::vector<std::string_view> names;
    names.reserve(options.size());
    for (const Option& option : options) {
        names.push_back(option.name);
    }
    const auto meant = nearest(name, names);
    return meant
               ? fmt::format("unknown name '{}'; did you mean {}?", escaped(name, 40), *meant)
               : fmt::format(
                     "unknown name '{}'; there are {}", escaped(name, 40), fmt::join(names, ", "));
}

// What is wrong with the value.
std::optional<std::string> trouble(const Option& option, std::string_view value) {
    if (option.name == "endpoint" || option.name == "events") {
        if (const auto why = sdk::trouble_with_endpoint(value)) {
            return fmt::format("{}: '{}' {}", option.name, escaped(value, 80), *why);
        }
    } else if (!has_form(option, value)) {
        return fmt::format(
            "{}: '{}' is not {}", option.name, escaped(value, 80), wanted_by(option));
    }
    return std::nullopt;
}

}  // namespace

std::span<const Option> context_options() {
    return options;
}

tl::expected<Defaults, std::string> parse_context(std::string_view path, std::string_view text) {
    Defaults defaults;
    std::string faults;
    std::map<std::string, int> lines;
    for (int number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#') {
            continue;
        }
        const auto say = [&](std::string_view what) {
            faults += fmt::format("{}{}:{}: {}", faults.empty() ? "" : "\n", path, number, what);
        };
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) {
            say(fmt::format("'{}' is not name = value", escaped(line, 40)));
            continue;
        }
        std::string name{trimmed(line.substr(0, equals))};
        std::replace(name.begin(), name.end(), '_', '-');
        const auto value = trimmed(line.substr(equals + 1));
        const Option* option = option_named(name);
        if (option == nullptr) {
            say(unknown(name));
        } else if (const auto [before, is_new] = lines.emplace(name, number); !is_new) {
            say(fmt::format("{} is given a second time, after line {}", name, before->second));
        } else if (const auto why = trouble(*option, value)) {
            say(*why);
        } else {
            defaults.push_back({name, std::string{value}});
        }
    }
    return faults.empty() ? tl::expected<Defaults, std::string>{std::move(defaults)}
                          : tl::unexpected{std::move(faults)};
}

}  // namespace taskbbs::cli
