// Prints taskbbsd(8), or taskbbsd.conf(5) where a configuration file with reasons is given. From
// the table that `taskbbsd --help` is made of.
#include "broker/journal_usage.hpp"
#include "broker/keygen_usage.hpp"
#include "broker/option_table.hpp"
#include "man/configuration.hpp"
#include "man/page.hpp"

#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace taskbbs::man {
namespace {

using broker::Option;

void add_see_also(Page& page) {
    page.heading("See also");
    page.paragraph("`taskbbs`(1), `taskbbsd`(8), `taskbbsd.conf`(5), `taskbbs-protocol`(7)");
}

std::string daemon_page() {
    Page page{"taskbbsd", 8, TASKBBS_VERSION, "the broker of the taskbbs task board"};
    page.heading("Synopsis");
    page.paragraph("`taskbbsd` [OPTION...]");
    page.paragraph("`taskbbsd journal` COMMAND [OPTION...]");
    page.paragraph("`taskbbsd keygen` FILE");
    page.heading("Description");
    page.paragraph(
        "Holds the board, answers requests and publishes events until SIGTERM or SIGINT. Nothing "
        "is "
        "answered before it is durable in the journal. Each option may stand on the command line, "
        "in "
        "the environment, or in the configuration file, see taskbbsd.conf(5); the first of these "
        "that "
        "gives it wins.");
    page.heading("Options");
    for (const auto& option : broker::program_options()) {
        page.item(
            fmt::format("`--{}{}{}`", option.name, option.value.empty() ? "" : " ", option.value),
            option.why);
    }
    for (const Option& option : broker::option_table()) {
        const auto standard = broker::text_of(option, {});
        page.item(fmt::format("`--{} {}`", option.name, broker::value_name(option)),
                  fmt::format("{} ({})", option.why, standard.empty() ? "empty" : standard));
    }
    page.heading("The journal's commands");
    page.literal(broker::journal_usage);
    page.heading("Keys");
    page.literal(broker::keygen_usage);
    page.heading("Signals");
    page.item("`SIGTERM`, `SIGINT`", "ends it: what is in hand is written and answered");
    page.item(
        "`SIGHUP`",
        "reads options and keys anew: all that can change while it serves is taken or, with any "
        "mistake, nothing; the log says what");
    page.heading("Exit status");
    for (const auto& [code, meaning] : broker::exit_codes()) {
        page.item(fmt::format("`{}`", code), meaning);
    }
    add_see_also(page);
    return page.text();
}

std::string configuration_page(const std::string& text) {
    Page page{"taskbbsd.conf", 5, TASKBBS_VERSION, "options of the taskbbs broker"};
    const auto configuration = parse_configuration(text);
    page.heading("Description");
    for (const auto& paragraph : configuration.opening) {
        page.paragraph(paragraph);
    }
    page.heading("Options");
    for (const auto& section : configuration.sections) {
        page.subheading(fmt::format("[{}]", section.name));
        for (const auto& setting : section.settings) {
            const Option* option =
                broker::find_option(fmt::format("{}.{}", section.name, setting.name));
            page.item(option == nullptr ? fmt::format("`{} = {}`", setting.name, setting.value)
                                        : fmt::format("`{} = {}` ({}, {})",
                                                      setting.name,
                                                      setting.value,
                                                      broker::value_name(*option),
                                                      broker::environment_name(*option)),
                      setting.why,
                      setting.shares_next);
        }
    }
    page.heading("Files");
    page.item("`/etc/taskbbs/taskbbsd.conf`", "Read without --config, if it is there.");
    add_see_also(page);
    return page.text();
}

std::string text_of_file(const char* name) {
    std::ifstream file{name, std::ios::binary};
    if (!file) {
        throw std::runtime_error(fmt::format("cannot read {}", name));
    }
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace
}  // namespace taskbbs::man

int main(int argc, char** argv) {
    using namespace taskbbs::man;
    try {
        const auto page = argc > 1 ? configuration_page(text_of_file(argv[1])) : daemon_page();
        return std::fputs(page.c_str(), stdout) >= 0 ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
