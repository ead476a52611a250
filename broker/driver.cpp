// The thin driver: polls, reads the clock, moves bytes. What to do is Broker's to say.
#include "broker/driver.hpp"

#include "broker/broker.hpp"
#include "broker/endpoint.hpp"
#include "broker/journal/history_thread.hpp"
#include "broker/journal/journal_thread.hpp"
#include "broker/lookout.hpp"
#include "broker/notify.hpp"
#include "broker/open_files.hpp"
#include "broker/reload.hpp"
#include "broker/reload_lines.hpp"
#include "broker/snapshot_care.hpp"
#include "broker/sockets.hpp"
#include "broker/system.hpp"
#include "broker/version.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace taskbbs::broker {

using namespace std::chrono_literals;

namespace {

// For how long messages are handed in before the rest of the loop gets its turn.
constexpr Duration receive_at_most = 500us;
constexpr Duration history_interval = 1s;
constexpr int rest_ms = 1;

// limits.connections, or what the system allows.
std::size_t connection_limit(const Options& options, Log& log) {
    const std::size_t possible = connections_within(raise_file_limit());
    const std::size_t wanted = options.core.limits.connections;
    if (possible < wanted) {
        log.warn("few_files",
                 {{"connections", possible},
                  {"says",
                   "the limit of open files allows fewer than limits.connections: raise it "
                   "(LimitNOFILE=, ulimit -n)"}});
    }
    return std::min(possible, wanted);
}

class Driver {
  public:
    explicit Driver(Driven driven)
        : log_(driven.log),
          options_(driven.options),
          read_options_(driven.read_options),
          keyring_(std::move(driven.keyring)),
          scrapes_(driven.scrapes),
          signals_(driven.signals),
          connections_(connection_limit(options_, log_)),
          sockets_({.requests = options_.requests_endpoint,
                    .events = options_.events_endpoint,
                    .requests_mode = options_.requests_ipc_mode,
                    .events_mode = options_.events_ipc_mode,
                    .message_bytes = options_.core.limits.message_bytes,
                    .connections = connections_,
                    .peer_bytes = options_.core.limits.peer_reply_bytes,
                    .secret_key = keyring_.secret_key}),
          broker_(driven.board,
                  {.server = fmt::format("taskbbs/{}", version),
                   .broker_id = journal::to_hex(driven.recovered.uuid()),
                   .log = journal::to_hex(driven.recovered.log()),
                   .events = options_.events_advertise.empty()
                                 ? told_endpoint(sockets_.events_endpoint())
                                 : options_.events_advertise,
                   .sync = options_.journal.sync == journal::Sync::always ? "always" : "never",
                   .curve = has_curve(options_),
                   .open_plaintext = is_open_plaintext(options_),
                   .system = system_name(),
                   .libzmq = Sockets::library_version()}),
          snapshot_care_(options_.journal.dir,
                         Snapshots(driven.recovered, options_.journal.snapshot_bytes),
                         log_),
          segments_bytes_(driven.recovered.bytes),
          journal_(driven.disk, options_.journal, std::move(driven.recovered), report()),
          history_(driven.disk, options_.journal, report_of_history()),
          clock_start_(driven.board.begin_serving(wall_time())),
          boot_start_(boot_time()) {
        if (const auto interval = watchdog_interval()) {
            watchdog_.emplace(*interval, now());
        }
        journal_.recycle(snapshots().take_unneeded());
        Stats& stats = broker_.stats();
        stats.pid = getpid();
        stats.connections_limit = connections_;
        stats.settings = settings_text(options_);
        broker_.begin(now());
    }

    // Until a signal says stop; then the batch in hand is written and answered.
    void run() {
        log_.info(
            "ready",
            {{"requests", sockets_.requests_endpoint()}, {"events", sockets_.events_endpoint()}});
        notify_ready("serving");
        scrapes_.enter(Phase::serving);
        while (!stop_) {
            turn();
        }
        log_.info("stopping");
        notify_stopping();
        scrapes_.enter(Phase::stopping);
        finish();
    }

  private:
    Snapshots& snapshots() { return snapshot_care_.snapshots(); }

    Time now() const { return clock_start_ + (boot_time() - boot_start_); }

    journal::Report report() {
        return [this](std::string_view line) { log_.warn("journal", {{"says", line}}); };
    }

