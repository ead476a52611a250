// Which records match, and when a page is full.
#include "broker/journal/page_builder.hpp"

#include <algorithm>

namespace taskbbs::journal {

std::string_view Page::body(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return std::string_view(bodies).substr(begin, ends[i] - begin);
}

bool PageBuilder::offer(const Record& record) {
    if (matches(record)) {
        const bool first = page_.ends.empty();
        full_ = !first && page_.bodies.size() + record.body.size() > query_->reply_bytes;
        if (full_) return false;
        page_.bodies += record.body;
        page_.ends.push_back(static_cast<std::uint32_t>(page_.bodies.size()));
        full_ = page_.ends.size() >= query_->limit;
    }
    page_.next = record.seq;
    return !full_;
}

void PageBuilder::skip_to(Seq seq) {
    page_.next = std::max(page_.next, seq);
}

bool PageBuilder::matches(const Record& record) const {
    const RecordTags& tags = record.tags;
    const Query& query = *query_;
    if (query.streams != 0 && (query.streams >> tags.stream & 1) == 0) return false;
    if (query.key != 0 && query.key != tags.key) return false;
    if (!query.groups.empty() && !std::ranges::binary_search(query.groups, tags.group)) {
        return false;
    }
    return !query.accept || query.accept(tags, record.body);
}

}  // namespace taskbbs::journal
