// How many connections libzmq's sockets of this process accept. Whoever is one too many is hung up
// on before anything is said: so its own libzmq keeps what it had to send, and knocks again.
//
// libzmq keeps what a connection sent when that is gone. So who comes and sends and goes, again and
// again, could fill the memory while the loop is held up: while much of that may be there, nobody
// is let in.
#pragma once

#include "broker/crowd.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace taskbbs::broker {

// From now on. From any thread, as all here.
void let_in_at_most(std::size_t connections);

// Of bytes that those who are gone sent and that may not have been received. Beyond, accept() ends
// with this error.
void leave_at_most(std::uint64_t bytes);
inline constexpr int held_off_error = EPROTO;

// One that was let in is gone.
void note_gone();

// As of now, and its let_in alone.
Crowd crowd();
std::uint64_t let_in_so_far();

// Whatever had arrived by then was received.
void note_heard(const Crowd& by_then);

}  // namespace taskbbs::broker
