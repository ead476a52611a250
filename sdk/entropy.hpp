// Randomness of the kernel's, for drivers: sessions, incarnations, jitter. Machines are given it.
#pragma once

#include "protocol/envelope.hpp"

#include <cstdint>
#include <string>

namespace taskbbs::sdk {

std::uint64_t entropy();
protocol::SessionId random_session();
std::string random_incarnation();  // 32 hexadecimal digits

}  // namespace taskbbs::sdk
