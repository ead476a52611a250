// Asking the system about standard output.
#include "cli/terminal.hpp"

#include "cli/values.hpp"

#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace taskbbs::cli {
namespace {

constexpr std::size_t usual_width = 80;

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view{value};
}

std::size_t width_of_output() {
    constexpr std::int64_t most = 10'000;
    if (const auto columns = integer_of(environment("COLUMNS"));
        columns && *columns > 0 && *columns <= most) {
        return static_cast<std::size_t>(*columns);
    }
    winsize size{};
    const bool told = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return told ? size.ws_col : usual_width;
}

}  // namespace

Terminal terminal_of_output() {
    if (::isatty(STDOUT_FILENO) == 0) {
        return {};
    }
    return {.is_one = true,
            .width = width_of_output(),
            .colour = environment("NO_COLOR").empty() && environment("TERM") != "dumb"};
}

}  // namespace taskbbs::cli
