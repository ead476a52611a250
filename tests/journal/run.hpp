// One run of a journal over any disk: recovered, written to, stopped; and what it is expected to
// hold.
#pragma once

#include "broker/journal/recovery.hpp"
#include "broker/journal/reserve.hpp"
#include "broker/journal/spares.hpp"
#include "broker/journal/writer.hpp"

#include <memory>
#include <string>
#include <vector>

namespace taskbbs::journal {

// An event as the tests know it: everything in it follows from its number.
struct Event {
    Seq seq = 0;
    RecordTags tags;
    std::string body;
    std::string rest;

    bool operator==(const Event&) const = default;
};

Event event(Seq seq);
// The events 1 .. last.
std::vector<Event> events_up_to(Seq last);
// Segments of five blocks, a reserve of two segments.
Settings small_settings();
// Batches are a millisecond apart.
protocol::Time at(std::int64_t ms);

struct Replayed {
    Recovered recovered;
    std::vector<Event> events;
    std::vector<BatchInfo> batches;
};

Replayed replay(Disk& disk, const Settings& settings = small_settings());

// The writing half of a broker, without threads.
class Run {
  public:
    explicit Run(Disk& disk, const Settings& settings = small_settings());

    // Commits the next `count` events in one batch.
    void write(std::uint32_t count);
    void write_empty(std::uint32_t flags);
    // Lets the spares be made to the end.
    void rest();

    void stop() { writer_.close(); }

    Seq last() const { return writer_.next_seq() - 1; }

    Writer& writer() { return writer_; }

    Reserve& reserve() { return reserve_; }

    const std::vector<std::string>& reports() const { return reports_; }

    const std::vector<Event>& replayed() const { return replayed_; }

  private:
    Run(Disk& disk, const Settings& settings, Replayed replayed);

    std::vector<std::string> reports_;
    std::vector<Event> replayed_;
    Reserve reserve_;
    Spares spares_;
    Writer writer_;
    Batch batch_;
};

}  // namespace taskbbs::journal
