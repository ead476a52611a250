// Where a socket of libzmq's is to be reached.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taskbbs::broker {

// `mode`: of the file, where it is one. `option`: whose value the endpoint is. Throws BindError,
// with the cause and the next step.
void bind_to(void* socket,
             const std::string& endpoint,
             std::uint32_t mode,
             std::string_view option);

// As bound: a port of `*` is a number here.
std::string last_endpoint(void* socket);

}  // namespace taskbbs::broker
