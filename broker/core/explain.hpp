// `explain` (docs/protocol.md, section 9): what the broker knows of one task's fate, for somebody
// who asks why nothing happens. Facts and moments; whoever shows them makes the words. Looks at one
// task and one executor, whatever else the board holds.
#pragma once

#include "broker/core/decide.hpp"

namespace taskbbs::core {

// Without what the loop alone knows: passes to come, the brake, read_only. `now` as in Clock, and
// so are all moments. `not_found`.
Decided<protocol::ExplainReply> explain(const Board& board,
                                        const protocol::ExplainArgs& args,
                                        Time now);

}  // namespace taskbbs::core
