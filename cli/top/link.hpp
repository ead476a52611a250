// Between the feed and the SDK: asks what the feed wants to know, runs its watch and hands over
// what comes back, on the caller's thread. Thin.
#pragma once

#include "cli/top/feed.hpp"
#include "cli/top/mailbox.hpp"
#include "taskbbs/client.hpp"

#include <memory>
#include <optional>
#include <string>

namespace taskbbs::cli::top {

// By the clocks of this process.
Now now();

class Link {
  public:
    // Both outlive it.
    Link(Client& client, BoardModel& model);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    const Feed& feed() const { return feed_; }

    // Answers to `stats` so far.
    int answers() const { return answers_; }

    // Readable when take() has something.
    int descriptor() const { return mailbox_->descriptor(); }

    // Asks what is due.
    void ask();
    // Hands what came to the feed. False: nothing came.
    bool take();

    std::chrono::steady_clock::time_point deadline() const { return feed_.deadline(); }

    // Looks after one task, until another is named, or none: fetches it, and again whenever
    // something happened to it.
    void look_after(const std::optional<std::string>& guid);
    // The newest answer since the last call.
    std::optional<Result<Found>> found();

    // Why it can't go on, if so.
    std::optional<Error> failure() const;

  private:
    void act(const AskStats& asked);
    void act(const AskExecutors& asked);
    void act(const AskTasks& asked);
    void act(const BeginWatch& asked);
    void hear(Answer& answer);
    void hear(const Heard& heard);
    void hear_of_task(TaskAnswer& task);
    void fetch();

    template <class Args, class Wrap>
    void call(const Args& args, Wrap wrap);

    Client& client_;
    std::shared_ptr<Mailbox> mailbox_;  // callbacks of the client may outlive this
    Feed feed_;
    Watch watch_;
    std::optional<Error> watch_error_;
    int answers_ = 0;
    std::optional<std::string> looked_at_;
    bool fetching_ = false;
    bool fetch_again_ = false;
    std::optional<Result<Found>> found_;
};

}  // namespace taskbbs::cli::top
