// Building, writing and searching the index of one segment.
#include "broker/journal/segment_index.hpp"

#include "broker/journal/little_endian.hpp"
#include "broker/journal/require.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>

namespace taskbbs::journal {

namespace {

constexpr std::string_view magic("TBBINDX\n", 8);
constexpr std::uint32_t index_version = 1;
constexpr std::uint64_t record_unit = 8;

constexpr std::size_t at_version = 8;
constexpr std::size_t at_uuid = 16;
constexpr std::size_t at_first_seq = 32;
constexpr std::size_t at_seal_offset = 40;
constexpr std::size_t at_seal_chain = 48;
constexpr std::size_t at_batches = 64;
constexpr std::size_t at_records = 68;
constexpr std::size_t at_keys = 72;
constexpr std::size_t at_streams = 76;
constexpr std::size_t header_bytes = at_streams + std::size_t{4} * max_streams + 4;
constexpr std::size_t crc_bytes = 4;

std::size_t count_at(std::string_view bytes, std::size_t offset) {
    return get<std::uint32_t>(bytes, offset);
}

// Runs over pairs of numbers.
class PairReader {
  public:
    explicit PairReader(std::string_view bytes) : bytes_(bytes) {}

    template <typename Pair>
    std::vector<Pair> take(std::size_t count) {
        std::vector<Pair> pairs;
        pairs.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            const auto first = number();
            pairs.push_back({first, number()});
        }
        return pairs;
    }

    std::uint32_t number() {
        const auto value = get<std::uint32_t>(bytes_, offset_);
        offset_ += sizeof value;
        return value;
    }

  private:
    std::string_view bytes_;
    std::size_t offset_ = 0;
};

}  // namespace

bool SegmentIndex::add(const ReadBatch& batch) {
    if (batch.header.count == 0) return true;
    batches_.push_back({static_cast<std::uint32_t>(batch.header.first_seq - first_seq_),
                        static_cast<std::uint32_t>(batch.offset / block_bytes)});
    RecordCursor records = batch.records();
    std::size_t begin = 0;
    while (const std::optional<Record> record = records.next()) {
        if (record->tags.stream >= max_streams) return false;
        const std::string_view bytes = batch.body.substr(begin, records.offset() - begin);
        add(record->tags, batch.offset + batch_header_bytes + begin, crc32c(bytes));
        begin = records.offset();
    }
    return records.at_end() && next_seq() == batch.header.first_seq + batch.header.count;
}

void SegmentIndex::add(const RecordTags& tags, std::uint64_t offset, std::uint32_t crc) {
    const auto ordinal = static_cast<std::uint32_t>(records_.size());
    records_.push_back({static_cast<std::uint32_t>(offset / record_unit), crc});
    if (tags.key != 0) keys_.push_back({static_cast<std::uint32_t>(tags.key), ordinal});
    streams_[tags.stream].push_back(ordinal);
}

void SegmentIndex::finish() {
    sort_keys();
}

// Sorting once per query what came since the last one keeps adding cheap.
void SegmentIndex::sort_keys() const {
    if (sorted_keys_ == keys_.size()) return;
    const auto middle = keys_.begin() + static_cast<std::ptrdiff_t>(sorted_keys_);
    std::sort(middle, keys_.end());
    std::inplace_merge(keys_.begin(), middle, keys_.end());
    sorted_keys_ = keys_.size();
}

std::uint64_t SegmentIndex::batch_offset(Seq seq) const {
    require(seq >= first_seq_ && seq < next_seq(), "the segment holds the event");
    const auto ordinal = static_cast<std::uint32_t>(seq - first_seq_);
    const auto behind = std::ranges::upper_bound(batches_, ordinal, {}, &BatchPlace::ordinal);
    return std::prev(behind)->block * std::uint64_t{block_bytes};
}

SegmentIndex::Place SegmentIndex::place(Seq seq) const {
    require(seq >= first_seq_ && seq < next_seq(), "the segment holds the event");
    const RecordPlace& found = records_[static_cast<std::size_t>(seq - first_seq_)];
    return {found.unit * record_unit, found.crc};
}

std::vector<Seq> SegmentIndex::with_key(std::uint64_t key, Seq after) const {
    sort_keys();
    const auto range =
        std::ranges::equal_range(keys_, static_cast<std::uint32_t>(key), {}, &KeyPlace::key);
    std::vector<Seq> seqs;
    for (const KeyPlace& place : range) {
        const Seq seq = first_seq_ + place.ordinal;
        if (seq > after) seqs.push_back(seq);
    }
    return seqs;
}

