// Files of ipc, and what is to be done about each error.
#include "broker/bind.hpp"

#include "broker/ipc_file.hpp"
#include "broker/sockets.hpp"

#include <zmq.h>

#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>

namespace taskbbs::broker {

namespace {

// libzmq would remove whatever lies where the socket's file is to be.
void check_ipc_file(const std::string& endpoint, std::string_view option) {
    const auto path = ipc_path(endpoint);
    if (!path) {
        return;
    }
    if (const std::string taken = ipc_file_fault(*path); !taken.empty()) {
        throw BindError(fmt::format("cannot bind {} = {}: {}", option, endpoint, taken));
    }
}

void open_ipc_file(void* socket, std::uint32_t mode, std::string_view option) {
    const std::string bound = last_endpoint(socket);
    const auto path = ipc_path(bound);
    if (path && chmod(path->c_str(), mode) != 0) {
        throw BindError(fmt::format("cannot set the mode of {} = {}: {}; {}",
                                    option,
                                    bound,
                                    std::generic_category().message(errno),
                                    "choose a path on another file system"));
    }
}

}  // namespace

std::string last_endpoint(void* socket) {
    std::array<char, 1024> text{};
    std::size_t size = text.size();
    zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, text.data(), &size);
    return text.data();
}

void bind_to(void* socket,
             const std::string& endpoint,
             std::uint32_t mode,
             std::string_view option) {
    check_ipc_file(endpoint, option);
    // Only where it is asked for: an IPv6 socket names IPv4 addresses in a way few clients expect.
    const int ipv6 = endpoint.starts_with("tcp://[") ? 1 : 0;
    zmq_setsockopt(socket, ZMQ_IPV6, &ipv6, sizeof ipv6);
    if (zmq_bind(socket, endpoint.c_str()) == 0) {
        open_ipc_file(socket, mode, option);
        return;
    }
    const int error = zmq_errno();
    const std::string_view next_step =
        error == EADDRINUSE ? "another process has it: end that one, or choose another endpoint"
        : error == ENOENT && ipc_path(endpoint)
            ? "the directory of the socket must be there (RuntimeDirectory= of the service)"
        : error == EACCES ? "this user may not: choose a port above 1023, or another path"
                          : "choose an address of this host";
    throw BindError(fmt::format(
        "cannot bind {} = {}: {}; {}", option, endpoint, zmq_strerror(error), next_step));
}

}  // namespace taskbbs::broker
