// access(2), with the rights that connect(2) goes by.
#include "cli/socket_trouble.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace taskbbs::cli {

std::optional<std::string> socket_trouble(std::string_view endpoint) {
    constexpr std::string_view scheme = "ipc://";
    if (!endpoint.starts_with(scheme) || endpoint.starts_with("ipc://@")) {
        return std::nullopt;
    }
    const std::string path{endpoint.substr(scheme.size())};
    // The effective ids, as a connect has them; the right to write is the right to connect.
    if (::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0) {
        return std::nullopt;
    }
    switch (errno) {
        case EACCES:
            return fmt::format(
                "This user may not open {}: join the group that may, or let requests.ipc_mode of "
                "the broker and the directory's mode admit others.",
                path);
        case ENOENT:
        case ENOTDIR:
            return fmt::format(
                "There is no {}: start taskbbsd there; --endpoint or TASKBBS_ENDPOINT name "
                "another.",
                path);
        default:
            return std::nullopt;
    }
}

}  // namespace taskbbs::cli
