// The bounds that the contract itself fixes (docs/protocol.md), each with its unit. What an
// operator may set instead stands in broker/core/settings.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace taskbbs::protocol {

inline constexpr std::int64_t version = 1;

// Envelope (sections 1 and 2).
inline constexpr std::size_t session_bytes = 16;
inline constexpr std::size_t max_requests = 1024;  // requests in one message
inline constexpr std::size_t max_depth = 8;        // arrays and maps; the message is level 1
// Ours, not the contract's: so that no message holds the loop for long. Messages as clients make
// them stay far below both.
inline constexpr std::size_t max_keys = 256;        // of one map
inline constexpr std::size_t max_nodes = 1U << 20;  // values and keys of one request message

// Task fields (section 3); lengths in bytes.
inline constexpr std::int64_t max_guid = 128;
inline constexpr std::int64_t max_label = 64;  // domain, stack, type, incarnation
inline constexpr std::int64_t max_annotation = std::int64_t{10} * 1024;
inline constexpr std::int64_t max_reason = 1024;  // failure_reason, rejection_reason
inline constexpr std::int64_t max_container_handle = 255;
inline constexpr std::int64_t max_rejections_bound = 1000;
inline constexpr std::int64_t no_time_to_claim_limit_ms = 4'294'967'295;

// Verbs (section 4).
inline constexpr std::int64_t max_acquire = 1024;         // tasks of one acquire
inline constexpr std::int64_t max_wait_ms = 60'000;       // an acquire's wait
inline constexpr std::int64_t max_delay_ms = 86'400'000;  // a reject's delay
inline constexpr std::int64_t max_list = 1000;            // tasks or executors of one page
inline constexpr std::int64_t max_replay = 10'000;        // events of one page
inline constexpr std::int64_t min_ttl_ms = 1000;
inline constexpr std::int64_t max_ttl_ms = 600'000;
inline constexpr std::size_t max_running_pairs = 1024;  // of one heartbeat
inline constexpr std::size_t max_names = 1024;          // stacks, domains: ours, not the contract's
inline constexpr std::size_t max_pauses = 1024;         // section 9, "Pause"

}  // namespace taskbbs::protocol
