// How many connections libzmq's sockets of this process accept. Whoever is one too many is hung up
// on before anything is said: so its own libzmq keeps what it had to send, and knocks again.
#pragma once

#include <cstddef>

namespace taskbbs::broker {

// From now on, from any thread.
void let_in_at_most(std::size_t connections);

// One that was let in is gone.
void note_gone();

}  // namespace taskbbs::broker
