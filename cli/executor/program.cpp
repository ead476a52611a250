// Finding a program before it is needed: who starts an executor hears of it at once.
#include "cli/executor/program.hpp"

#include "cli/executor/words.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::cli {
namespace {

bool is_executable(const std::string& path) {
    struct stat status {};

    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
           ::access(path.c_str(), X_OK) == 0;
}

// Empty: nowhere.
std::string found(const std::string& name, std::string_view path) {
    if (name.find('/') != std::string::npos) {
        return is_executable(name) ? name : std::string{};
    }
    for (;;) {
        const auto colon = path.find(':');
        const auto directory = path.substr(0, colon);
        auto candidate = fmt::format("{}/{}", directory.empty() ? "." : directory, name);
        if (is_executable(candidate)) {
            return candidate;
        }
        if (colon == std::string_view::npos) {
            return {};
        }
        path.remove_prefix(colon + 1);
    }
}

}  // namespace

Program shell_program(const std::string& command) {
    return {.path = "/bin/sh", .words = {"sh", "-c", "--", command}, .input = {}};
}

tl::expected<Program, std::string> program_of(std::string_view line, std::string_view path) {
    auto words = split_words(line);
    if (!words) {
        return tl::unexpected{words.error()};
    }
    if (words->empty()) {
        return tl::unexpected{std::string{"no program is named"}};
    }
    auto executable = found(words->front(), path);
    if (executable.empty()) {
        return tl::unexpected{
            fmt::format("there is no program '{}' that may be run", words->front())};
    }
    return Program{.path = std::move(executable), .words = *std::move(words), .input = {}};
}

}  // namespace taskbbs::cli
