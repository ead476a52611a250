// The grammar of the two transports that the broker serves. No name is looked up here.
#include "broker/endpoint.hpp"

#include "broker/units.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <net/if.h>
#include <netinet/in.h>
#include <optional>
#include <sys/un.h>

namespace taskbbs::broker {

namespace {

constexpr std::string_view tcp = "tcp://";
constexpr std::string_view ipc = "ipc://";
// A socket's path ends with a zero byte.
constexpr std::size_t max_ipc_path = sizeof(sockaddr_un::sun_path) - 1;

bool all_of(std::string_view text, std::string_view marks) {
    return std::ranges::all_of(text, [&](unsigned char c) {
        return std::isalnum(c) != 0 || marks.find(static_cast<char>(c)) != std::string_view::npos;
    });
}

std::optional<in_addr> ipv4_address(std::string_view host) {
    in_addr address{};
    const bool is_one = inet_pton(AF_INET, std::string(host).c_str(), &address) == 1;
    return is_one ? std::optional(address) : std::nullopt;
}

// Without its zone ([fe80::1%eth0]), which only this host can judge.
std::optional<in6_addr> ipv6_address(std::string_view host) {
    if (!host.starts_with('[') || !host.ends_with(']')) {
        return std::nullopt;
    }
    const std::string text(host.substr(1, host.find_first_of("%]") - 1));
    in6_addr address{};
    return inet_pton(AF_INET6, text.c_str(), &address) == 1 ? std::optional(address) : std::nullopt;
}

std::string host_fault(std::string_view host) {
    if (host == "*" || ipv6_address(host)) {
        return {};
    }
    if (host.empty() || !all_of(host, ".-_")) {
        return "its host is not an address, a name or * (an IPv6 address stands in brackets)";
    }
    const bool numbers = host.find_first_not_of("0123456789.") == std::string_view::npos;
    if (numbers && !ipv4_address(host)) {
        return "its host is neither an IPv4 address nor a name";
    }
    return {};
}

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Of a host without a fault.
bool is_name(std::string_view host) {
    return host != "*" && host.front() != '[' && !ipv4_address(host);
}

// The same. With a dot it is a domain's name, unless a VLAN's number stands behind (eth0.100).
bool may_be_interface(std::string_view host) {
    const std::size_t dot = host.rfind('.');
    return is_name(host) && host.size() < IF_NAMESIZE && host != "localhost" &&
           (dot == std::string_view::npos || is_digits(host.substr(dot + 1)));
}

// libzmq looks no name up for a bind, but those of this host's network interfaces.
std::string name_fault(std::string_view host) {
    if (!is_name(host) || may_be_interface(host)) {
        return {};
    }
    return host == "localhost"
               ? "a host's name can't be bound: write 127.0.0.1 for localhost"
               : "a host's name can't be bound: write an address of this host, the name of one of "
                 "its network interfaces, or *";
}

bool is_port(std::string_view text) {
    const auto port = parse_count(text);
    return port && *port >= 1 && *port <= 65535;
}

std::string tcp_fault(std::string_view address, bool any_port) {
    const std::size_t colon = address.rfind(':');
    if (colon == std::string_view::npos) {
        return "it has no port";
    }
    const std::string_view port = address.substr(colon + 1);
    if (!is_port(port) && !(any_port && port == "*")) {
        return any_port ? "its port is not a number from 1 to 65535, or *"
                        : "its port is not a number from 1 to 65535";
    }
    return host_fault(address.substr(0, colon));
}

std::string ipc_fault(std::string_view path) {
    if (path.empty()) {
        return "it has no path";
    }
    if (path.size() > max_ipc_path) {
        return "its path is longer than " + std::to_string(max_ipc_path) + " bytes";
    }
    return {};
}

std::string fault(std::string_view endpoint, bool any_port) {
    if (endpoint.starts_with(tcp)) {
        return tcp_fault(endpoint.substr(tcp.size()), any_port);
    }
    if (endpoint.starts_with(ipc)) {
        return ipc_fault(endpoint.substr(ipc.size()));
    }
    return "it begins with neither tcp:// nor ipc://";
}

// However it is spelled, [::ffff:127.0.0.1] too.
bool is_loopback(std::string_view host) {
    if (const auto address = ipv4_address(host)) {
        return ntohl(address->s_addr) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET;
    }
    const auto address = ipv6_address(host);
    if (!address) {
        return false;
    }
    constexpr std::size_t ipv4_begin = 12;
    const bool is_ipv4 = IN6_IS_ADDR_V4MAPPED(&*address);
    return is_ipv4 ? address->s6_addr[ipv4_begin] == IN_LOOPBACKNET
                   : IN6_IS_ADDR_LOOPBACK(&*address);
}

// Of an endpoint of tcp without a fault.
std::string_view host_of(std::string_view endpoint) {
    return endpoint.substr(tcp.size(), endpoint.rfind(':') - tcp.size());
}

}  // namespace

std::string bind_fault(std::string_view endpoint) {
    const std::string found = fault(endpoint, true);
    return found.empty() && endpoint.starts_with(tcp) ? name_fault(host_of(endpoint)) : found;
}

std::string_view interface_of(std::string_view endpoint) {
    const bool names_one = endpoint.starts_with(tcp) && may_be_interface(host_of(endpoint));
    return names_one ? host_of(endpoint) : std::string_view();
}

std::string advertise_fault(std::string_view endpoint) {
    return fault(endpoint, false);
}

std::string told_endpoint(std::string_view bound) {
    for (const std::string_view any : {"tcp://0.0.0.0:", "tcp://[::]:"}) {
        if (bound.starts_with(any)) {
            return "tcp://*:" + std::string(bound.substr(any.size()));
        }
    }
    return std::string(bound);
}

bool is_local(std::string_view endpoint) {
    if (!endpoint.starts_with(tcp)) {
        return true;
    }
    const std::string_view host = host_of(endpoint);
    return host == "lo" || is_loopback(host);
}

std::string listen_fault(std::string_view address) {
    return address.ends_with(":0") ? host_fault(address.substr(0, address.size() - 2))
                                   : tcp_fault(address, false);
}

bool same_endpoint(std::string_view a, std::string_view b) {
    const bool any_free_port = a.starts_with(tcp) && a.ends_with(":*");
    return a == b && !any_free_port;
}

}  // namespace taskbbs::broker
