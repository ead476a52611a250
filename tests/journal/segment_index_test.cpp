// The index of a segment: found by key and stream, rebuilt when damaged.
#include "broker/journal/segment_index.hpp"

#include "tests/journal/run.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::journal {

namespace {

// A segment's batches from `first` on, with their bytes.
class Batches {
  public:
    explicit Batches(Seq first) : first_(first), next_(first) {}

    ReadBatch next(std::uint32_t count) {
        batch_.clear();
        batch_.set_first_seq(next_);
        for (std::uint32_t i = 0; i < count; ++i) {
            const Event made = event(next_ + i);
            batch_.append(made.tags, made.body, made.rest);
        }
        ReadBatch read{.offset = offset_};
        read.header.count = count;
        read.header.first_seq = next_;
        read.header.body_bytes = static_cast<std::uint32_t>(batch_.body().size());
        read.body = batch_.body();
        next_ += count;
        offset_ = read.end();
        return read;
    }

    Seq first() const { return first_; }

    Seq last() const { return next_ - 1; }

  private:
    Batch batch_;
    Seq first_;
    Seq next_;
    std::uint64_t offset_ = segment_header_bytes;
};

SegmentIndex index_of(Batches& batches) {
    SegmentIndex index(batches.first());
    for (const std::uint32_t count : {3U, 0U, 50U, 1U, 200U}) {
        REQUIRE(index.add(batches.next(count)));
    }
    index.finish();
    return index;
}

SegmentIndex::Origin an_origin() {
    SegmentIndex::Origin origin;
    origin.uuid.fill('u');
    origin.first_seq = 100;
    origin.seal_offset = 40960;
    origin.seal_chain.fill('c');
    return origin;
}

template <typename Matches>
std::vector<Seq> seqs(Seq after, Seq last, Matches matches) {
    std::vector<Seq> found;
    for (Seq seq = after + 1; seq <= last; ++seq) {
        if (matches(event(seq))) found.push_back(seq);
    }
    return found;
}

}  // namespace

TEST_CASE("an index finds by key and by stream what a scan would") {
    Batches batches(100);
    const SegmentIndex index = index_of(batches);
    CHECK(index.next_seq() == batches.last() + 1);
    for (const Seq after : {Seq{0}, Seq{99}, Seq{100}, Seq{180}, batches.last()}) {
        const Seq from = std::max<Seq>(after, 99);
        for (std::uint64_t key = 1; key < 12; ++key) {
            const auto of_key = [&](const Event& made) { return made.tags.key == key; };
            CHECK(index.with_key(key, after) == seqs(from, batches.last(), of_key));
        }
        const auto in_two = [](const Event& made) {
            return made.tags.stream == 2 || made.tags.stream == 5;
        };
        CHECK(index.in_streams(1U << 2 | 1U << 5, after) == seqs(from, batches.last(), in_two));
    }
    CHECK(index.count_in(0x7f) == 254);
    CHECK(index.count_in(1U << 20) == 0);
}

TEST_CASE("an index is asked while it grows") {
    Batches batches(1);
    SegmentIndex index(1);
    for (int i = 0; i < 20; ++i) {
        REQUIRE(index.add(batches.next(7)));
        const auto of_key = [](const Event& made) { return made.tags.key == 4; };
        CHECK(index.with_key(4, 0) == seqs(0, batches.last(), of_key));
    }
}

TEST_CASE("an index knows the batch that holds an event") {
    Batches batches(100);
    const SegmentIndex index = index_of(batches);
    CHECK(index.batch_offset(100) == 4096);
    CHECK(index.batch_offset(102) == 4096);
    CHECK(index.batch_offset(103) == 3 * 4096);
    CHECK(index.batch_offset(152) == 3 * 4096);
    CHECK(index.batch_offset(153) > 3 * 4096);
    CHECK(index.place(100).offset == 4096 + batch_header_bytes);
}

TEST_CASE("an index reads back from its file") {
    Batches batches(100);
    const SegmentIndex index = index_of(batches);
    const std::string bytes = index.encode(an_origin());
    const std::optional<SegmentIndex> read = SegmentIndex::decode(bytes, an_origin());
    REQUIRE(read);
    CHECK(read->next_seq() == index.next_seq());
    CHECK(read->with_key(3, 0) == index.with_key(3, 0));
    CHECK(read->in_streams(4, 0) == index.in_streams(4, 0));
    CHECK(read->batch_offset(160) == index.batch_offset(160));
    CHECK(read->place(160).crc == index.place(160).crc);
    CHECK(read->encode(an_origin()) == bytes);
}

TEST_CASE("a damaged index file, or one of another segment, is none") {
    Batches batches(100);
    const std::string bytes = index_of(batches).encode(an_origin());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string flipped = bytes;
        flipped[i] = static_cast<char>(flipped[i] ^ 1);
        CHECK_FALSE(SegmentIndex::decode(flipped, an_origin()));
    }
    for (std::size_t size = 0; size < bytes.size(); size += 7) {
        CHECK_FALSE(SegmentIndex::decode(bytes.substr(0, size), an_origin()));
    }
    SegmentIndex::Origin other = an_origin();
    other.seal_chain.fill('d');
    CHECK_FALSE(SegmentIndex::decode(bytes, other));
}

}  // namespace taskbbs::journal
