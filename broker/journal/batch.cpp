// The buffer behind a batch: grown in powers of two, aligned to blocks, cut back by clear().
#include "broker/journal/batch.hpp"

#include "broker/journal/format.hpp"
#include "broker/journal/require.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace taskbbs::journal {

namespace {

constexpr std::size_t initial_capacity = 64 << 10;

}  // namespace

Batch::Batch() {
    clear();
}

void Batch::clear() {
    size_ = batch_header_bytes;
    first_seq_ = 0;
    count_ = 0;
    flags_ = no_flags;
    time_ = protocol::no_time;
    run_began_ = protocol::no_time;
    digest_ = {};
    if (capacity_ > kept_capacity) {
        bytes_.reset();
        capacity_ = 0;
    }
    reserve(initial_capacity);
}

void Batch::set_first_seq(Seq seq) {
    require(count_ == 0 && seq > 0, "a batch's first seq is set before its first record");
    first_seq_ = seq;
}

void Batch::append(const RecordTags& tags, std::string_view body, std::string_view rest) {
    require(first_seq_ > 0, "a batch knows the seq of its first record");
    require(tags.stream < max_streams, "a stream is a bit of a query's mask");
    require(body.size() < max_bytes && rest.size() < max_bytes, "a record fits into a batch");
    const std::size_t end = size_ + record_bytes(body.size(), rest.size());
    require(end < max_bytes, "a batch stays below its bound");
    // One block more than needed, for the padding.
    reserve(end + block_bytes);
    put_record(bytes_.get() + size_, tags, body, rest);
    size_ = end;
    ++count_;
}

char* Batch::padded() {
    std::memset(bytes_.get() + size_, 0, padded_bytes() - size_);
    return bytes_.get();
}

std::size_t Batch::padded_bytes() const {
    return whole_blocks(size_);
}

std::string_view Batch::body() const {
    return {bytes_.get() + batch_header_bytes, size_ - batch_header_bytes};
}

void Batch::reserve(std::size_t bytes) {
    if (bytes <= capacity_) return;
    const std::size_t capacity = whole_blocks(std::max(bytes, 2 * capacity_));
    std::unique_ptr<char, Free> grown(
        static_cast<char*>(std::aligned_alloc(block_bytes, capacity)));
    if (!grown) throw std::bad_alloc();
    if (bytes_) std::memcpy(grown.get(), bytes_.get(), size_);
    bytes_ = std::move(grown);
    capacity_ = capacity;
}

}  // namespace taskbbs::journal
