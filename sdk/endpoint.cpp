// Looking at an endpoint before libzmq does.
#include "sdk/endpoint.hpp"

#include <charconv>

namespace taskbbs::sdk {

namespace {

bool is_port(std::string_view text) {
    constexpr unsigned most = 65'535;
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= most;
}

}  // namespace

std::optional<std::string> trouble_with_endpoint(std::string_view endpoint) {
    constexpr std::string_view tcp = "tcp://";
    constexpr std::string_view ipc = "ipc://";
    if (endpoint.starts_with(ipc) && endpoint.size() > ipc.size()) {
        return std::nullopt;
    }
    if (!endpoint.starts_with(tcp)) {
        return "is neither tcp://HOST:PORT nor ipc://PATH";
    }
    const std::string_view place = endpoint.substr(tcp.size());
    const std::size_t colon = place.rfind(':');
    if (colon == std::string_view::npos || colon == 0) {
        return "is not tcp://HOST:PORT";
    }
    if (!is_port(place.substr(colon + 1))) {
        return "has no port from 1 to 65535";
    }
    return std::nullopt;
}

}  // namespace taskbbs::sdk