    journal::Report report_of_history() {
        return [this](std::string_view line) { log_.warn("history", {{"says", line}}); };
    }

    // One round: wait, take what came, do what is due, start the next write, send.
    void turn() {
        const bool rests = sockets_.wants_rest(now());
        poll(rests);
        const Time began = now();
        const Duration worked = work_time();
        const bool drained = !rests && receive(began);
        note_connections();
        land(began);
        broker_.set_read_only(journal_.disk_is_full());
        const bool more_work = broker_.work(began, sockets_.heard_until(), !drained);
        launch(drained);
        send();
        // While the batch that gathers is full, only the journal can help.
        more_ = !broker_.full() && (more_work || !drained);
        Stats& stats = broker_.stats();
        const Duration took = work_time() - worked;
        stats.loop_longest = std::max(stats.loop_longest, took);
        broker_.counters().turns.note(took);
        const Time ended = now();
        broker_.counters().latency.note(ended - began);
        keep_house(took, ended);
    }

    // `rests`: takes no requests.
    void poll(bool rests) {
        const bool takes_requests = !broker_.full() && !rests;
        const bool at_once = !rests && (more_ || (takes_requests && sockets_.has_request()));
        std::array<pollfd, 8> items{{
            {takes_requests ? sockets_.requests() : -1, POLLIN, 0},
            {sockets_.connected().requests_monitor(), POLLIN, 0},
            {sockets_.connected().events_monitor(), POLLIN, 0},
            {journal_.fd(), POLLIN, 0},
            {history_.fd(), POLLIN, 0},
            {signals_.fd(), POLLIN, 0},
            {sockets_.door(), POLLIN, 0},
            {scrapes_.fd(), POLLIN, 0},
        }};
        const int longest = rests ? rest_ms : timeout_ms();
        ::poll(items.data(), items.size(), at_once ? 0 : longest);
        if (((items[1].revents | items[2].revents) & POLLIN) != 0) {
            sockets_.connected().follow();
        }
        if ((items[4].revents & POLLIN) != 0) {
            take_history();
        }
        if ((items[5].revents & POLLIN) != 0) {
            take_signals();
        }
        if ((items[6].revents & POLLIN) != 0) {
            sockets_.answer_door(keyring_.grants, [this](const auto& refused) { say(refused); });
        }
        if ((items[7].revents & POLLIN) != 0) {
            answer_scrapes();
        }
    }

    // Who left, and who was turned away, as far as was heard of it.
    void note_connections() {
        for (const Peer& peer : sockets_.connected().take_gone()) {
            broker_.note_gone(peer);
        }
        for (const std::string_view why : sockets_.connected().take_turned_away()) {
            if (has_curve(options_)) {
                ++broker_.stats().keys_refused;
                log_.warn("handshake_failed", {{"says", why}});
            }
        }
    }

    void say(const ZapHandler::Refusal& refused) {
        ++broker_.stats().keys_refused;
        log_.warn("client_refused",
                  {{"key", refused.key}, {"address", refused.address}, {"says", refused.why}});
    }

    void answer_scrapes() {
        scrapes_.answer({broker_, journal_, snapshots(), snapshot_care_.took(), sockets_});
    }

    void take_history() {
        while (const auto finished = history_.take_finished()) {
            broker_.receive_page(finished->token, finished->page);
        }
        journal_.recycle(history_.take_retired());
    }

    void tell_history(Time at) {
        history_.advance({.durable = broker_.durable_seq(),
                          .needed_from = snapshots().needed_from(),
                          .now = at});
        history_told_ = at;
    }

    void take_signals() {
        bool reload_wanted = false;
        while (const int signal = signals_.take()) {
            reload_wanted = reload_wanted || signal == SIGHUP;
            stop_ = stop_ || signal == SIGTERM || signal == SIGINT;
        }
        if (reload_wanted) {
            reload();
        }
        if (snapshot_care_.take_ended(now())) {
            settle_snapshot();
        }
    }

    // Segments that are not needed any more go at once.
    void settle_snapshot() {
        journal_.recycle(snapshots().take_unneeded());
        tell_history(now());
    }

