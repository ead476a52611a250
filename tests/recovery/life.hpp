// One run of a daemon over a disk in memory: its recovery, loop, writer, snapshots, history and
// spares, without threads and by a hand-turned clock.
#pragma once

#include "broker/broker.hpp"
#include "broker/core/snapshot.hpp"
#include "broker/journal/history.hpp"
#include "broker/journal/reserve.hpp"
#include "broker/journal/spares.hpp"
#include "broker/journal/writer.hpp"
#include "broker/recover.hpp"
#include "broker/snapshots.hpp"
#include "protocol/codec.hpp"
#include "protocol/messages.hpp"
#include "tests/journal/memory_disk.hpp"

#include <memory>
#include <string>

namespace taskbbs::recovery_test {

using journal::MemoryDisk;
using journal::Seq;

inline constexpr std::size_t block_bytes = 4096;

// A board, as far as it can be compared: equal digests, equal boards.
struct State {
    Seq seq = 0;
    core::Digest digest = 0;

    bool operator==(const State&) const = default;
};

State state_of(const core::Board& board);

// Segments of eight blocks, no reserve.
journal::Settings journal_settings();
core::Settings board_settings();
journal::RecoveryOptions recovery_options();

// As the daemon does when it starts.
broker::RecoveredBoard recover(MemoryDisk& disk);

class Life {
  public:
    // Recovers what is on the disk, which outlives it, and begins to serve. Throws what
    // broker::recover_board() throws.
    explicit Life(MemoryDisk& disk, const journal::Settings& settings = journal_settings());

    // Requests of one message, which become one batch. Throws JournalError: the daemon would end.
    template <class... Args>
    void ask(const Args&... args) {
        std::string packed;
        protocol::Packer requests(packed);
        (pack_request(requests, ++id_, args), ...);
        std::string frame;
        protocol::Packer message(frame);
        pack_request_message(message, {}, id_ - sizeof...(args), sizeof...(args), packed);
        receive(frame);
    }

    // A few tasks on their ways, of which some stay: two batches, of different lengths.
    void work(int round);

    // As the daemon's child does. False: it failed, which the daemon survives.
    bool take_snapshot();
    // What history and the spares do beside the loop, until they have nothing left: indexes are
    // made, segments retired and zeroed, snapshots that are not needed removed.
    void tidy();

    void stop() { writer_.close(); }

    const journal::Tail& tail() const { return writer_.tail(); }

    // What was answered, and what may be there besides: the batch whose write failed.
    const State& acknowledged() const { return acknowledged_; }

    const State& attempted() const { return attempted_; }

  private:
    Life(MemoryDisk& disk, const journal::Settings& settings, broker::RecoveredBoard recovered);

    void receive(std::string_view frame);
    void settle();

    MemoryDisk& disk_;
    broker::Snapshots snapshots_;
    journal::Reserve reserve_;
    journal::Spares spares_;
    journal::Writer writer_;
    journal::History history_;
    std::unique_ptr<core::Board> board_;
    core::Time now_;
    broker::Broker broker_;
    protocol::RequestId id_ = 0;
    State acknowledged_;
    State attempted_;
};

}  // namespace taskbbs::recovery_test
