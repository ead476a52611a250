// The machine behind a watch (docs/protocol.md, section 7, "Missing nothing"). It takes
// publications, answers to what it asked, and the time; it says what to ask, what to deliver and
// when a new connection is due. No sockets, threads or clocks, so that a simulator runs this very
// code.
//
//     joining --first tick--> listing --last page--> replaying --caught up--> live
//                   |                                   ^  |                    |
//                   +---- from now: live at once        |  +-- hole, tick ahead-+
//     another `log`, or `truncated`: Reset, and anew from there
//
// What counts as missed: a watch of whole streams sees a hole in `ordinal` (of all streams: in
// `seq`) or a tick whose ordinals are ahead. A watch of less than a stream can't see holes; it asks
// `replay` with its filter whenever a tick's `seq` is ahead. Publications that arrive while it
// catches up wait in a bounded buffer; what overflows is fetched like everything that was missed.
#pragma once

#include "protocol/document.hpp"
#include "sdk/instant.hpp"
#include "taskbbs/calls.hpp"
#include "taskbbs/watch.hpp"

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace taskbbs::sdk {

struct WatchSettings {
    std::size_t early = 65'536;                           // publications kept while catching up
    std::int64_t page = 1000;                             // tasks or events of one answer
    Duration patience = std::chrono::milliseconds(3500);  // without a tick; there is one a second
    Duration patience_max = std::chrono::seconds(20);
    Duration pause = std::chrono::milliseconds(100);  // before asking again after a failure
    Duration pause_max = std::chrono::seconds(5);
};

// What the machine wants to know from the broker.
using Ask = std::variant<ListArgs, GetArgs, ReplayArgs>;

struct Listed {
    Task task;  // a header
};

using Delivery = std::variant<Listed, Event, Reset>;

class WatchMachine {
  public:
    WatchMachine(WatchOptions options, Random random, WatchSettings settings = {});

    // Prefixes to subscribe to.
    std::vector<std::string> topics() const;

    void on_publication(std::string_view topic, std::string_view body, Instant now);

    // The next thing to ask, at most one at a time; its answer comes back exactly once.
    std::optional<Ask> take_ask(Instant now);
    void on_answer(const Result<TaskPage>& answer, Instant now);
    void on_answer(const Result<Found>& answer, Instant now);
    void on_answer(const Result<Replayed>& answer, Instant now);

    void on_timer(Instant now);
    std::optional<Instant> next_deadline() const;

    // True at the start and after silence; then the old subscription is dropped and a new one made.
    bool wants_connection() const { return wants_connection_; }

    void on_connected(Instant now);

    // This client is shown events of some domains alone, by `replay` and not by publications
    // (docs/security.md): holes can't be seen. Ticks are made for it, of what `hello` says.
    void on_events_denied() { whole_ = dense_ = false; }

    std::vector<Delivery> take_deliveries();

    // Nothing that matches is missing up to this event, what take_deliveries() has handed out
    // included: told once for each such event, and anew after a Reset.
    std::optional<Seq> take_caught_up();

    // Why the watch can't go on, if so.
    const std::optional<Error>& failure() const { return failure_; }

    // Everything that matches up to here was delivered, or will be with the next take_deliveries().
    Seq position() const { return position_; }

  private:
    enum class Phase : std::uint8_t { joining, listing, replaying, live };

    // A publication; `event` is missing where it is of a kind that this version does not know.
    struct Sighting {
        Seq seq = 0;
        Stream stream = Stream::pending;
        std::int64_t ordinal = 0;
        std::optional<Event> event;
    };

    struct Heard {
        Seq seq = 0;
        Ordinals ordinals;
        std::string log;
    };

    bool watches(Stream stream) const;
    bool matches(const Event& event) const;
    bool is_known(const Sighting& sighting) const;
    bool can_take(const Sighting& sighting) const;

    void on_tick(std::string_view body);
    void on_event(std::string_view body);
    void begin(const Heard& tick, bool anew);

    Seq joined_at() const { return joined_ ? joined_->seq : 0; }

    void plan_listing();
    void reset(Reset::Reason reason);
    void note_listed(Task task, Seq as_of);
    void next_listing();
    void replay_from(Seq seq);
    void accept(Sighting sighting);
    void deliver(Event event);
    void go_live();
    void take_baseline();
    void check_tick();
    void forget_settled();
    bool take_answer(const std::optional<Error>& error, Instant now);
    void on_truncated(const Error& error);
    void renew_patience();

    const WatchOptions options_;
    const Random random_;
    const WatchSettings settings_;
    bool whole_;  // whole streams: holes can be seen
    bool dense_;  // all of them: in `seq` even

    Phase phase_ = Phase::joining;
    std::string log_;
    std::optional<Heard> joined_;  // the tick that this history began with, for us
    std::optional<Heard> newest_;
    Seq position_ = 0;
    std::optional<Seq> told_;  // the position that was told last
    Ordinals ordinals_;        // of what was delivered; whole streams alone
    std::set<Seq> delivered_;  // above position_; for less than a stream
    std::deque<Sighting> early_;

    std::vector<Ask> plan_;  // listings still to make, the next one last
    std::optional<Seq> listed_from_;
    std::unordered_map<std::string, Seq> listed_;  // tasks that changed while they were listed
    Seq listed_until_ = 0;

    bool asking_ = false;
    bool answer_is_stale_ = false;  // asked about a history that is gone
    unsigned failures_ = 0;
    Instant ask_at_;

    bool wants_connection_ = true;
    unsigned silences_ = 0;
    Instant heard_at_;
    Duration patience_{0};

    protocol::Document document_;
    std::vector<Delivery> deliveries_;
    std::optional<Error> failure_;
};

}  // namespace taskbbs::sdk