    // Options and keys as they are now in their files: all of them, or none.
    void reload() {
        notify_reloading();
        std::string_view outcome = "serving";
        try {
            const Options read = read_options_();
            const std::vector<Change> changed = changes(options_, read);
            const std::vector<Hidden> hidden = newly_hidden(options_, read);
            const Options taken = with_changes(options_, read, changed);
            // What was done is said at the more talkative of both levels.
            log_.set_level(std::max(options_.log_level, taken.log_level));
            take(taken, load_keyring(taken));
            say_reloaded(log_, changed, hidden, keyring_.grants.size());
        } catch (const ConfigurationError& error) {
            outcome = "serving; a reload was refused, see the log";
            say_refused(log_, error);
        }
        log_.set_level(options_.log_level);
        notify_ready(outcome);
    }

    // What revoked keys had under way ends at once; their subscriptions do when all subscribers are
    // hung up on, since none can be told from another.
    void take(const Options& options, Keyring keyring) {
        const bool same_server_key = keyring.secret_key == keyring_.secret_key;
        const bool narrowed = keyring.grants.loses_events_of(keyring_.grants);
        options_ = options;
        keyring_.grants = std::move(keyring.grants);
        broker_.set_settings(options.core, now());
        broker_.regrant(keyring_.grants);
        connections_ = connection_limit(options, log_);
        broker_.stats().connections_limit = connections_;
        broker_.stats().settings = settings_text(options_);
        sockets_.set_limits(connections_, options.core.limits.peer_reply_bytes);
        if (narrowed) {
            sockets_.connected().drop_subscribers();
        }
        if (!same_server_key) {
            log_.warn("reload_needs_restart",
                      {{"option", "security.server_key"}, {"from", "a key"}, {"to", "another"}});
        }
    }

    // What whoever sent the message may do; null without CURVE.
    core::GrantPtr grant_of(const Sockets::Incoming& incoming) const {
        return has_curve(options_) ? keyring_.grants.of(incoming.key) : nullptr;
    }

    int timeout_ms() const {
        Duration wait = history_interval;
        if (const auto deadline = broker_.next_deadline(); deadline && !broker_.full()) {
            wait = std::min(wait, *deadline - now());
        }
        if (const Bouncer& bouncer = sockets_.connected().bouncer(); bouncer.is_suspicious()) {
            wait = std::min(wait, bouncer.due() - now());
        }
        if (watchdog_) {
            wait = std::min(wait, watchdog_->due() - now());
        }
        return static_cast<int>(
            std::max<long>(0, std::chrono::ceil<std::chrono::milliseconds>(wait).count()));
    }

    // Handles requests for a while, one at a time. True when nothing more had arrived.
    bool receive(Time at) {
        sockets_.begin(at);
        while (!broker_.full() && now() - at < receive_at_most) {
            if (broker_.handle_next(unread())) {
                continue;
            }
            follow_if_waiting();
            if (!sockets_.receive(incoming_)) {
                return true;
            }
            take_message(at);
            broker_.handle_next(unread());  // mostly its only one
        }
        follow_if_waiting();
        return false;
    }

    void follow_if_waiting() {
        if (broker_.take_waits()) {
            sockets_.follow_sender(incoming_.peer);
        }
    }

    // By the sender of the message in hand, as far as it matters.
    std::size_t unread() const {
        return broker_.there_is_credit(sockets_.unread()) ? 0 : sockets_.unread(incoming_.peer);
    }

    void take_message(Time at) {
        const std::string fault =
            incoming_.is_one_frame
                ? broker_.receive(incoming_.peer, incoming_.frame, at, grant_of(incoming_))
                : broker_.receive_malformed(incoming_.peer, "a request message is one frame", at);
        if (!fault.empty()) {
            log_.warn("malformed", {{"from", sockets_.from()}, {"says", fault}});
        }
    }

    // What was being written is durable: what it reveals leaves.
    void land(Time at) {
        if (auto batch = journal_.take_completed()) {
            broker_.durable(std::move(batch), at);
            send();
        }
    }

    // A batch of one request, with nothing behind it, is written here: that saves two thread
    // switches.
    void launch(bool drained) {
        const Time at = now();
        auto batch = broker_.take_batch(at);
        if (!batch) {
            return;
        }
        ++batches_given_;
        if (drained && batch->count() == 1 && journal_.commit_here(*batch)) {
            broker_.durable(std::move(batch), at);
        } else {
            journal_.submit(std::move(batch));
        }
    }

