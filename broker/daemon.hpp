// The process around the loop machine: recovers the journal, binds the sockets, starts the threads
// and carries bytes between them and the Broker until it is asked to stop (docs/architecture.md,
// "Threads").
#pragma once

#include "broker/keyring.hpp"
#include "broker/log.hpp"
#include "broker/options.hpp"
#include "broker/system.hpp"

#include <functional>

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

// Reads the options anew, from where they came from. Throws ConfigurationError.
using ReadOptions = std::function<Options()>;

// Serves until SIGTERM or SIGINT; one that comes while the journal is read ends that, and changes
// nothing. On SIGHUP it reads options and keys anew and takes what can change, or, if anything is
// wrong, nothing. Whatever ends it is logged as one line.
Exit serve(const Options& options,
           Keyring keyring,
           Log& log,
           const ReadOptions& read_options,
           const Signals& signals);

}  // namespace taskbbs::broker
