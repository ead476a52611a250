// History: pages of past events for `replay` (docs/protocol.md, section 4), read from the segments
// without help from the writer: a query says up to which event everything is durable, and what is
// durable never changes. An index file beside each sealed segment finds a key or a rare stream
// without reading the segment; it is only a short cut, and is built again when it is missing or
// damaged.
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/recovery.hpp"
#include "broker/journal/settings.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace taskbbs::journal {

struct Query {
    Seq after = 0;
    Seq up_to = 0;                        // durable; nothing beyond it is read
    std::uint32_t limit = 1000;           // events of the page
    std::uint64_t reply_bytes = 1 << 20;  // of all bodies; one body is always allowed
    std::uint64_t scan_bytes = 16 << 20;  // to read before an unfinished page is handed over
    std::uint32_t streams = 0;            // bit per stream; 0: all
    std::vector<std::uint32_t> groups;    // any of these, ascending; empty: all
    std::uint64_t key = 0;                // 0: all
    // Hashes collide: what the tags let through is asked here. Called by the thread that reads. May
    // be empty.
    std::function<bool(const RecordTags&, std::string_view body)> accept;
    protocol::Time now{};  // for retain_for, on the scale of batch times
};

struct Page {
    enum class Kind : std::uint8_t {
        events,
        truncated,  // after + 1 < oldest, or after > up_to
        failed,     // the disk failed, or what it holds is damaged: `failure` says how; a retry may
                    // help
    };

    Kind kind = Kind::events;
    std::string bodies;               // of all events, one behind the other
    std::vector<std::uint32_t> ends;  // where each body ends in it
    // Ask again with this as `after`. == up_to: no more events. An empty page before that is short
    // because of scan_bytes.
    Seq next = 0;
    Seq oldest = 1;  // the oldest event that is offered
    std::string failure;

    std::size_t count() const { return ends.size(); }

    std::string_view body(std::size_t i) const;
};

class Shelf;

// Used by one thread.
class History {
  public:
    // Begins with the segments that are there, so after recovery. Reads nothing yet.
    History(Disk& disk, const Settings& settings, Report report);
    ~History();
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    // Throws nothing but bad_alloc.
    Page read(const Query& query);

    // Does what makes later pages cheap: indexes what became durable up to `durable`, a step of a
    // few milliseconds at a time. True: there is more to do. Throws nothing but bad_alloc.
    bool advance(Seq durable);

    // The files of segments that end before `needed_from` and that are not offered any more:
    // nothing here reads them again, they are the caller's to remove, in this order. `now` as in a
    // query. Throws nothing but bad_alloc.
    std::vector<std::string> retire(Seq needed_from, protocol::Time now);

  private:
    std::unique_ptr<Shelf> shelf_;
};

}  // namespace taskbbs::journal
