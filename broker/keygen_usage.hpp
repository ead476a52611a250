// How `taskbbsd keygen` is called: its help, and a part of taskbbsd(8).
#pragma once

#include <string_view>

namespace taskbbs::broker {

inline constexpr std::string_view keygen_usage =
    "usage: taskbbsd keygen FILE\n\n"
    "Writes a new secret key to FILE (readable by its owner alone) and its public key to "
    "FILE.pub.\n"
    "A broker's FILE is its security.server_key, and clients are given FILE.pub; of a client's, "
    "the\n"
    "public key goes to a line of the broker's security.authorized_keys.\n"
    "Exit codes: 0 both are written; 1 they could not be; 78 usage.\n";

}  // namespace taskbbs::broker
