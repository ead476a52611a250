// Prints taskbbs(1), from the same table as `taskbbs --help`.
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/exit_code.hpp"
#include "cli/help.hpp"
#include "man/page.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace taskbbs::man {
namespace {

using cli::Command;
using cli::Option;

void add_options(Page& page, std::span<const Option> options) {
    for (const Option& option : options) {
        page.item(fmt::format("`{}`", cli::spelled(option)),
                  fmt::format("{}{}", option.help, option.required ? " (required)" : ""));
    }
}

void add_command(Page& page, const Command& command) {
    page.subheading(cli::usage(command));
    page.paragraph(command.summary);
    if (!command.more.empty()) {
        page.paragraph(command.more);
    }
    add_options(page, command.options);
    page.paragraph("Example:");
    page.literal(command.example);
}

void add_surroundings(Page& page) {
    page.heading("Contexts");
    page.paragraph(
        "A context is a file, `~/.config/taskbbs/NAME.conf`, of lines `name = value`; a line that "
        "begins "
        "with # is a comment. It is chosen with `--context` or `TASKBBS_CONTEXT`. What the command "
        "line gives wins over the environment, that over the context. It may give:");
    for (const Option& option : cli::context_options()) {
        page.item(fmt::format("`{} = {}`", option.name, option.value), option.help);
    }
    page.heading("Environment");
    page.item("`TASKBBS_ENDPOINT`", "The endpoint, where --endpoint does not give one.");
    page.item("`TASKBBS_CONTEXT`", "The context, where --context does not name one.");
    page.item("`XDG_CONFIG_HOME`",
              "Where the directory taskbbs with the contexts is, if not ~/.config.");
    page.item("`NO_COLOR`", "Set and not empty: no colour on a terminal either.");
    page.item("`COLUMNS`", "The width that tables on a terminal are cut to, if not its own.");
    page.heading("Exit status");
    page.paragraph("Of several guids the worst counts, in the order 130 74 7 5 6 2 4 3 1 0.");
    for (const auto& [exit, meaning] : cli::exit_meanings) {
        page.item(fmt::format("`{}`", static_cast<int>(exit)), meaning);
    }
    page.heading("See also");
    page.paragraph("`taskbbsd`(8), `taskbbsd.conf`(5), `taskbbs-protocol`(7)");
}

std::string command_page() {
    Page page{"taskbbs", 1, TASKBBS_VERSION, "a client of the taskbbs task board"};
    page.heading("Synopsis");
    page.paragraph("`taskbbs` COMMAND [GUID...] [OPTION...]");
    page.heading("Description");
    page.paragraph(
        "Puts tasks on the board, takes them, reports on them, shows them, and runs them as an "
        "executor. Each command is one session with the broker; options stand before or after it.");
    page.heading("Options of every command");
    add_options(page, cli::common_options());
    page.heading("Commands");
    for (const Command& command : cli::commands()) {
        add_command(page, command);
    }
    add_surroundings(page);
    return page.text();
}

}  // namespace
}  // namespace taskbbs::man

int main() {
    return std::fputs(taskbbs::man::command_page().c_str(), stdout) >= 0 ? 0 : 1;
}
