// A page is filled segment by segment until it is full or the question is answered.
#include "broker/journal/history.hpp"

#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/page_builder.hpp"
#include "broker/journal/shelf.hpp"

#include <limits>
#include <utility>

namespace taskbbs::journal {

namespace {

// A step of advance(): what it keeps a query waiting for at most.
constexpr std::uint64_t step_bytes = 8 << 20;

void fill(Shelf& shelf, PageBuilder& page) {
    const Seq up_to = page.query().up_to;
    while (page.next() < up_to && !page.ended()) {
        IndexedSegment& segment = shelf.holding(page.next() + 1, up_to);
        segment.read(page);
        // Last, so that every page comes further than the one before.
        page.count_scanned(segment.take_bytes_indexed());
    }
}

}  // namespace

History::History(Disk& disk, const Settings& settings, Report report)
    : shelf_(std::make_unique<Shelf>(disk, settings, std::move(report))) {}

History::~History() = default;

Page History::read(const Query& query) {
    Page failed;
    failed.kind = Page::Kind::failed;
    failed.next = query.after;
    try {
        shelf_->catch_up(query.up_to, std::numeric_limits<std::uint64_t>::max());
        const Seq oldest = shelf_->oldest(query.now);
        PageBuilder builder(query);
        const bool truncated = query.after > query.up_to || query.after + 1 < oldest;
        if (!truncated) fill(*shelf_, builder);
        Page page = builder.take();
        page.kind = truncated ? Page::Kind::truncated : Page::Kind::events;
        page.oldest = oldest;
        return page;
    } catch (const JournalError& error) {
        failed.failure = error.what();
    } catch (const CorruptError& error) {
        failed.failure = error.damage();
    }
    return failed;
}

bool History::advance(Seq durable) {
    try {
        return !shelf_->catch_up(durable, step_bytes) || !shelf_->index_older(durable, step_bytes);
    } catch (const JournalError&) {
        return false;  // The next query says so.
    } catch (const CorruptError&) {
        return false;
    }
}

std::vector<std::string> History::retire(Seq needed_from, protocol::Time now) {
    std::vector<std::string> names;
    try {
        for (const Seq first_seq : shelf_->retire(needed_from, now)) {
            names.push_back(index_name(first_seq));
            names.push_back(segment_name(first_seq));
        }
    } catch (const JournalError&) {
        return names;  // The next query says so.
    } catch (const CorruptError&) {
        return names;
    }
    return names;
}

}  // namespace taskbbs::journal
