// The daemon's turn around the production loop, with a journal in memory and a hand-turned clock.
#include "tests/recovery/recorded.hpp"

#include "broker/broker.hpp"
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/reserve.hpp"
#include "broker/journal/spares.hpp"
#include "broker/journal/writer.hpp"
#include "broker/recover.hpp"
#include "broker/snapshot_job.hpp"
#include "protocol/codec.hpp"
#include "protocol/messages.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::recovery_test {

using namespace std::chrono_literals;
using core::Time;

namespace {

constexpr std::uint64_t segment_bytes = 8 * block_bytes;
constexpr std::size_t segments_before_a_snapshot = 3;

journal::RecoveryOptions recovery_options() {
    return {.now = Time(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1)),
            .writer = "taskbbsd test"};
}

State state_of(const core::Board& board) {
    return {.seq = board.seq(), .digest = board.digest()};
}

// One run of a daemon.
class Life {
  public:
    explicit Life(MemoryDisk& disk) : Life(disk, recover(disk)) {}

    // Requests of one message, which become one batch.
    template <class... Args>
    void ask(const Args&... args) {
        last_ = {.state = state_of(*board_),
                 .file = writer_.tail().file,
                 .offset = writer_.tail().offset};
        std::string packed;
        protocol::Packer requests(packed);
        (pack_request(requests, ++id_, args), ...);
        std::string frame;
        protocol::Packer message(frame);
        pack_request_message(message, {}, id_ - sizeof...(args), sizeof...(args), packed);
        now_ += 20ms;
        broker_.receive("peer", frame, now_);
        while (broker_.handle_next(0)) {
        }
        settle();
        if (writer_.tail().file != last_.file) last_ = {last_.state, writer_.tail().file, 4096};
    }

    void stop() { writer_.close(); }

    std::uint64_t offset() const { return writer_.tail().offset; }

    Recorded recorded(std::unique_ptr<MemoryDisk> disk) const {
        return {.disk = std::move(disk),
                .end = state_of(*board_),
                .before_last = last_.state,
                .newest = writer_.tail().file,
                .last_batch = last_.offset,
                .tail = writer_.tail().offset};
    }

  private:
    struct Last {
        State state;
        std::string file;
        std::uint64_t offset = 0;
    };

    Life(MemoryDisk& disk, broker::RecoveredBoard recovered)
        : reserve_(disk, 0, {}),
          spares_(disk, reserve_, segment_bytes, {}),
          writer_(disk, reserve_, spares_, journal_settings(), std::move(recovered.journal)),
          board_(std::move(recovered.board)),
          now_(board_->begin_serving(recovery_options().now)),
          broker_(*board_, {"taskbbsd test", "broker", "log", "tcp://*:7412", "always"}) {
        broker_.begin(now_);
        settle();
    }

    void settle() {
        for (bool more = true; more;) {
            more = broker_.work(now_, now_);
            if (auto batch = broker_.take_batch(now_)) {
                writer_.commit(*batch);
                broker_.durable(std::move(batch), now_);
                more = true;
            }
            broker_.output() = {};
        }
    }

    journal::Reserve reserve_;
    journal::Spares spares_;
    journal::Writer writer_;
    std::unique_ptr<core::Board> board_;
    Time now_;
    broker::Broker broker_;
    protocol::RequestId id_ = 0;
    Last last_;
};

// A few tasks on their ways, of which some stay: two batches, of different lengths.
void work(Life& life, int round) {
    const std::string name = "g" + std::to_string(round);
    const std::string other = "h" + std::to_string(round);
    const std::string payload(static_cast<std::size_t>(500 + 700 * (round % 8)), 'p');
    protocol::TaskView first;
    first.guid = name;
    first.payload = payload;
    protocol::TaskView second;
    second.guid = other;
    second.annotation = "stays";
    life.ask(protocol::DesireArgs{first}, protocol::DesireArgs{second});
    life.ask(protocol::ClaimArgs{name, "e1"},
             protocol::StartArgs{name, "e1", "box"},
             protocol::CompleteArgs{.guid = name, .result = "done"},
             protocol::ResolvingArgs{name},
             protocol::ResolveArgs{name});
}

std::vector<Seq> segments_on(MemoryDisk& disk) {
    return journal::segments_of(disk.list());
}

// Until so many more segments are there.
void fill(Life& life, MemoryDisk& disk, int& round) {
    const std::size_t goal = segments_on(disk).size() + segments_before_a_snapshot;
    while (segments_on(disk).size() < goal) {
        work(life, round++);
    }
}

// Ends with a batch of two blocks, in a segment that has room for what a stop writes.
void finish(Life& life, int& round) {
    while (life.offset() > 4 * block_bytes) {
        work(life, round++);
    }
    const std::string payload(block_bytes, 'p');
    protocol::TaskView task;
    task.guid = "last";
    task.payload = payload;
    life.ask(protocol::DesireArgs{task});
}

void retire_before(MemoryDisk& disk, Seq snapshot) {
    for (const Seq segment : segments_on(disk)) {
        if (segment <= snapshot) disk.remove(journal::segment_name(segment));
    }
}

