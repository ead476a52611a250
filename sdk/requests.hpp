// The machine behind a requester: it is told what happened to the tasks of one name and says what
// to do. No threads and no clocks. The life of a request, and what moves it on:
//
//     posting -> open -> ready -> taking -> handing -> resolving -> gone
//        |        |        |        |          |           |
//        +--------+--------+--------+----------+-----------+---> looking: `get` tells where it is
//
// - posting: until the board has it or refuses it. What was attached begins by looking.
// - ready: completed. It is taken (`resolving`) when somebody wants its outcome, or has handled it.
// - handing: the outcome is with the user, under the epoch that it was taken with. If the broker
//   takes that back meanwhile (it was slow), it is taken anew once it is handled, and not handed
//   over again.
// - resolving: until the board says that it is gone.
#pragma once

#include "sdk/instant.hpp"
#include "taskbbs/calls.hpp"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace taskbbs::sdk {

// ---- what to do ------------------------------------------------------------------------------

struct PostRequest {
    DesireArgs args;
};

struct LookAtRequest {
    std::string guid;
};

struct TakeOutcome {
    std::string guid;
};

struct ResolveRequest {
    ResolveArgs args;
};

// The board has it.
struct TellPosted {
    std::string guid;
};

// To whoever wants it; on_handled() follows, with the task's epoch.
struct HandOver {
    std::string guid;
    Task task;
};

// No outcome will come.
struct TellFailure {
    std::string guid;
    Error error;
};

// Nothing more happens to it.
struct ForgetRequest {
    std::string guid;
};

using RequestAction = std::variant<PostRequest,
                                   LookAtRequest,
                                   TakeOutcome,
                                   ResolveRequest,
                                   TellPosted,
                                   HandOver,
                                   TellFailure,
                                   ForgetRequest>;

// ---- the machine -----------------------------------------------------------------------------

struct RequestSettings {
    std::string prefix;                              // of the guids that are its own
    bool wants_all = false;                          // the outcomes of unknown ones, too
    Duration pause = std::chrono::seconds(1);        // before trying again
    Duration taken_pause = std::chrono::seconds(5);  // while somebody else has taken it
};

// `now` must not go back. Answers that concern a request which is gone are ignored.
class RequesterMachine {
  public:
    explicit RequesterMachine(RequestSettings settings) : settings_(std::move(settings)) {}

    // A task of this name. One that is there already is left as it is; where its outcome was
    // handled, this one is put on the board once that one is off it.
    void submit(Task task);
    // One that is on the board, or was.
    void attach(const std::string& guid);
    // Somebody waits for its outcome, or does no more. Counted.
    void want(const std::string& guid);
    void unwant(const std::string& guid);
    // The outcome that was handed over under this epoch was handled.
    void on_handled(const std::string& guid, Seq epoch);

    // A task is completed, as an event or listing with this seq says.
    void on_completed(const std::string& guid, Seq seq);
    // A task was resolved, by this event.
    void on_resolved(const std::string& guid, Seq seq);
    // The history was cut: what was known of those on the board may be wrong.
    void on_reset();

    void on_posted(const std::string& guid, const Result<Applied>& answer, Instant now);
    void on_looked(const std::string& guid, const Result<Found>& answer, Instant now);
    void on_taken(const std::string& guid, const Result<Owned>& answer, Instant now);
    void on_resolve_answered(const std::string& guid, const Result<Applied>& answer, Instant now);

    bool knows(const std::string& guid) const { return requests_.contains(guid); }

    // Outcomes that were handled and are not known to be resolved.
    std::size_t unresolved() const { return unresolved_; }

    void on_timer(Instant now);
    std::optional<Instant> next_deadline() const;

    // What to do since the last call, in order.
    std::vector<RequestAction> take_actions() { return std::exchange(actions_, {}); }

  private:
    enum class Phase : std::uint8_t { posting, open, ready, taking, handing, resolving, looking };

    struct Request {
        Phase phase = Phase::open;
        std::optional<Task> unposted;  // until the board is known to have it
        std::optional<Task> next;      // to be posted once this one is gone
        int wanted = 0;
        Seq handed = 0;           // under which epoch its outcome was handed over; 0: it wasn't
        bool is_handled = false;  // and handled
        bool is_gone = false;     // while it was being handled
        Seq epoch = 0;            // that it was taken under; 0: it isn't
        // Events up to this one are known of, or of a former task of this guid: they come late.
        Seq as_of = 0;
        Seq completed = 0;  // here and below: the newest event that says so
        Seq resolved = 0;
        std::optional<Instant> retry_at;
    };

    using Requests = std::map<std::string, Request, std::less<>>;

    bool is_own(const std::string& guid) const { return guid.starts_with(settings_.prefix); }

    void begin(Request& request, Task task);
    void post(Request& request);
    void look(const std::string& guid, Request& request);
    void retry(const std::string& guid, Request& request, Instant at);
    void look_later(const std::string& guid, Request& request, Instant at);
    void note_posted(const std::string& guid, Request& request);
    void open(const std::string& guid, Request& request);
    void on_ready(const std::string& guid, Request& request);
    void resolve(const std::string& guid, Request& request);
    void end(Requests::iterator entry, const std::optional<Error>& error);
    void on_state(Requests::iterator entry, const Task& task, Instant now);

    const RequestSettings settings_;
    Requests requests_;
    std::size_t unresolved_ = 0;
    std::multimap<Instant, std::string> retries_;  // those in Request::retry_at, and former ones
    std::vector<RequestAction> actions_;
};

}  // namespace taskbbs::sdk