    void send() {
        Output& output = broker_.output();
        static_assert(ReplayQueue::most_under_way <= journal::HistoryThread::max_queries,
                      "each question is taken");
        for (HistoryQuestion& question : output.questions) {
            history_.ask(std::move(question.query), question.token);
        }
        sockets_.publish(output.publications);
        for (Message& message : output.messages) {
            broker_.stats().dropped_replies += sockets_.send(std::move(message)) ? 0 : 1;
        }
        output = {};
    }

    void keep_house(Duration turn, Time ended) {
        Stats& stats = broker_.stats();
        const Connected& connected = sockets_.connected();
        stats.connections = connected.count();
        stats.connections_refused = connected.refused();
        stats.connections_held_off = connected.held_off();
        stats.dropped_events = sockets_.dropped_events();
        stats.disk_free_bytes = history_.free_bytes();
        stats.syncs = journal_.syncs();
        const journal::SyncTimes sync_times = journal_.sync_times();
        stats.sync_mean = sync_times.mean;
        stats.sync_longest = sync_times.longest;
        stats.journal_bytes = segments_bytes_ + journal_.bytes_written();
        stats.snapshot_seq = snapshots().newest().seq;
        stats.snapshots = snapshots().taken();
        stats.snapshot_failures = snapshots().failed();
        stats.snapshot_at = snapshot_care_.taken_at().value_or(Time{});
        stats.snapshot_took = snapshot_care_.took().value_or(Duration{0});
        ++turns_;
        if (ended - history_told_ >= history_interval) {
            tell_history(ended);
        }
        if (ended >= sockets_.connected().bouncer().due()) {
            drop_greedy(ended);
        }
        snapshot_care_.look({journal_.sealed_bytes(), journal_.filled_bytes()}, ended);
        if (watchdog_ && watchdog_->beat(ended, {turns_, batches_given_, stats.batches})) {
            notify_alive();
        }
        lookout_.look({.stats = stats,
                       .turn = turn,
                       .read_only = journal_.disk_is_full(),
                       .free_bytes = [this] { return history_.measure_free_bytes(); },
                       .brake = broker_.brake(),
                       .executors = broker_.present(),
                       .run_out = broker_.run_out()},
                      log_);
        log_.settle();
    }

    void drop_greedy(Time at) {
        const std::uint64_t resident = resident_bytes();
        broker_.stats().rss_bytes = resident;
        const auto [subscribers, requesters] =
            sockets_.connected().drop_greedy(resident, sockets_.heard_until(), at);
        if (subscribers > 0) {
            log_.warn("subscriber_dropped",
                      {{"connections", subscribers}, {"says", "very many subscriptions"}});
        }
        if (requesters > 0) {
            log_.warn("requester_dropped",
                      {{"connections", requesters}, {"says", "a message without end"}});
        }
    }

    void finish() {
        snapshot_care_.stop();
        const auto write_out = [this] {
            while (journal_.busy()) {
                pollfd item{journal_.fd(), POLLIN, 0};
                ::poll(&item, 1, -1);
                land(now());
            }
        };
        write_out();
        if (auto batch = broker_.take_batch(now())) {
            journal_.submit(std::move(batch));
        }
        write_out();
        send();
        journal_.stop();
        sockets_.linger();
    }

    Log& log_;
    Options options_;
    const ReadOptions& read_options_;
    Keyring keyring_;
    Scrapes& scrapes_;
    const Signals& signals_;
    std::size_t connections_;  // at most
    Sockets sockets_;
    Broker broker_;
    SnapshotCare snapshot_care_;
    std::uint64_t segments_bytes_;
    journal::JournalThread journal_;
    journal::HistoryThread history_;
    Time clock_start_;
    Time boot_start_;
    std::optional<Watchdog> watchdog_;

    Sockets::Incoming incoming_;
    Time history_told_{};
    std::uint64_t turns_ = 0;
    std::uint64_t batches_given_ = 0;
    bool more_ = false;
    bool stop_ = false;
    Lookout lookout_;
};

}  // namespace

void drive(Driven driven, const std::function<void()>& on_serving) {
    Driver driver(std::move(driven));
    on_serving();
    driver.run();
}

}  // namespace taskbbs::broker
