// Whether somebody listens is found out by knocking.
#include "broker/ipc_file.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace taskbbs::broker {

namespace {

constexpr std::string_view ipc_scheme = "ipc://";

// The errno of a connect; 0: somebody listens.
int knock(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy_n(path.begin(), std::min(path.size(), sizeof address.sun_path - 1), address.sun_path);
    const int socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const auto* const plain = reinterpret_cast<const sockaddr*>(&address);
    const int error = connect(socket_fd, plain, sizeof address) == 0 ? 0 : errno;
    close(socket_fd);
    return error;
}

}  // namespace

std::optional<std::string> ipc_path(std::string_view endpoint) {
    if (!endpoint.starts_with(ipc_scheme)) {
        return std::nullopt;
    }
    const std::string_view path = endpoint.substr(ipc_scheme.size());
    if (path.empty() || path == "*" || path.starts_with('@')) {
        return std::nullopt;
    }
    return std::string(path);
}

std::string ipc_file_fault(const std::string& path) {
    struct stat found {};

    if (lstat(path.c_str(), &found) != 0) {
        return {};  // it is missing, or binding says what is wrong with its directory
    }
    if (!S_ISSOCK(found.st_mode)) {
        return "what lies there is no socket: move it, or choose another path";
    }
    if (knock(path) == ECONNREFUSED) {
        return {};
    }
    return "another process listens there: end that one, or choose another path";
}

}  // namespace taskbbs::broker
