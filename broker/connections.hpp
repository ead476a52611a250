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

// Who reads what a connection sends.
enum class Side : std::uint8_t { requests, events };

// From now on. From any thread, as all here.
void limit_present(std::size_t connections);

// Connections of this listener are of the events' side, and all others of the requests'.
void note_events_listener(int descriptor);

// Of what those of this side who are gone sent, and what may not have been received. Beyond,
// accept() ends with the error.
struct LeftLimit {
    std::uint64_t bytes = 0;
    // libzmq keeps some 80 KiB for each, and they have their turns before others do.
    std::uint64_t connections = 0;
    bool is_end_costly = false;  // though all was received, until that is over
};

void limit_left(Side side, LeftLimit limit);
inline constexpr int held_off_error = EPROTO;

// One that was let in is gone.
void note_gone();

// Bytes since the start that may not have been received when it was found that who sent them is
// gone.
std::uint64_t left_so_far(Side side);

// What is being read, and what was; `left` of its marks is of left_so_far().
void note_hearing(Side side, const Hearing::Mark& begun, const Hearing::Mark& until);

}  // namespace taskbbs::broker
