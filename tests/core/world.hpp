// A board that random requests, losses and passes happen to, and what was recorded of it. The same
// seed makes the same world.
#pragma once

#include "broker/core/board.hpp"
#include "broker/core/converge.hpp"
#include "broker/core/presence.hpp"

#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace taskbbs::core_test {

class World {
  public:
    explicit World(unsigned seed);

    // One request or one thing that time brings: none, one or several events.
    void step();

    const core::Board& board() const { return board_; }

    // Guids that are on the board, as the events said.
    const std::set<std::string>& guids() const { return guids_; }

    // Sessions and ids of all requests that were applied.
    const std::vector<std::pair<core::SessionId, core::RequestId>>& requests() const {
        return requests_;
    }

    // Another board, made from what was recorded: after each event in the state that this one had.
    // `from`: without the first so many events.
    void replay(core::Board& board, std::size_t from = 0) const;

    std::size_t events() const { return records_.size(); }

    static core::Settings settings();
    static const std::vector<std::string>& executors();

  private:
    struct Record {
        bool begins_batch = false;
        core::Time batch_time{};
        core::Time run_began{};
        core::Digest digest = 0;  // of the board after it
        std::string body;
        std::string rest;
    };

    unsigned any(unsigned below) { return static_cast<unsigned>(random_() % below); }

    const std::string& any_guid();

    const std::string& any_executor() { return executors()[any(3)]; }

    core::Origin next_origin(core::Verb verb);
    void commit(core::Event event, const core::Origin& origin = {});
    template <class Args>
    void ask(const Args& args);
    void desire();
    void move();
    void beat();
    void pause();
    void finish_losses();
    void pass();

    std::mt19937 random_;
    core::Board board_;
    core::Time now_;
    core::Time run_began_;
    std::set<std::string> guids_;
    std::vector<std::string> names_;
    std::vector<Record> records_;
    std::vector<std::pair<core::SessionId, core::RequestId>> requests_;
    std::array<core::RequestId, 4> last_ids_{};
};

// Compares every index of the board's tasks with what a scan over all of them finds. Throws
// std::logic_error that says which one is wrong.
void check_indexes(const core::Board& board, const std::set<std::string>& guids);

}  // namespace taskbbs::core_test
