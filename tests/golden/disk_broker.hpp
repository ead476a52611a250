// The production loop and the production journal over any disk, by a hand-turned clock and without
// threads: for journals that are the same whenever they are made.
#pragma once

#include "broker/broker.hpp"
#include "broker/journal/reserve.hpp"
#include "broker/journal/spares.hpp"
#include "broker/journal/writer.hpp"
#include "broker/recover.hpp"
#include "protocol/envelope.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace taskbbs::golden {

// Segments of eight blocks, no reserve.
journal::Settings small_segments();

class DiskBroker {
  public:
    // Recovers what is on the disk and serves from `wall` on. `disk` outlives it. Throws what
    // recover_board() throws.
    DiskBroker(journal::Disk& disk, const core::Settings& settings, core::Time wall);

    // One request of the session named so. Gathers in the batch until write().
    template <class Args>
    void ask(std::string_view session, const Args& args) {
        std::string packed;
        protocol::Packer packer(packed);
        pack_request(packer, ++last_id_, args);
        receive(session, packed);
    }

    // The session has all its replies.
    void ack() { acked_ = last_id_; }

    // Does all that is due, and writes what came of it and of the requests.
    void write();
    // Time goes by; what falls due on the way is done and written.
    void pass(core::Duration time);
    // The clean stop. Nothing else may be called afterwards.
    void stop();

    core::Time now() const { return now_; }

    const core::Board& board() const { return *board_; }

  private:
    void receive(std::string_view session, std::string_view packed);

    core::Time now_{};
    protocol::RequestId last_id_ = 0;
    protocol::RequestId acked_ = 0;
    journal::Settings settings_ = small_segments();
    journal::Reserve reserve_;
    journal::Spares spares_;
    std::unique_ptr<core::Board> board_;
    std::unique_ptr<journal::Writer> writer_;
    std::unique_ptr<broker::Broker> broker_;
};

}  // namespace taskbbs::golden
