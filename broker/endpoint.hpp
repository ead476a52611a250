// What an endpoint may look like, checked before any socket sees it: libzmq's own message for a bad
// one is "Invalid argument".
#pragma once

#include <string>
#include <string_view>

namespace taskbbs::broker {

// What is wrong with an endpoint to bind, empty where nothing is: `tcp://HOST:PORT` (HOST an
// address, the name of a network interface, or `*`; IPv6 in brackets; PORT 1..65535, or `*` for any
// free one) or `ipc://PATH`.
std::string bind_fault(std::string_view endpoint);
// The network interface that an endpoint to bind names; empty: none. Whether this host has it is
// not known here.
std::string_view interface_of(std::string_view endpoint);
// The same as bind_fault() for an endpoint that clients are told: its host may be any name, its
// port is a number. `*` for the host clients read as the host that they reached.
std::string advertise_fault(std::string_view endpoint);
// The same for where HTTP is served: `HOST:PORT`, HOST may be any name, and a PORT of 0 is any free
// one.
std::string listen_fault(std::string_view address);
// A bound endpoint as clients are told it: with `*` where the bind was to all addresses, which they
// read as the host that they reached.
std::string told_endpoint(std::string_view bound);
// Whether nobody but this host reaches a bind of this endpoint: ipc, or a loopback address. An
// interface counts as open, whatever its addresses are now, but for lo.
bool is_local(std::string_view endpoint);
// Whether two binds of these endpoints must collide.
bool same_endpoint(std::string_view a, std::string_view b);

}  // namespace taskbbs::broker
