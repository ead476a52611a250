// Endpoint, defaults and output format.
#include "cli/fallbacks.hpp"

#include "cli/samples.hpp"
#include "cli/template.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::cli {
namespace {

constexpr std::string_view default_endpoint = "tcp://127.0.0.1:7411";

std::optional<std::string> value_in(const Defaults& defaults, std::string_view option) {
    const auto found = std::find_if(
        defaults.begin(), defaults.end(), [=](const Default& one) { return one.option == option; });
    return found == defaults.end() ? std::nullopt : std::optional{found->value};
}

// Contexts know the common options: what a command means by such a name of its own is another
// thing.
bool is_meant(const Command& command, std::string_view name) {
    const Option* const option = option_of(command, name);
    for (const Option& common : common_options()) {
        if (common.name == name) {
            return option == &common;
        }
    }
    return option != nullptr;
}

// Of an option, or of one that takes several of the same: domain, domains.
void take(Arguments& arguments, const Default& given) {
    for (const auto& option : {given.option, given.option + "s"}) {
        if (is_meant(*arguments.command, option) && !arguments.has(option)) {
            arguments.values[option] = {given.value};
        }
    }
}

}  // namespace

void fall_back(Arguments& arguments,
               const std::optional<std::string>& endpoint,
               Defaults defaults) {
    const bool in_environment = endpoint && !endpoint->empty();
    const auto of_context = value_in(defaults, "endpoint");
    // Where events are published, and the keys, go with the endpoint of the same context, and with
    // no other.
    const bool elsewhere = of_context && (in_environment || arguments.has("endpoint"));
    // A guid is of a domain already.
    const bool named = arguments.command->sweeps && !arguments.guids.empty();
    // What moves has no format: a picture of it is asked for by --once.
    const bool moves = arguments.command->name == "top" && !arguments.flag("once");
    std::erase_if(defaults, [&](const Default& one) {
        const bool goes_with_it =
            one.option == "events" || one.option == "key" || one.option == "server-key";
        return one.option == "endpoint" || (goes_with_it && elsewhere) ||
               (one.option == "domain" && named) ||
               (one.option == "output" && (moves || arguments.has("template")));
    });
    arguments.endpoint =
        arguments.text("endpoint")
            .value_or(in_environment ? *endpoint
                                     : of_context.value_or(std::string{default_endpoint}));
    for (const Default& one : defaults) {
        take(arguments, one);
    }
}

tl::expected<Output, std::string> chosen_output(const Arguments& arguments) {
    auto output = output_of(arguments.text("output").value_or("table"));
    if (const auto text = arguments.text("template")) {
        const bool other = arguments.has("output") && output.format != Format::templated;
        if (other || !output.text.empty()) {
            return tl::unexpected{std::string{"--output and --template exclude each other"}};
        }
        output = {Format::templated, *text};
    }
    if (output.format != Format::templated) {
        return output;
    }
    if (output.text.empty()) {
        return tl::unexpected{std::string{"a template needs a text: -o template='{guid} {state}'"}};
    }
    const auto parsed = Template::parse(output.text);
    if (!parsed) {
        return tl::unexpected{parsed.error()};
    }
    const auto sample = sample_of(shape_of(arguments));
    if (const auto misfit =
            sample ? parsed->misfit(*sample, arguments.command->name) : std::nullopt) {
        return tl::unexpected{*misfit};
    }
    return output;
}

}  // namespace taskbbs::cli
