// The daemon's turn, fiber by fiber.
#include "tests/simulation/host.hpp"

#include "broker/journal/error.hpp"
#include "broker/journal/format.hpp"
#include "broker/journal/history.hpp"
#include "broker/journal/reserve.hpp"
#include "broker/journal/spares.hpp"
#include "broker/journal/writer.hpp"
#include "broker/recover.hpp"
#include "broker/snapshot_job.hpp"
#include "tests/simulation/finding.hpp"

#include <algorithm>

namespace taskbbs::simulation {

using broker::Snapshots;

namespace {

constexpr std::string_view program = "simulation";
constexpr int messages_a_turn = 16;
constexpr Duration history_interval = 200ms;
constexpr Duration turn_takes = 2us;

journal::RecoveryOptions recovery_at(core::Time wall) {
    return {.now = wall, .writer = std::string(program), .report = {}};
}

}  // namespace

// What there is once it serves. The order is that of the daemon: the writer outlives nobody.
struct Host::Serving {
    Serving(Host& host, broker::RecoveredBoard recovered)
        : board(std::move(recovered.board)),
          began(host.bench_.schedule.now()),
          clock_start(board->begin_serving(host.wall())),
          broker(*board,
                 {.server = std::string(program),
                  .broker_id = journal::to_hex(recovered.journal.uuid()),
                  .log = journal::to_hex(recovered.journal.log()),
                  .events = "tcp://*:7412",
                  .sync = "always"}),
          reserve(host.disk_, host.settings_.journal.reserve_bytes, {}),
          spares(host.disk_,
                 reserve,
                 journal::usable_segment_bytes(host.settings_.journal.segment_bytes),
                 {}),
          snapshots(recovered.journal, host.settings_.journal.snapshot_bytes),
          history(host.disk_, host.settings_.journal, {}),
          writer(host.disk_, reserve, spares, host.settings_.journal, std::move(recovered.journal)),
          wake_loop(host.process_),
          wake_writer(host.process_),
          wake_spares(host.process_),
          wake_history(host.process_) {
        reserve.adopt();
        spares.adopt();
        spares.recycle(snapshots.take_unneeded());
        spares.when_taken([this] { wake_spares.notify(); });
    }

    std::unique_ptr<core::Board> board;
    Duration began;
    core::Time clock_start;
    broker::Broker broker;
    journal::Reserve reserve;
    journal::Spares spares;
    Snapshots snapshots;
    journal::History history;
    journal::Writer writer;

    Signal wake_loop;
    Signal wake_writer;
    Signal wake_spares;
    Signal wake_history;

    // Between the loop and the writer's fiber.
    std::unique_ptr<journal::Batch> submitted;
    std::unique_ptr<journal::Batch> written;
    bool writing = false;
    std::optional<journal::JournalError> write_failed;

    // Between the loop and the history's.
    std::deque<broker::HistoryQuestion> questions;
    std::deque<std::pair<std::uint64_t, journal::Page>> pages;
    std::vector<std::string> retired;
    core::Time history_told{};

    // Between the loop and the snapshot's process.
    std::optional<std::optional<Snapshots::Taken>> snapshot_ended;