std::vector<std::string> with_prefix(MemoryDisk& disk, std::string_view prefix) {
    std::vector<std::string> found;
    for (const std::string& name : disk.list()) {
        if (name.starts_with(prefix)) found.push_back(name);
    }
    return found;
}

}  // namespace

journal::Settings journal_settings() {
    journal::Settings settings;
    settings.dir = "memory";
    settings.segment_bytes = segment_bytes;
    settings.reserve_bytes = 0;
    return settings;
}

broker::RecoveredBoard recover(MemoryDisk& disk) {
    return broker::recover_board(disk, journal_settings(), recovery_options(), board_settings());
}

core::Settings board_settings() {
    core::Settings settings;
    settings.converge.every = 0s;
    return settings;
}

std::vector<std::string> Recorded::segments() const {
    return with_prefix(*disk, "seg-");
}

std::vector<std::string> Recorded::snapshots() const {
    return with_prefix(*disk, "snap-");
}

std::vector<std::string> Recorded::files() const {
    std::vector<std::string> all = segments();
    const std::vector<std::string> more = snapshots();
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

bool Recorded::is_read(const std::string& segment) const {
    return journal::parse_segment_name(segment).value() > journal::snapshots_of(snapshots()).back();
}

Recorded record(End end, unsigned seed) {
    auto disk = std::make_unique<MemoryDisk>();
    std::vector<char> discarded(8UL * seed);
    disk->random(discarded);
    MemoryDisk& files = *disk;
    Life life(files);
    protocol::HeartbeatArgs beat;
    beat.executor_id = "e1";
    beat.incarnation = "i1";
    beat.ttl = std::chrono::minutes(10);
    life.ask(beat);
    int round = 0;
    fill(life, files, round);
    const auto older = broker::take_snapshot(files, board_settings(), recovery_options());
    fill(life, files, round);
    const auto newer = broker::take_snapshot(files, board_settings(), recovery_options());
    REQUIRE((older && newer && newer->before == older->seq));
    fill(life, files, round);
    finish(life, round);
    retire_before(files, older->seq);
    if (end == End::stopped) life.stop();
    // The locks stay with the life that ends here.
    Recorded made = life.recorded(files.copy());
    REQUIRE(made.snapshots().size() == 2);
    REQUIRE(made.segments().size() >= 5);
    return made;
}

Recorded record_idle_runs() {
    auto disk = std::make_unique<MemoryDisk>();
    // No room for another batch and the seal.
    for (std::uint64_t offset = 0; offset + 2 * block_bytes <= segment_bytes;) {
        Life idle(*disk);
        offset = idle.offset();
        idle.stop();
    }
    Life life(*disk);
    REQUIRE(life.offset() == 2 * block_bytes);
    protocol::TaskView task;
    task.guid = "g";
    life.ask(protocol::DesireArgs{task});
    return life.recorded(disk->copy());
}

std::map<std::string, std::string> contents(MemoryDisk& disk) {
    std::map<std::string, std::string> all;
    for (const std::string& name : disk.list()) {
        all.emplace(name, disk.bytes(name));
    }
    return all;
}

void require_helpful(const std::string& text) {
    INFO(text);
    const bool names_file = text.find("memory/seg-") != std::string::npos ||
                            text.find("memory/snap-") != std::string::npos;
    REQUIRE(names_file);
    for (const char* const part : {" at offset ",
                                   "where event ",
                                   "Nothing was changed",
                                   "taskbbsd journal repair --truncate-at ",
                                   "--journal.dir memory"}) {
        REQUIRE(text.find(part) != std::string::npos);
    }
}

namespace {

void require_unchanged(const std::map<std::string, std::string>& before, MemoryDisk& disk) {
    auto after = contents(disk);
    // Whoever looks at a directory without LOCK makes one.
    if (!before.contains("LOCK")) after.erase("LOCK");
    REQUIRE(after == before);
}

Verdict judge_state(const State& found, const Recorded& recorded) {
    if (found == recorded.end) return Verdict::harmless;
    REQUIRE(found == recorded.before_last);
    return Verdict::cut;
}

}  // namespace

Verdict judge(MemoryDisk& damaged, const Recorded& recorded) {
    const auto before = contents(damaged);
    State found;
    try {
        found = state_of(*recover(damaged).board);
    } catch (const journal::CorruptError& error) {
        require_helpful(error.what());
        REQUIRE((error.seq() >= 1 && error.seq() <= recorded.end.seq + 1));
        require_unchanged(before, damaged);
        return Verdict::refused;
    } catch (const journal::UnsupportedError&) {
        require_unchanged(before, damaged);
        return Verdict::refused;
    }
    return judge_state(found, recorded);
}

Verdict judge_twice(MemoryDisk& damaged, const Recorded& recorded) {
    const Verdict verdict = judge(damaged, recorded);
    if (verdict != Verdict::refused) REQUIRE(judge(damaged, recorded) == verdict);
    return verdict;
}

}  // namespace taskbbs::recovery_test
