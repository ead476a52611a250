// The commands. Each does what docs/protocol.md, section 4, says of its verb, shows the answer on
// standard output and says on standard error what went wrong. With several guids each is tried, in
// one session, and the worst exit code is returned (exit_code.hpp).
//
// They block until answered or until --timeout is over, which holds for the command as a whole.
// Arguments must come from parse() and be the command's own.
#pragma once

#include "cli/exit_code.hpp"

namespace taskbbs::cli {

struct Arguments;

Exit run_desire(const Arguments& arguments);
Exit run_claim(const Arguments& arguments);
Exit run_acquire(const Arguments& arguments);
Exit run_start(const Arguments& arguments);
Exit run_complete(const Arguments& arguments);
Exit run_reject(const Arguments& arguments);
Exit run_cancel(const Arguments& arguments);
Exit run_resolving(const Arguments& arguments);
Exit run_resolve(const Arguments& arguments);
Exit run_get(const Arguments& arguments);

Exit run_list(const Arguments& arguments);
Exit run_converge(const Arguments& arguments);
Exit run_heartbeat(const Arguments& arguments);
Exit run_depart(const Arguments& arguments);
Exit run_drain(const Arguments& arguments);
Exit run_undrain(const Arguments& arguments);
Exit run_pause(const Arguments& arguments);
Exit run_resume(const Arguments& arguments);
Exit run_paused(const Arguments& arguments);
Exit run_executors(const Arguments& arguments);
Exit run_replay(const Arguments& arguments);
Exit run_stats(const Arguments& arguments);
Exit run_hello(const Arguments& arguments);
// What tasks wait for and what becomes of them: see cli/explain/report.hpp.
Exit run_explain(const Arguments& arguments);
// All that happened to tasks, those that are gone included: see cli/history/life.hpp.
Exit run_history(const Arguments& arguments);

// Until interrupted, or until --count events were shown.
Exit run_watch(const Arguments& arguments);
// Until everything has an outcome: see cli/batch/batch.hpp.
Exit run_run(const Arguments& arguments);
Exit run_wait(const Arguments& arguments);
// On a terminal until the user quits; without one it wants --once or --output: see docs/top.md.
Exit run_top(const Arguments& arguments);
// Until SIGTERM or SIGINT: see cli/executor/jobs.hpp.
Exit run_executor(const Arguments& arguments);

// What the broker says of itself; all that a bug report needs.
Exit run_server(const Arguments& arguments);

// A load on the board for a while; see cli/bench/load.hpp.
Exit run_bench(const Arguments& arguments);
// The script for a shell; needs no broker.
Exit run_completion(const Arguments& arguments);

}  // namespace taskbbs::cli
