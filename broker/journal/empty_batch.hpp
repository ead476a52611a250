// Batches without records, which carry nothing but their header: "everything before me is durable"
// (confirm), and "I am the last of this segment, the next one is durable" (sealed).
#pragma once

#include "broker/journal/format.hpp"

#include <string>

namespace taskbbs::journal {

struct EmptyBatch {
    std::uint64_t mark = 0;
    std::uint32_t flags = no_flags;
    protocol::Time time{};
    Seq next_seq = 1;
    Chain previous{};
    StateDigest digest;  // of the last batch
};

// Its one block; the same for the same fields.
std::string encode_empty_batch(const EmptyBatch& batch);

}  // namespace taskbbs::journal
