// How many connections libzmq's sockets of this process accept. Whoever is one too many is hung up
// on before anything is said: so its own libzmq keeps what it had to send, and knocks again.
//
// libzmq keeps what a connection sent when that is gone. So who comes and sends and goes, again and
// again, could fill the memory while the loop is held up: while much of that may be there, nobody
// is let in.
#pragma once

#include "broker/hearing.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace taskbbs::broker {

// From now on. From any thread, as all here.
void limit_present(std::size_t connections);

// Of bytes that those who are gone sent and that may not have been received. Beyond, accept() ends
// with this error.
void limit_left(std::uint64_t bytes);
inline constexpr int held_off_error = EPROTO;

// One that was let in is gone.
void note_gone();

// Bytes since the start that may not have been received when it was found that who sent them is
// gone.
std::uint64_t left_so_far();

// What is being read, and what was; `left` of its marks is of left_so_far().
void note_hearing(const Hearing& hearing);

}  // namespace taskbbs::broker
