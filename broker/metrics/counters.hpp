// What the loop counts as it goes: a handful of additions a request and an event. Plain values of
// the loop's thread, from the start of the process; a scrape is given a copy (broker/figures.hpp).
#pragma once

#include "broker/metrics/histogram.hpp"
#include "protocol/events.hpp"
#include "protocol/messages.hpp"

#include <optional>

namespace taskbbs::metrics {

template <class Enum>
constexpr std::size_t number_of = protocol::names<Enum>.size();

template <class Enum>
constexpr std::size_t index_of(Enum value) {
    return static_cast<std::size_t>(value);
}

struct Counters {
    // Answers by verb and status; the last row is of requests whose verb is not known, and of
    // messages that could not be read.
    static constexpr std::size_t unknown_verb = number_of<protocol::Verb>;
    std::array<std::array<std::uint64_t, number_of<protocol::Status>>, unknown_verb + 1> answers{};
    // Of them, those of mutations that had been applied before and came again.
    std::uint64_t repeated = 0;
    std::array<std::array<std::uint64_t, number_of<protocol::Cause>>, number_of<protocol::Kind>>
        events{};
    // Tasks that came to an end: done, and failed.
    std::array<std::uint64_t, 2> ended{};
    // How long tasks had been in a state when they left it; pending for claimed, running for
    // completed alone.
    std::array<StateHistogram, protocol::live_states> left{};
    EventsHistogram batch_events;
    BytesHistogram batch_bytes;
    // What the loop worked between two polls, and how long that took by the clock.
    TurnHistogram turns;
    TurnHistogram latency;

    void note_answer(std::optional<protocol::Verb> verb, protocol::Status status) {
        ++answers[verb ? index_of(*verb) : unknown_verb][index_of(status)];
    }

    void note_event(protocol::Kind kind, protocol::Cause cause) {
        ++events[index_of(kind)][index_of(cause)];
    }

    // Those without events change nothing.
    void note_batch(std::uint64_t count, std::uint64_t bytes) {
        if (count > 0) {
            batch_events.note(count);
            batch_bytes.note(bytes);
        }
    }
};

}  // namespace taskbbs::metrics
