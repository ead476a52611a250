// The scripts that complete `taskbbs` in a shell, written from the table of commands. They ask the
// board for guids and executors, say nothing where it does not answer, and take --endpoint and
// --context of the line that is being written. Pure.
#pragma once

#include <string>

namespace taskbbs::cli {

std::string bash_script();
std::string zsh_script();
std::string fish_script();

}  // namespace taskbbs::cli
