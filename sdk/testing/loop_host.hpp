// What the daemon does around the loop machine, without sockets, files and threads: a journal in
// memory, from which a later life is replayed, and whose batches are durable at once.
#pragma once

#include "broker/broker.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::testing {

class LoopHost {
  public:
    // Where replies and publications go; called inside of receive() and work().
    struct Ends {
        std::function<void(const std::string& peer, std::string bytes)> on_message;
        std::function<void(std::string_view topic, std::string_view body)> on_publication;
    };

    LoopHost(const core::Settings& settings, Ends ends)
        : settings_(settings), ends_(std::move(ends)) {}

    // A life begins at this time of the wall clock, or goes; both do nothing where it is so.
    void start(core::Time wall);
    void stop();

    bool serves() const { return broker_ != nullptr; }

    // `passed`: since the life began.
    void receive(const std::string& peer, std::string_view frame, core::Duration passed);
    // Does all that is due.
    void work(core::Duration passed);
    // When it wants to be called next, since the life began.
    std::optional<core::Duration> next_deadline() const;

    void set_read_only(bool on);

    // Null while it is stopped.
    const core::Board* board() const { return board_.get(); }

  private:
    // A batch that is durable.
    struct Kept {
        core::Seq first_seq = 0;
        std::uint32_t count = 0;
        core::Time time{};
        core::Time run_began{};
        std::string records;
    };

    void replay();
    bool turn(core::Time now);
    bool collect();
    journal::Page read(const journal::Query& query) const;

    const core::Settings settings_;
    const Ends ends_;
    std::vector<Kept> kept_;
    bool read_only_ = false;

    // One life.
    std::unique_ptr<core::Board> board_;
    std::unique_ptr<broker::Broker> broker_;
    core::Time began_{};
};

}  // namespace taskbbs::testing
