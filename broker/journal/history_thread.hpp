// The history thread: answers the loop's queries from the files, so that the loop never reads one.
//
// All methods are called by one thread, the loop. Queries are answered in the order in which they
// were asked. Nothing here is fatal: a page that can't be read says so (Page::Kind::failed).
#pragma once

#include "broker/journal/history.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace taskbbs::journal {

class HistoryThread {
  public:
    // Queries that wait or are being answered, pages not yet taken included.
    static constexpr std::size_t max_queries = 1024;

    // The caller's own name for a query; not interpreted.
    using Token = std::uint64_t;

    struct Finished {
        Token token = 0;
        Page page;
    };

    // After recovery. `disk` outlives it.
    HistoryThread(Disk& disk, const Settings& settings, Report report);
    // Finishes the page in work, drops the others, joins.
    ~HistoryThread();
    HistoryThread(const HistoryThread&) = delete;
    HistoryThread& operator=(const HistoryThread&) = delete;

    // False: max_queries are under way, nothing was done.
    bool ask(Query query, Token token);

    // Readable when take_finished() has a page or take_retired() has files: level-triggered, for a
    // poll set.
    int fd() const;
    // The next page; nothing if there is none.
    std::optional<Finished> take_finished();

    struct Advance {
        Seq durable = 0;
        Seq needed_from = 1;
        protocol::Time now{};  // as in a query
    };

    // Everything up to `durable` may be indexed, and what ends before `needed_from` and is not
    // offered any more is let go of, when there is nothing to answer. Cheap; about once a second is
    // enough.
    void advance(const Advance& advance);
    // The files that it let go of since the last call, to be removed in this order.
    std::vector<std::string> take_retired();
    // What the disk had left at the last advance; 0: it could not be told.
    std::uint64_t free_bytes() const;
    // What it has left now: asks it.
    std::uint64_t measure_free_bytes();

  private:
    class Machinery;
    std::unique_ptr<Machinery> machinery_;
    std::size_t under_way_ = 0;
};

}  // namespace taskbbs::journal
