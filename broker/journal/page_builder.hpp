// One page in the making: what matches, what it may hold and how far it has come.
#pragma once

#include "broker/journal/history.hpp"

namespace taskbbs::journal {

class PageBuilder {
  public:
    // `query` outlives it.
    explicit PageBuilder(const Query& query) : query_(&query) { page_.next = query.after; }

    const Query& query() const { return *query_; }

    // Everything up to here has been judged.
    Seq next() const { return page_.next; }

    // Nothing more goes in: limit or reply_bytes are reached, or scan_bytes.
    bool ended() const { return full_ || scanned_ >= query_->scan_bytes; }

    bool full() const { return full_; }

    // Judges the next event; false where it matches and has no place: the page has ended before it.
    bool offer(const Record& record);
    // The events up to `seq` do not match.
    void skip_to(Seq seq);

    void count_scanned(std::uint64_t bytes) { scanned_ += bytes; }

    Page take() { return std::move(page_); }

  private:
    bool matches(const Record& record) const;

    const Query* query_;
    Page page_;
    std::uint64_t scanned_ = 0;
    bool full_ = false;
};

}  // namespace taskbbs::journal
