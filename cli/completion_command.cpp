// `taskbbs completion`.
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/completion/scripts.hpp"

#include <cstdio>

namespace taskbbs::cli {

Exit run_completion(const Arguments& arguments) {
    const auto script = arguments.chosen == "bash"  ? bash_script()
                        : arguments.chosen == "zsh" ? zsh_script()
                                                    : fish_script();
    const bool written = std::fputs(script.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    return written ? Exit::done : Exit::unwritable;
}

}  // namespace taskbbs::cli
