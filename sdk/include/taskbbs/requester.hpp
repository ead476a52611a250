// Having tasks run: submit them and get their outcomes. The Requester puts each task on the board,
// however long the broker is away, waits for it to be completed, takes its outcome, hands it over
// and then resolves the task, which takes it off the board.
//
//     auto requester = *taskbbs::Requester::open({.name = "builds"});
//     taskbbs::SubmittedTask build = requester.submit({.stack = "linux", .payload = "make"});
//     taskbbs::Result<taskbbs::Task> done = build.wait();
//     // done->failed, done->failure_reason, done->result
//
// Surviving its own restart: a requester has a name, and its tasks are found by it, on the board.
// The next process that opens a requester of the same name gets the outcomes of all of them, those
// that were completed in between included: through on_completed, or through open_tasks().
//
// Exactly once: an outcome is taken under an epoch (`resolving`), so of several requesters of one
// name one gets it; it is resolved only once it was handled, so none is lost. Only where the
// process ends between the two, or handling takes longer than the broker's resolve_timeout (30 s)
// and another requester of the name is there, is it handed over a second time.
#pragma once

#include "taskbbs/client.hpp"
#include "taskbbs/export.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs {

// Called one at a time, on a thread of the requester's own or where ClientOptions::post puts them;
// none after the destructor returns. They must not throw. Without a post a slow one delays the
// others, and waiting for one of the requester's own tasks inside one is `misuse`.
struct RequesterHandlers {
    // An outcome: the whole task. When this returns it is resolved; until then its key is that
    // task's. Absent: outcomes are left on the board until they are asked for, by a handle.
    std::function<void(const Task& task)> on_completed;
    // What goes on in the background was refused for good (`denied`): nothing more comes.
    std::function<void(const Error& error)> on_failure;
};

struct RequesterOptions {
    std::string name;    // 1..63 of A-Z a-z 0-9 _; the guids of its tasks begin with "NAME-"
    std::string domain;  // of its tasks; empty: the name, so that nobody else's are in the way
    RequesterHandlers handlers;
    ClientOptions client;
};

// A task that was submitted, or found again. Copies are handles of the same task; thread-safe.
// When the last one is gone the task goes on. Its outcome is handed to on_completed; without one it
// stays on the board until somebody asks for it: by open_tasks(), also in a later life.
class TASKBBS_EXPORT SubmittedTask {
  public:
    // The task's name on the board: "NAME-" and the key it was submitted with, or a random one.
    const std::string& guid() const;

    // Waits until the board has the task, durably. Refused: the board does not take it
    // (`too_large`, `invalid_request`). `timed_out`: not yet. `closed`, `misuse`.
    Result<void> wait_until_posted(milliseconds timeout = milliseconds(30'000)) const;

    // Waits for the outcome: the whole task, which is resolved as this returns, or when
    // on_completed and then() have returned where they are there; whoever must not lose an outcome
    // in a crash handles it in those. `timed_out`: not yet; it is safe to wait again. Refused: the
    // board did not take the task; or, `not_found`, another requester of this name took its
    // outcome, or somebody removed it. `closed`: the requester is gone. `misuse`: inside a handler.
    // Real time counts, at most 30 min.
    Result<Task> wait(milliseconds timeout = std::chrono::minutes(30)) const;

    // Hands the outcome over instead, exactly once, as handlers are called; the task is resolved
    // when `done` has returned. Errors as wait(); `closed` comes within the requester's destructor,
    // or at once where that is over. One for each task: a second one replaces the first.
    void then(Callback<Task> done) const;

    // Fails it if it has not ended: its outcome comes as of any failed task. A call as
    // Client::cancel(), with its errors.
    Result<Applied> cancel(std::string_view reason = {}, CallOptions options = {}) const;

    class State;
    explicit SubmittedTask(std::shared_ptr<State> state);

  private:
    std::shared_ptr<State> state_;
};

// Thread-safe.
class TASKBBS_EXPORT Requester {
  public:
    // Begins at once, in the background: an unreachable broker is waited for. Fails with
    // `unusable_endpoint`; `refused` as `invalid_request` where name or domain is not within its
    // bounds (Error::field).
    static Result<Requester> open(RequesterOptions options);

    Requester(Requester&&) noexcept;
    Requester& operator=(Requester&&) noexcept;
    Requester(const Requester&) = delete;
    Requester& operator=(const Requester&) = delete;
    // What is submitted and not on the board yet may or may not get there; what is on the board
    // stays, for the next requester of this name. Outcomes that were handled are resolved first,
    // for which an unreachable broker is waited for 5 s. Handles come to `closed`. Not inside a
    // handler.
    ~Requester();

    // Puts `task` on the board, in the background and until the board has taken or refused it. Its
    // domain becomes the requester's. Its guid, where it is not empty, is a key of A-Z a-z 0-9 _ -
    // that makes, behind "NAME-", at most 128. While the task of a key is there, in this life or
    // since an earlier one, submitting the key again gets a handle on it, whatever else `task`
    // says: safe to repeat after a crash. Once its outcome was handled the key is free, and another
    // task may have it: who must not do a thing twice keeps in mind what was handled.
    SubmittedTask submit(Task task);

    // Handles on all tasks of this name that are on the board and not resolved, those of former
    // lives included. A read, safe to repeat; errors as Client::list_all().
    Result<std::vector<SubmittedTask>> open_tasks(CallOptions options = {});

    class Core;

  private:
    explicit Requester(std::shared_ptr<Core> core);

    std::shared_ptr<Core> core_;
};

}  // namespace taskbbs
