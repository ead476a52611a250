// `taskbbs top`: the board, live on a terminal, or one picture of it.
#include "cli/commands.hpp"
#include "cli/complain.hpp"
#include "cli/top/live.hpp"
#include "cli/top/once.hpp"
#include "cli/top/terminal.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace taskbbs::cli {

Exit run_top(const Arguments& arguments) {
    // Nobody asks for a format of what moves.
    const bool once =
        arguments.flag("once") || arguments.has("output") || arguments.has("template");
    const auto lacking = once ? std::string{} : top::why_no_terminal();
    if (!lacking.empty()) {
        complain("taskbbs: top: {}\nOne picture of the board needs none: taskbbs top --once\n",
                 lacking);
        return Exit::usage;
    }
    // Blocked in every thread of the SDK; here only once the terminal is ours.
    if (!once) {
        top::block_signals(true);
    }
    auto connection = Connection::open(arguments);
    if (!connection) {
        return Exit::usage;
    }
    if (!once) {
        top::block_signals(false);
    }
    // It waits for a broker for ever; whoever types a wrong endpoint should not.
    if (const auto hello = connection->client().hello(connection->remaining()); !hello) {
        return connection->failed(hello.error());
    }
    if (once) {
        return top::run_once(*connection, Printer{arguments});
    }
    top::block_signals(true);
    return top::run_live(*connection);
}

}  // namespace taskbbs::cli
