// What an operator may set about the board's rules: the sections [converge], [presence] and
// [limits] of taskbbsd.conf, as values. Defaults are the documented ones; broker/options fills
// them.
#pragma once

#include <chrono>
#include <cstdint>

namespace taskbbs::core {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

struct ConvergeSettings {
    milliseconds every = 30s;  // between two passes; 0: only passes that are asked for
    milliseconds time_to_claim = 30min;
    milliseconds kick_interval = 30s;
    milliseconds kick_interval_max = 15min;
    milliseconds claim_timeout = 30s;
    milliseconds resolve_timeout = 30s;
    milliseconds completed_expiry = 0s;  // 0: never
    std::uint32_t kick_rate = 10'000;    // kicks a second outside an asked pass
};

struct PresenceSettings {
    std::uint32_t brake_percent = 50;
    milliseconds brake_grace = 60s;
};

struct LimitSettings {
    std::uint64_t payload_bytes = 1 << 20;
    std::uint64_t result_bytes = 1 << 20;
    std::uint64_t message_bytes = 4 << 20;  // a request message
    std::uint64_t reply_bytes = 1 << 20;    // after which a reply message is closed, a page ends
    std::uint64_t batch_bytes = 8 << 20;    // after which a batch is closed
    std::uint64_t tasks = 10'000'000;
    std::uint64_t task_bytes = 4ULL << 30;  // payloads, results and annotations together
    std::uint64_t sessions = 4'000'000;
    std::uint64_t unacked = 4096;        // remembered ids of one session
    std::uint64_t outcomes = 8'000'000;  // remembered ids of all sessions
    std::uint64_t executors = 200'000;
    std::uint64_t waiting = 100'000;  // waiting acquires
    std::uint64_t connections = 10'000;
    std::uint64_t peer_reply_bytes = 16 << 20;  // replies that wait for one peer
};

struct Settings {
    ConvergeSettings converge;
    PresenceSettings presence;
    LimitSettings limits;
};

}  // namespace taskbbs::core
