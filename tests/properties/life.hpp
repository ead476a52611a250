// A board to which deeds are done: decided, numbered, applied and recorded as the loop does.
#pragma once

#include "broker/core/board.hpp"
#include "broker/core/decide.hpp"
#include "broker/recover.hpp"
#include "tests/properties/deed.hpp"

#include <array>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace taskbbs::properties {

class Life {
  public:
    Life();

    // What the board does not allow comes to nothing.
    void live(const Deed& deed);

    const core::Board& board() const { return *board_; }

    // Those that are on the board, as the events said.
    const std::set<std::string>& guids() const { return guids_; }

    // A fresh board after the same events. Throws std::logic_error where an event is refused, or
    // the state after it is not the one that life had.
    std::unique_ptr<core::Board> replayed() const;

    static core::Settings settings();

  private:
    struct Record {
        bool begins_batch = false;
        journal::BatchInfo batch;
        core::Seq seq = 0;
        core::Digest digest = 0;  // of the board after it
        std::string body;
        std::string rest;
    };

    template <class Args>
    void ask(const Deed& deed, const Args& args);
    void desire(const Deed& deed);
    void join(const Deed& deed);
    void acquire(const Deed& deed);
    void lose();
    void pass();
    void restart();
    void commit(core::Event event, const core::Origin& origin = {});
    core::Origin next_origin(const Deed& deed, core::Verb verb);

    std::unique_ptr<core::Board> board_;
    core::Time now_{};
    core::Time run_began_{};
    std::array<core::RequestId, Deed::sessions> last_ids_{};
    std::set<std::string> guids_;
    std::vector<Record> records_;
};

}  // namespace taskbbs::properties
