// The shapes of the documents that commands show: what -o json prints, what a template may name.
// docs/cli.md has them in words. Pure.
#pragma once

#include <cstdint>

namespace taskbbs::cli {

enum class Shape : std::uint8_t {
    open,         // known once it is there: the counters of stats
    applied,      // guid, seq
    owned,        // guid, seq, epoch, task: a whole one
    rejected,     // guid, seq, state
    swept,        // guid, domain, state, created_at, seq: a task that a filter found
    task,         // a whole task
    header,       // a task without its bytes, with their sizes
    event,        // of a task, an executor or queues
    executor,     // one that is present
    of_executor,  // executor_id, seq
    of_queues,    // domain, stack (null: every one), seq
    pause,        // domain, stack (null: every one), since
    heartbeat,    // what a heartbeat is answered
    converged,    // what a pass has touched
    hello,        // who answers, and its limits
    measured,     // what bench has measured
    outcome,      // of a task of a run
    batch,        // a run that was detached
};

}  // namespace taskbbs::cli
