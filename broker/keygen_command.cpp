// Two files, or one line that says why not.
#include "broker/keygen_command.hpp"

#include "broker/keygen_usage.hpp"
#include "keys/key_file.hpp"

#include <fmt/core.h>
#include <string>

namespace taskbbs::broker {

bool is_keygen_command(int argc, const char* const* argv) {
    return argc > 1 && argv[1] == std::string_view("keygen");
}

Exit run_keygen_command(int argc, const char* const* argv) {
    const std::string_view file = argc == 3 ? argv[2] : "";
    if (file == "--help") {
        fmt::print("{}", keygen_usage);
        return Exit::stopped;
    }
    if (file.empty() || file.starts_with('-')) {
        fmt::print(stderr, "keygen wants one FILE\n\n{}", keygen_usage);
        return Exit::configuration;
    }
    const auto public_key = keys::write_new_pair(std::string(file));
    if (!public_key) {
        fmt::print(stderr, "{}\n", public_key.error());
        return Exit::not_started;
    }
    fmt::print("secret key: {} (keep it)\npublic key: {}.pub\n{}\n", file, file, *public_key);
    return Exit::stopped;
}

}  // namespace taskbbs::broker
