// Following the newest segment, and opening older ones as they are asked for.
#include "broker/journal/shelf.hpp"

#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <utility>

namespace taskbbs::journal {

namespace {

std::string only_history(Disk& disk) {
    return fmt::format(
        "As long as the broker serves, only replay and history miss its events; no task is lost. "
        "Repair nothing: taskbbsd journal verify --journal.dir {} says whether a restart needs it",
        disk.directory());
}

}  // namespace

Shelf::Shelf(Disk& disk, const Settings& settings, Report report)
    : disk_(&disk),
      retain_for_(settings.retain_for),
      retain_bytes_(settings.retain_bytes),
      report_(std::move(report)) {}

void Shelf::list() {
    segments_.clear();
    unindexed_.clear();
    retain_bytes_ = std::min(retain_bytes_, disk_->total_bytes() / 4);
    const std::vector<std::string> files = disk_->list();
    hidden_.clear();
    const std::vector<Seq> found = segments_of(files);
    for (const Seq first_seq : found) {
        try {
            add(first_seq);
        } catch (const CorruptError& damage) {
            if (first_seq == found.back()) throw;
            hide_up_to(first_seq, damage);
        }
    }
    if (segments_.empty()) throw CorruptError(disk_->directory(), 0, 1, "there is no segment");
    for (const Listed& segment : segments_) {
        const bool is_live = &segment == &segments_.back();
        const bool indexed = std::ranges::find(files, index_name(segment.first_seq)) != files.end();
        if (!is_live && !indexed) unindexed_.push_back(segment.first_seq);
    }
    listed_ = true;
}

// Events on both sides of a gap are not offered: those before it go when those behind it do.
void Shelf::hide_up_to(Seq first_seq, const CorruptError& damage) {
    say(report_,
        fmt::format("the history begins behind a damaged segment: {}. {}",
                    damage.damage(),
                    only_history(*disk_)));
    for (const Listed& segment : segments_)
        hidden_.push_back(segment.first_seq);
    hidden_.push_back(first_seq);
    segments_.clear();
}

void Shelf::add(Seq first_seq) {
    const std::string name = segment_name(first_seq);
    const SegmentHeaderRead read = read_segment_header(*disk_->open_to_read(name));
    if (!read.damage.empty()) {
        throw CorruptError(disk_->directory() + "/" + name, 0, first_seq, read.damage);
    }
    segments_.push_back(
        {.first_seq = first_seq, .bytes = read.header.bytes, .created_at = read.header.created_at});
}

bool Shelf::catch_up(Seq up_to, std::uint64_t budget) {
    if (!listed_) list();
    for (;;) {
        if (!live_) {
            const Seq first_seq = segments_.back().first_seq;
            live_ = std::make_unique<IndexedSegment>(*disk_, first_seq, report_);
        }
        const bool caught_up = advance_live(up_to, budget);
        live_->take_bytes_indexed();  // Done once for all queries, not for the one that asks.
        if (!caught_up) return false;
        if (!live_->is_sealed()) return true;
        const Seq next_seq = live_->next_seq();
        add(next_seq);
        open_.push_back({segments_[segments_.size() - 2].first_seq, std::move(live_)});
        if (open_.size() > max_open) open_.erase(open_.begin());
    }
}

// A segment that was full of empty batches was replaced by one of the same name: the file that is
// open is not that one.
bool Shelf::advance_live(Seq up_to, std::uint64_t budget) {
    const Seq first_seq = segments_.back().first_seq;
    try {
        return live_->catch_up(up_to, budget);
    } catch (const CorruptError&) {
        const bool may_be_replaced = live_->next_seq() == first_seq;
        live_.reset();
        if (!may_be_replaced) throw;
    }
    live_ = std::make_unique<IndexedSegment>(*disk_, first_seq, report_);
    return live_->catch_up(up_to, budget);
}

bool Shelf::index_older(Seq up_to, std::uint64_t budget) {
    if (unindexed_.empty()) return true;
    try {
        IndexedSegment& segment = open(unindexed_.back());
        if (segment.catch_up(up_to, budget)) unindexed_.pop_back();
        segment.take_bytes_indexed();
    } catch (const CorruptError& damage) {  // whoever asks for its events is told so
        say(report_,
            fmt::format(
                "no index of a damaged segment: {}. {}", damage.damage(), only_history(*disk_)));
        unindexed_.pop_back();
    }
    return unindexed_.empty();
}

Seq Shelf::oldest(protocol::Time now) const {
    std::size_t first = segments_.size() - 1;
    std::uint64_t bytes = segments_[first].bytes;
    while (first > 0) {
        bytes += segments_[first - 1].bytes;
        const bool young = now - segments_[first].created_at <= retain_for_;
        if (!young || bytes > retain_bytes_) break;
        --first;
    }
    return segments_[first].first_seq;
}

std::vector<Seq> Shelf::retire(Seq needed_from, protocol::Time now) {
    if (!listed_) list();
    const Seq kept_from = std::min(needed_from, oldest(now));
    std::vector<Seq> retired;
    while (segments_.size() > 1 && segments_[1].first_seq <= kept_from) {
        retired.push_back(segments_.front().first_seq);
        segments_.erase(segments_.begin());
    }
    if (!retired.empty()) {
        retired.insert(retired.begin(), hidden_.begin(), hidden_.end());
        hidden_.clear();
    }
    const auto is_retired = [&](Seq first_seq) {
        return std::ranges::count(retired, first_seq) > 0;
    };
    std::erase_if(unindexed_, is_retired);
    std::erase_if(open_, [&](const Open& open) { return is_retired(open.first_seq); });
    return retired;
}

IndexedSegment& Shelf::holding(Seq seq, Seq up_to) {
    const auto behind = std::ranges::upper_bound(segments_, seq, {}, &Listed::first_seq);
    if (behind == segments_.end()) return *live_;
    IndexedSegment& segment = open(std::prev(behind)->first_seq);
    segment.catch_up(up_to, std::numeric_limits<std::uint64_t>::max());
    return segment;
}

IndexedSegment& Shelf::open(Seq first_seq) {
    const auto found = std::ranges::find(open_, first_seq, &Open::first_seq);
    if (found != open_.end()) {
        std::rotate(found, found + 1, open_.end());
    } else {
        if (open_.size() >= max_open) open_.erase(open_.begin());
        open_.push_back({first_seq, std::make_unique<IndexedSegment>(*disk_, first_seq, report_)});
    }
    return *open_.back().segment;
}

}  // namespace taskbbs::journal
