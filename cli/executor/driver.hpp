// Drives the jobs of `taskbbs executor`: does what they ask for, on the board through the SDK and
// in processes of its own, and tells them what came of it.
#pragma once

#include "cli/executor/inbox.hpp"
#include "cli/executor/process.hpp"
#include "taskbbs/executor_session.hpp"

#include <map>
#include <poll.h>
#include <vector>

namespace taskbbs::cli {

struct DriverOptions {
    JobsOptions jobs;
    std::vector<std::string> domains;
    std::optional<Program> program;  // gets the payloads; absent: they are command lines
    Bound out_bound;                 // of the outputs of a command
    Bound err_bound;
};

// One thread; it is the one that starts the commands, so it must live as long as they. `signals` is
// a signalfd of those that stop it; `inbox` gets what the executor's handlers leave. All outlive
// it.
class Driver {
  public:
    Driver(DriverOptions options, ExecutorSession& executor, Inbox& inbox, int signals);

    // Until it is stopped or its place is gone. The exit code of the process.
    Exit run();

  private:
    void perform();
    void act(const AcquireTasks& action);
    void act(const StartTask& action);
    void act(const LookAtTask& action);
    void act(const RunCommand& action);
    void act(const KillCommand& action);
    void act(const CompleteTask& action);
    void act(const RejectTask& action);
    void act(const ReleaseTask& action);
    void act(const EndAcquire& action);
    void act(const DepartBoard& action);
    void act(const Say& action);

    void wait();
    void take_signals();
    void serve_processes();

    DriverOptions options_;
    ExecutorSession& executor_;
    Inbox& inbox_;
    int signals_;
    Jobs jobs_;
    std::map<JobId, Process> processes_;
    std::vector<pollfd> polled_;
};

}  // namespace taskbbs::cli
