// The machine and the libraries that this command runs with, for a bug report.
#pragma once

#include <string>

namespace taskbbs::cli {

struct Machine {
    std::string version;       // of taskbbs
    std::string libzmq;        // at run time
    std::string msgpack;       // when it was built
    std::string system;        // "Linux 6.1.0-18-amd64 x86_64"
    std::string distribution;  // "Debian GNU/Linux 12 (bookworm)"; empty: not told
    unsigned processors = 0;
};

Machine this_machine();

// PRETTY_NAME of an os-release(5); empty where there is none.
std::string distribution_in(const std::string& os_release);

}  // namespace taskbbs::cli