std::vector<Seq> SegmentIndex::in_streams(std::uint32_t streams, Seq after) const {
    std::vector<Seq> seqs;
    for (std::size_t stream = 0; stream < max_streams; ++stream) {
        if ((streams >> stream & 1) == 0) continue;
        const std::vector<std::uint32_t>& ordinals = streams_[stream];
        const auto begin = std::ranges::upper_bound(
            ordinals, after, {}, [this](std::uint32_t ordinal) { return first_seq_ + ordinal; });
        std::transform(begin, ordinals.end(), std::back_inserter(seqs), [this](auto ordinal) {
            return first_seq_ + ordinal;
        });
    }
    std::ranges::sort(seqs);
    return seqs;
}

std::uint64_t SegmentIndex::count_in(std::uint32_t streams) const {
    std::uint64_t count = 0;
    for (std::size_t stream = 0; stream < max_streams; ++stream) {
        if ((streams >> stream & 1) != 0) count += streams_[stream].size();
    }
    return count;
}

std::string SegmentIndex::encode(const Origin& origin) const {
    require(sorted_keys_ == keys_.size(), "an index is finished before it is written");
    std::string bytes(header_bytes + 8 * (batches_.size() + records_.size() + keys_.size()) +
                          4 * records_.size() + crc_bytes,
                      '\0');
    char* const header = bytes.data();
    std::memcpy(header, magic.data(), magic.size());
    put(header + at_version, index_version);
    std::memcpy(header + at_uuid, origin.uuid.data(), origin.uuid.size());
    put(header + at_first_seq, origin.first_seq);
    put(header + at_seal_offset, origin.seal_offset);
    std::memcpy(header + at_seal_chain, origin.seal_chain.data(), origin.seal_chain.size());
    put(header + at_batches, static_cast<std::uint32_t>(batches_.size()));
    put(header + at_records, static_cast<std::uint32_t>(records_.size()));
    put(header + at_keys, static_cast<std::uint32_t>(keys_.size()));

    char* out = header + header_bytes;
    for (const auto& [ordinal, block] : batches_)
        out = put(put(out, ordinal), block);
    for (const auto& [unit, crc] : records_)
        out = put(put(out, unit), crc);
    for (const auto& [key, ordinal] : keys_)
        out = put(put(out, key), ordinal);
    char* count = header + at_streams;
    for (const std::vector<std::uint32_t>& ordinals : streams_) {
        count = put(count, static_cast<std::uint32_t>(ordinals.size()));
        for (const std::uint32_t ordinal : ordinals)
            out = put(out, ordinal);
    }
    put(out, crc32c({bytes.data(), bytes.size() - crc_bytes}));
    return bytes;
}

std::optional<SegmentIndex::Origin> SegmentIndex::read_origin(std::string_view bytes) {
    if (bytes.size() < header_bytes + crc_bytes || !bytes.starts_with(magic)) return std::nullopt;
    if (get<std::uint32_t>(bytes, at_version) != index_version) return std::nullopt;
    const std::size_t covered = bytes.size() - crc_bytes;
    if (get<std::uint32_t>(bytes, covered) != crc32c(bytes.substr(0, covered))) return std::nullopt;
    Origin origin;
    std::memcpy(origin.uuid.data(), bytes.data() + at_uuid, origin.uuid.size());
    origin.first_seq = get<Seq>(bytes, at_first_seq);
    origin.seal_offset = get<std::uint64_t>(bytes, at_seal_offset);
    std::memcpy(origin.seal_chain.data(), bytes.data() + at_seal_chain, origin.seal_chain.size());
    return origin;
}

std::optional<SegmentIndex> SegmentIndex::decode(std::string_view bytes, const Origin& origin) {
    if (read_origin(bytes) != origin) return std::nullopt;
    const std::size_t batches = count_at(bytes, at_batches);
    const std::size_t records = count_at(bytes, at_records);
    const std::size_t keys = count_at(bytes, at_keys);
    const std::size_t expected =
        header_bytes + 8 * (batches + records + keys) + 4 * records + crc_bytes;
    if (bytes.size() != expected) return std::nullopt;

    SegmentIndex index(origin.first_seq);
    PairReader reader(bytes.substr(header_bytes));
    index.batches_ = reader.take<BatchPlace>(batches);
    index.records_ = reader.take<RecordPlace>(records);
    index.keys_ = reader.take<KeyPlace>(keys);
    index.sorted_keys_ = keys;
    std::size_t left = records;
    for (std::size_t stream = 0; stream < max_streams; ++stream) {
        const std::size_t count = count_at(bytes, at_streams + 4 * stream);
        if (count > left) return std::nullopt;
        left -= count;
        index.streams_[stream].reserve(count);
        for (std::size_t i = 0; i < count; ++i)
            index.streams_[stream].push_back(reader.number());
    }
    return index;
}

}  // namespace taskbbs::journal
