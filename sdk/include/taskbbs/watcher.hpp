// States rather than messages: a view of the board, or of a part of it, that keeps itself up to
// date, and says what changed. It begins with what is there, misses nothing afterwards, and after
// anything that a Watch answers with a Reset it is right again, having told every difference.
//
//     auto watcher = *taskbbs::Watcher::open({
//         .domains = {"builds"},
//         .on_change = [](const auto& before, const auto& after) { show(before, after); }});
//     watcher.wait_until_live();
//     for (const auto& [guid, task] : watcher.snapshot()) { ... }
#pragma once

#include "taskbbs/client.hpp"
#include "taskbbs/export.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs {

// A task of the view as it was and as it is: absent where it was not, or is not any more, in the
// view. Headers (docs/protocol.md, section 3): no payload, result or annotation, which
// Client::get() has. Changes of a task come once and in order; those that were overtaken, since
// publications were lost or the history was cut, are told together with the one that is newer.
using ChangeHandler =
    std::function<void(const std::optional<Task>& before, const std::optional<Task>& after)>;

struct WatcherOptions {
    std::vector<std::string> domains;  // empty: all
    std::string guid;                  // empty: all
    std::vector<State> states;         // in which a task is in the view; empty: all
    // Called as the handlers of a Watch are: one at a time, on a thread of the watcher's own or
    // where ClientOptions::post puts it; it may block, and must not throw nor destroy the watcher.
    // First for every task that is there.
    ChangeHandler on_change;
    // The end, last of all, where it was not asked for: the broker refused (`denied`).
    std::function<void(const Error& error)> on_failure;
    ClientOptions client;
};

// Thread-safe. Its cost is that of a watch of all streams of the domains given, whatever `states`
// says: tasks that leave a state must be seen to do so.
class TASKBBS_EXPORT Watcher {
  public:
    // Begins at once, in the background: an unreachable broker is waited for. `unusable_endpoint`;
    // `refused` as `invalid_request` where domains or guid are none (Error::field).
    static Result<Watcher> open(WatcherOptions options);

    Watcher(Watcher&&) noexcept;
    Watcher& operator=(Watcher&&) noexcept;
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;
    // No handler runs after it returns. Not to be called by one.
    ~Watcher();

    // Waits until everything that is there has been told, which it has been from then on but for
    // the moment after a Reset. `timed_out`; the error of on_failure. Real time counts, at most 30
    // min. With a post that this very thread runs it can't come true meanwhile.
    Result<void> wait_until_live(milliseconds timeout = milliseconds(30'000)) const;

    // The view as of the changes that on_change has been told, or is being told. Copies.
    std::map<std::string, Task> snapshot() const;
    std::optional<Task> find(std::string_view guid) const;
    std::size_t size() const;
    // Everything that happened up to this event is in the view. 0: it is not live yet.
    Seq position() const;

    class Core;

  private:
    explicit Watcher(std::unique_ptr<Core> core);

    std::unique_ptr<Core> core_;
};

}  // namespace taskbbs
