// Everything that a scrape shows, as of one moment between two turns of the loop: a copy, made when
// it is asked for, so that all of it is consistent and nobody reads what the loop writes.
#pragma once

#include "broker/core/settings.hpp"
#include "broker/metrics/counters.hpp"
#include "broker/stats.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace taskbbs::broker {

// By state, in the order of protocol::State.
using TasksByState = std::array<std::uint64_t, protocol::live_states>;

struct DomainFigures {
    std::string name;
    TasksByState tasks{};
};

// What waits, and for what.
struct QueueFigures {
    std::uint64_t waiting_acquires = 0;
    std::uint64_t offers = 0;   // tasks that those who wait are still to be asked about
    std::uint64_t passes = 0;   // that were asked for
    std::uint64_t parked = 0;   // executors with requests that wait for their last task to be lost
    std::uint64_t replays = 0;  // pages that the history thread reads
};

struct ExecutorFigures {
    std::uint64_t present = 0;
    std::uint64_t draining = 0;
    std::uint64_t run_out = 0;
    std::uint64_t being_lost = 0;
};

struct SnapshotFigures {
    std::optional<std::chrono::nanoseconds> took;  // the last one of this run
    bool under_way = false;
    std::uint64_t behind_bytes = 0;  // journal that the newest one does not stand for
    std::uint64_t due_bytes = 0;     // of which so much makes the next one due
};

struct Figures {
    // Domains shown by name: the first that were seen. All others are one figure.
    static constexpr std::size_t most_domains = 100;

    // From the Broker.
    metrics::Counters counters;
    Stats stats;
    std::int64_t seq = 0;
    TasksByState tasks{};
    std::uint64_t task_bytes = 0;
    std::vector<DomainFigures> domains;
    TasksByState other_domains{};
    // How long the task that has been in a state for the longest has been so, at least
    // (docs/metrics.md says when it is more). Of running tasks there is no such order.
    std::array<std::optional<std::chrono::nanoseconds>, protocol::live_states> oldest{};
    ExecutorFigures executors;
    QueueFigures queues;
    std::uint64_t paused_queues = 0;
    std::uint64_t sessions = 0;
    std::uint64_t outcomes = 0;
    std::uint64_t gathering_bytes = 0;
    std::chrono::nanoseconds clock_ahead{0};
    bool brake = false;
    bool read_only = false;
    core::LimitSettings limits;

    // From what is around it.
    metrics::SyncHistogram syncs;
    SnapshotFigures snapshot;
    std::uint64_t written_bytes = 0;  // to the journal, by this run
    std::uint64_t reserve_bytes = 0;  // held back of the disk
    std::uint64_t subscribers = 0;    // connections of the events socket, among Stats::connections
};

}  // namespace taskbbs::broker
