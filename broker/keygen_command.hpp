// `taskbbsd keygen FILE`: a new pair of CURVE keys, for a broker or for a client.
#pragma once

#include "broker/daemon.hpp"

namespace taskbbs::broker {

bool is_keygen_command(int argc, const char* const* argv);
Exit run_keygen_command(int argc, const char* const* argv);

}  // namespace taskbbs::broker
