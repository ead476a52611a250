// The keys that the options name, read whole: the server's own, and what each client's key allows.
#pragma once

#include "broker/core/grants.hpp"
#include "broker/options.hpp"

#include <string>

namespace taskbbs::broker {

struct Keyring {
    std::string secret_key;  // of the server, as text; empty: no CURVE
    core::Grants grants;
};

// Reads security.server_key and security.authorized_keys. Throws ConfigurationError with everything
// that is wrong with them; nothing of them is then used.
Keyring load_keyring(const Options& options);

}  // namespace taskbbs::broker
