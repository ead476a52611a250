// SIGINT and SIGTERM of a command that has something to set right before it leaves: the first one
// is told to its loop, the second one ends the process at once, whatever that does.
#pragma once

namespace taskbbs::cli::batch {

// From its making to the end of the process; one per process. Aborts where the system has no
// eventfd left.
class Interrupts {
  public:
    Interrupts();

    // Readable once there was one.
    int descriptor() const;
    bool came() const;
};

}  // namespace taskbbs::cli::batch
