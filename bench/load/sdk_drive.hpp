// The same load through the SDK, which decides what travels together.
#pragma once

#include "bench/load/drive.hpp"

#include <taskbbs/client.hpp>

namespace taskbbs::bench {

// `load.connections` clients, each with `in_flight` calls under way; per_message is the SDK's to
// choose, rate is not kept. Throws std::runtime_error where the broker can't be reached.
Measured drive_sdk(const ClientOptions& client,
                   const Load& load,
                   const std::function<double()>& server_cpu);

}  // namespace taskbbs::bench
