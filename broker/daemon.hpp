// The process around the loop machine: recovers the journal, binds the sockets, starts the threads
// and carries bytes between them and the Broker until it is asked to stop (docs/architecture.md,
// "Threads").
#pragma once

#include "broker/log.hpp"
#include "broker/options.hpp"

namespace taskbbs::broker {

// Exit codes of the process; the service manager restarts after the first two of the failures
// alone.
enum class Exit : int {
    stopped = 0,       // as asked
    not_started = 1,   // port taken, no permission, another broker on the directory
    not_written = 74,  // the journal could not be written: nothing more is promised
    damaged = 75,      // the journal is damaged, or of a format that this version can't read
    mismatch = 76,     // a snapshot came to another state than the journal says (journal snapshot)
    configuration = 78,
};

// Serves until SIGTERM or SIGINT, which must be blocked by the caller (in every thread). Whatever
// ends it is logged as one line.
Exit serve(const Options& options, Log& log);

}  // namespace taskbbs::broker
