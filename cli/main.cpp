// The `taskbbs` command: reads the command line, runs the command that it names, ends with its
// code.
#include "cli/arguments.hpp"
#include "cli/complain.hpp"
#include "cli/contexts.hpp"
#include "cli/help.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <fmt/format.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace taskbbs::cli {
namespace {

// A request that is under way stays under way: the broker may still apply it.
extern "C" void end_interrupted(int /*signal*/) {
    _exit(static_cast<int>(Exit::interrupted));
}

// Standard descriptors that are closed would be taken by sockets, and read or written as if they
// were files of the user's. The other way round, so that using them fails.
void open_standard_descriptors() {
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(number, F_GETFD) < 0) {
            // The lowest number that is free: this one.
            static_cast<void>(::open("/dev/null", number == STDOUT_FILENO ? O_RDONLY : O_WRONLY));
        }
    }
}

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};

template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

Exit shown(const std::string& text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    return written && std::fflush(stdout) == 0 ? Exit::done : Exit::unwritable;
}

std::optional<std::string> environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

Exit run(const std::vector<std::string>& words) {
    const auto invocation = parse(words,
                                  environment("TASKBBS_ENDPOINT"),
                                  {.named = environment("TASKBBS_CONTEXT"), .load = load_context});
    if (!invocation) {
        complain("taskbbs: {}\n", invocation.error().message);
        return Exit::usage;
    }
    return std::visit(
        Overloaded{
            [](const Arguments& arguments) { return arguments.command->run(arguments); },
            [](const HelpWanted& wanted) {
                return shown(wanted.command != nullptr ? help(*wanted.command) : help());
            },
            [](const VersionWanted&) { return shown("taskbbs " TASKBBS_VERSION "\n"); },
        },
        *invocation);
}

}  // namespace
}  // namespace taskbbs::cli

int main(int argc, char** argv) {
    using taskbbs::cli::Exit;
    try {
        taskbbs::cli::open_standard_descriptors();
        std::signal(SIGINT, taskbbs::cli::end_interrupted);
        std::signal(SIGPIPE, SIG_IGN);  // a reader that is gone is an output that takes no more
        const auto exit = taskbbs::cli::run({argv + 1, argv + argc});
        if (exit == Exit::unwritable) {
            taskbbs::cli::complain("taskbbs: standard output took no more\n");
        }
        return static_cast<int>(exit);
    } catch (const std::exception& error) {
        // Out of memory and the like; the request may have left.
        std::fputs("taskbbs: ", stderr);
        std::fputs(error.what(), stderr);
        std::fputs("\n", stderr);
        return static_cast<int>(Exit::unknown);
    }
}
