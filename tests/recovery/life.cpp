// The daemon's turn around the production loop, step by step.
#include "tests/recovery/life.hpp"

#include "broker/journal/error.hpp"
#include "broker/snapshot_job.hpp"

namespace taskbbs::recovery_test {

using namespace std::chrono_literals;

State state_of(const core::Board& board) {
    return {.seq = board.seq(), .digest = board.digest()};
}

journal::Settings journal_settings() {
    journal::Settings settings;
    settings.dir = "memory";
    settings.segment_bytes = 8 * block_bytes;
    settings.reserve_bytes = 0;
    settings.retain_for = 0s;
    return settings;
}

core::Settings board_settings() {
    core::Settings settings;
    settings.converge.every = 0s;
    return settings;
}

journal::RecoveryOptions recovery_options() {
    return {.now = core::Time(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1)),
            .writer = "taskbbsd test"};
}

broker::RecoveredBoard recover(MemoryDisk& disk) {
    return broker::recover_board(disk, journal_settings(), recovery_options(), board_settings());
}

Life::Life(MemoryDisk& disk, const journal::Settings& settings)
    : Life(disk, settings, recover(disk)) {}

Life::Life(MemoryDisk& disk, const journal::Settings& settings, broker::RecoveredBoard recovered)
    : disk_(disk),
      snapshots_(recovered.journal, settings.snapshot_bytes),
      reserve_(disk, settings.reserve_bytes, {}),
      spares_(disk, reserve_, settings.segment_bytes, {}),
      writer_(disk, reserve_, spares_, settings, std::move(recovered.journal)),
      history_(disk, settings, {}),
      board_(std::move(recovered.board)),
      now_(board_->begin_serving(recovery_options().now)),
      broker_(*board_, {"taskbbsd test", "broker", "log", "tcp://*:7412", "always"}),
      acknowledged_(state_of(*board_)),
      attempted_(acknowledged_) {
    reserve_.adopt();
    spares_.adopt();
    spares_.recycle(snapshots_.take_unneeded());
    broker_.begin(now_);
    settle();
}

void Life::receive(std::string_view frame) {
    now_ += 20ms;
    broker_.receive("peer", frame, now_);
    while (broker_.handle_next(0)) {
    }
    settle();
}

void Life::settle() {
    for (bool more = true; more;) {
        more = broker_.work(now_, now_, false);
        if (auto batch = broker_.take_batch(now_)) {
            attempted_ = state_of(*board_);
            writer_.commit(*batch);
            acknowledged_ = attempted_;
            broker_.durable(std::move(batch), now_);
            more = true;
        }
        broker_.output() = {};
    }
}

void Life::work(int round) {
    const std::string name = "g" + std::to_string(round);
    const std::string other = "h" + std::to_string(round);
    const std::string payload(static_cast<std::size_t>(500 + 700 * (round % 8)), 'p');
    protocol::TaskView first;
    first.guid = name;
    first.payload = payload;
    protocol::TaskView second;
    second.guid = other;
    second.annotation = "stays";
    ask(protocol::DesireArgs{first}, protocol::DesireArgs{second});
    ask(protocol::ClaimArgs{name, "e1"},
        protocol::StartArgs{name, "e1", "box"},
        protocol::CompleteArgs{.guid = name, .result = "done"},
        protocol::ResolvingArgs{name},
        protocol::ResolveArgs{name});
}

bool Life::take_snapshot() {
    const journal::Writer::Counters& counters = writer_.counters();
    snapshots_.started({counters.sealed, counters.filled}, broker::Snapshots::Priority::low);
    std::optional<broker::Snapshots::Taken> taken;
    try {
        const std::unique_ptr<journal::File> lock = disk_.lock("SNAPSHOT");
        if (const auto made = broker::take_snapshot(disk_, board_settings(), recovery_options())) {
            taken = {made->seq, made->bytes, made->before};
        }
    } catch (const journal::JournalError&) {
        taken.reset();
    }
    snapshots_.ended(taken, now_);
    spares_.recycle(snapshots_.take_unneeded());
    return taken.has_value();
}

void Life::tidy() {
    while (history_.advance(acknowledged_.seq)) {
    }
    spares_.recycle(history_.retire(snapshots_.needed_from(), now_));
    while (const auto pause = spares_.step()) {
        if (*pause >= journal::Spares::retry_pause) return;
    }
}

}  // namespace taskbbs::recovery_test
