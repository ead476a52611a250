// How a client makes itself known to a broker that serves with CURVE (docs/security.md): encrypted,
// and by its key.
#pragma once

#include "taskbbs/error.hpp"
#include "taskbbs/export.hpp"

#include <string>

namespace taskbbs {

// Keys as texts, 40 characters of Z85 each. Whoever has the secret one is this client.
struct CurveKeys {
    std::string
        secret_key;  // the client's own; its public key stands in the broker's authorized keys
    std::string server_key;  // the broker's public one: nobody else can pretend to be it
};

// Reads both from the files that `taskbbsd keygen` wrote: the client's FILE and the broker's
// FILE.pub. Fails with `unusable_key`: a file can't be read, holds no key, or is a secret one that
// every user may read.
TASKBBS_EXPORT Result<CurveKeys> read_curve_keys(const std::string& key_file,
                                                 const std::string& server_key_file);

}  // namespace taskbbs