    bool more = false;
    core::Time heard_until{};
};

Host::Host(Bench& bench, journal::MemoryDisk& disk, HostSettings settings, OnRecovered on_recovered)
    : bench_(bench),
      disk_(disk),
      settings_(std::move(settings)),
      on_recovered_(std::move(on_recovered)),
      process_(bench.schedule) {
    spawn(process_, [this] { live(); });
}

Host::~Host() {
    kill();
}

void Host::kill() {
    bench_.network.serve(nullptr);
    if (child_) child_->kill();
    child_.reset();
    process_.kill();
    serving_.reset();
}

void Host::stop() {
    stopping_ = true;
    if (serving_) serving_->wake_loop.notify();
}

// Whatever ends a fiber but Killed is kept for the one who drives.
void Host::spawn(Process& process, std::function<void()> work) {
    process.spawn([this, work = std::move(work)] {
        try {
            work();
        } catch (const std::exception&) {
            failure_ = failure_ ? failure_ : std::current_exception();
            bench_.schedule.halt();
        }
    });
}

core::Time Host::wall() const {
    constexpr std::chrono::sys_days epoch = std::chrono::year(2026) / 3 / 1;
    return core::Time(epoch) + bench_.schedule.now() + settings_.off_the_clock;
}

core::Time Host::now() const {
    return serving_->clock_start + (bench_.schedule.now() - serving_->began);
}

void Host::arrived(const std::string& peer, std::string bytes) {
    inbox_.emplace_back(peer, std::move(bytes));
    serving_->wake_loop.notify();
}

// ---- the loop ----------------------------------------------------------------------------------

void Host::live() {
    try {
        broker::RecoveredBoard recovered =
            broker::recover_board(disk_, settings_.journal, recovery_at(wall()), settings_.core);
        on_recovered_(recovered.journal, *recovered.board);
        serving_ = std::make_unique<Serving>(*this, std::move(recovered));
        spawn(process_, [this] { write_batches(); });
        spawn(process_, [this] { fill_spares(); });
        spawn(process_, [this] { answer_history(); });
        serving_->broker.begin(now());
        bench_.network.serve(this);
        while (!stopping_)
            turn();
        bench_.network.serve(nullptr);
        finish();
        ending_ = Ending::stopped;
    } catch (const journal::JournalError&) {
        bench_.network.serve(nullptr);
        ending_ = Ending::disk_failed;
    }
}

void Host::turn() {
    Serving& serving = *serving_;
    if (!serving.more) {
        Duration wait = history_interval;
        if (const auto next = serving.broker.next_deadline(); next && !serving.broker.full())
            wait = std::clamp<Duration>(*next - now(), Duration{0}, wait);
        // While the batch that gathers is full, only the journal can help.
        if (inbox_.empty() || serving.broker.full()) serving.wake_loop.wait_for(wait);
    }
    Process::pause(turn_takes);
    notice_spinning();
    const bool drained = receive();
    land();
    while (!serving.pages.empty()) {
        serving.broker.receive_page(serving.pages.front().first, serving.pages.front().second);
        serving.pages.pop_front();
    }
    serving.broker.set_read_only(serving.reserve.disk_is_full());
    events_.read_only = events_.read_only || serving.reserve.disk_is_full();
    if (drained) serving.heard_until = now();
    const bool more_work = serving.broker.work(now(), serving.heard_until, !drained);
    launch(drained);
    send();
    serving.more = !serving.broker.full() && (more_work || !drained);
    look_after_history();
    look_after_snapshots();
}

// A loop that turns and turns, and neither takes anything nor gives anything, eats a processor.
void Host::notice_spinning() {
    constexpr int turns_at_most = 2000;
    const Duration now = bench_.schedule.now();
    turns_ = now - turned_at_ <= 2 * turn_takes ? turns_ + 1 : 0;
    turned_at_ = now;
    expect(turns_ < turns_at_most, "the loop spins at {} ns", now.count());
}

// True when nothing more had arrived.
bool Host::receive() {
    Serving& serving = *serving_;
    for (int i = 0; i < messages_a_turn && !inbox_.empty(); ++i) {
        if (serving.broker.full()) return false;
        const auto [peer, bytes] = std::move(inbox_.front());
        inbox_.pop_front();
        serving.broker.receive(peer, bytes, now());
        while (serving.broker.handle_next(0)) {
        }
    }
    return inbox_.empty();
}

void Host::land() {
    Serving& serving = *serving_;
    if (serving.write_failed) throw journal::JournalError(*serving.write_failed);
    if (!serving.written) return;
    serving.writing = false;
    bench_.witness.landed();
    serving.broker.durable(std::move(serving.written), now());
    send();
}

void Host::launch(bool drained) {
    Serving& serving = *serving_;
    auto batch = serving.broker.take_batch(now());
    if (!batch) return;
    issue(*batch);
    if (drained && batch->count() == 1 && serving.writer.fits(*batch) &&
        bench_.draw.chance(settings_.commits_here)) {
        commit_here(std::move(batch));
        return;
    }
    serving.writing = true;
    serving.submitted = std::move(batch);
    serving.wake_writer.notify();
}

// The witness hears of what is to be written before it is.
void Host::issue(const journal::Batch& batch) {
    for (const journal::Record& record : batch.records())
        bench_.witness.issued(read_fact(record.body, record.rest), std::string(record.body));
}

void Host::commit_here(std::unique_ptr<journal::Batch> batch) {
    serving_->writer.commit(*batch);
    bench_.witness.landed();
    serving_->broker.durable(std::move(batch), now());
}

void Host::send() {
    Serving& serving = *serving_;
    broker::Output& output = serving.broker.output();
    for (broker::HistoryQuestion& question : output.questions)
        serving.questions.push_back(std::move(question));
    if (!output.questions.empty()) serving.wake_history.notify();
    for (const broker::Publication& publication : output.publications) {
        bench_.witness.published(publication.topic, publication.body);
        bench_.network.publish(publication.topic, publication.body);
    }
    for (broker::Message& message : output.messages) {
        bench_.witness.replied(bench_.network.session_of(message.peer), message.bytes);
        bench_.network.reply(message.peer, std::move(message.bytes));
    }
    output = {};
}

void Host::look_after_history() {
    Serving& serving = *serving_;
    if (now() - serving.history_told < history_interval) return;
    serving.history_told = now();
    serving.wake_history.notify();
    serving.spares.recycle(std::exchange(serving.retired, {}));
}

void Host::look_after_snapshots() {
    Serving& serving = *serving_;
    if (const auto ended = std::exchange(serving.snapshot_ended, std::nullopt)) {
        child_.reset();
        events_.snapshots_taken += *ended ? 1 : 0;
        serving.snapshots.ended(*ended, now());
        serving.spares.recycle(serving.snapshots.take_unneeded());
    }
    const journal::Writer::Counters& counters = serving.writer.counters();
    const Snapshots::Written written{counters.sealed, counters.filled};
    const auto priority = serving.snapshots.due(written, now());
    if (!priority) return;
    serving.snapshots.started(written, *priority);
    begin_snapshot();
}

// A process of its own: it may die alone.
void Host::begin_snapshot() {
    child_ = std::make_shared<Process>(bench_.schedule);
    spawn(*child_, [this] { take_snapshot(); });
    if (!bench_.draw.chance(settings_.child_killed)) return;
    bench_.schedule.in(bench_.draw.skewed(settings_.child_dies_by),
                       [this, child = std::weak_ptr<Process>(child_)] {
                           const auto doomed = child.lock();
                           if (!doomed || doomed->is_killed()) return;
                           doomed->kill();
                           ++events_.snapshots_killed;
                           serving_->snapshot_ended.emplace(std::nullopt);
                           serving_->wake_loop.notify();
                       });
}

void Host::finish() {
    Serving& serving = *serving_;
    while (serving.writing) {
        if (!serving.written && !serving.write_failed) serving.wake_loop.wait_for(history_interval);
        land();
    }
    if (auto batch = serving.broker.take_batch(now())) {
        issue(*batch);
        commit_here(std::move(batch));
    }
    send();
    serving.writer.close();
}

// ---- the other fibers --------------------------------------------------------------------------

void Host::write_batches() {
    Serving& serving = *serving_;
    for (;;) {
        serving.wake_writer.wait();
        if (!serving.submitted) continue;
        std::unique_ptr<journal::Batch> batch = std::move(serving.submitted);
        try {
            serving.writer.commit(*batch);
            serving.written = std::move(batch);
        } catch (const journal::JournalError& error) {
            serving.write_failed = error;
        }
        serving.wake_loop.notify();
        if (serving.write_failed) return;
    }
}

void Host::fill_spares() {
    Serving& serving = *serving_;
    for (;;) {
        const auto pause = serving.spares.step();
        if (pause) {
            serving.wake_spares.wait_for(*pause);
        } else {
            serving.wake_spares.wait();
        }
    }
}

void Host::answer_history() {
    Serving& serving = *serving_;
    for (;;) {
        serving.wake_history.wait();
        while (!serving.questions.empty()) {
            const broker::HistoryQuestion question = std::move(serving.questions.front());
            serving.questions.pop_front();
            journal::Page page = serving.history.read(question.query);
            serving.pages.emplace_back(question.token, std::move(page));
            serving.wake_loop.notify();
        }
        while (serving.history.advance(serving.broker.durable_seq())) {
        }
        for (std::string& name : serving.history.retire(serving.snapshots.needed_from(), now()))
            serving.retired.push_back(std::move(name));
    }
}

void Host::take_snapshot() {
    std::optional<Snapshots::Taken> taken;
    try {
        const std::unique_ptr<journal::File> lock = disk_.lock("SNAPSHOT");
        const auto made =
            lock ? broker::take_snapshot(disk_, settings_.core, recovery_at(wall())) : std::nullopt;
        if (made) taken = Snapshots::Taken{made->seq, made->bytes, made->before};
    } catch (const journal::JournalError&) {
        taken.reset();
    }
    serving_->snapshot_ended.emplace(taken);
    serving_->wake_loop.notify();
}

}  // namespace taskbbs::simulation
