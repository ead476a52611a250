// Drives a batch: reads its input, carries its calls to the board and the answers back, shows its
// outcomes and keeps its log.
#pragma once

#include "cli/batch/batch.hpp"
#include "cli/batch/command_line.hpp"
#include "cli/batch/interrupts.hpp"
#include "cli/batch/job_log_file.hpp"
#include "cli/batch/lines.hpp"
#include "cli/batch/screen.hpp"
#include "cli/inbox.hpp"
#include "taskbbs/client.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace taskbbs::cli::batch {

using Inbox = InboxOf<Batch>;

// What a batch that reads lines needs besides.
struct Source {
    Template command;
    char line_end = '\n';
    std::optional<JobLogFile> log;
};

struct DriverOptions {
    std::string name;
    bool leaves_open = false;      // what is open when it is interrupted goes on
    std::optional<Source> source;  // absent: there is no input
    // Whether the broker's events come; absent: they are not waited for.
    std::shared_ptr<const std::atomic<bool>> heard;
};

// One thread. `inbox` gets what other threads leave. All outlive it.
class Driver {
  public:
    Driver(DriverOptions options, Batch& batch, Client& client, Inbox& inbox, Screen& screen);

    // To the end of the batch, or as far as standard output goes.
    Exit run();

  private:
    bool wants_input() const;
    void read_input();
    void feed();
    void input_failed(const std::string& why);
    void perform();
    // Calls the broker; the batch is told the answer.
    template <class Args, class Then>
    void call(TaskKey key, const Args& args, Then then);
    void act(const Desire& action);
    void act(const Look& action);
    void act(const Cancel& action);
    void act(const Take& action);
    void act(const Leave& action);
    void act(const Show& action);
    void act(const Say& action);
    void wait();
    void interrupt();
    void do_without_events();

    DriverOptions options_;
    Batch& batch_;
    Client& client_;
    Inbox& inbox_;
    Screen& screen_;
    Interrupts interrupts_;
    Lines lines_;
    bool input_open_ = true;
    bool interrupted_ = false;
    Moment look_at_;  // where no events come: when the next time
    bool told_of_silence_ = false;
    bool unwritable_ = false;
    bool abandoned_ = false;  // end without what is left
    Exit trouble_ = Exit::done;
};

}  // namespace taskbbs::cli::batch
