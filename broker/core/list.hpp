// Pages of the board (docs/protocol.md, section 4, `list` and `executors`). Tasks come in an order
// that nothing changes while they are on the board, so a task that matches all along appears
// exactly once, touched or not. What is desired after the first page is not shown, except where
// hundreds of domains hold nothing else. A page costs what it shows, and what it passes by is
// bounded: far less than a millisecond on any board.
#pragma once

#include "broker/core/decide.hpp"
#include "broker/core/grant.hpp"

#include <string>

namespace taskbbs::core {

struct Page {
    std::string packed;  // the items, one behind the other
    std::uint32_t count = 0;
    std::optional<std::string> cursor;
};

// `grant` (null: everything): what it does not cover is not there.
Decided<Page> list(const Board& board,
                   const protocol::ListArgs& args,
                   const Grant* grant = nullptr);

Page list_executors(const Board& board,
                    const protocol::ExecutorsArgs& args,
                    Time now,
                    const Grant* grant = nullptr);

}  // namespace taskbbs::core
