// Bytes written and read field by field, at the offsets that format.hpp draws.
#include "broker/journal/format.hpp"

#include "broker/journal/little_endian.hpp"
#include "broker/journal/require.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace taskbbs::journal {

namespace {

constexpr std::string_view segment_magic("TASKBBS\n", 8);

// The first three, and where the checksum is, stay in every format: they tell which one it is.
constexpr std::size_t at_version = 8;
constexpr std::size_t at_oldest_reader = 12;
constexpr std::size_t at_segment_crc = 4092;
constexpr std::size_t at_uuid = 16;
constexpr std::size_t at_log = 32;
constexpr std::size_t at_first_seq = 48;
constexpr std::size_t at_segment_chain = 56;
constexpr std::size_t at_created = 72;
constexpr std::size_t at_bytes = 80;
constexpr std::size_t at_segment_mark = 88;
constexpr std::size_t at_writer = 96;
constexpr std::size_t writer_bytes = 32;

constexpr std::size_t at_mark = 0;
constexpr std::size_t at_header_crc = 8;
constexpr std::size_t at_body_crc = 12;
constexpr std::size_t at_body_bytes = 16;
constexpr std::size_t at_count = 20;
constexpr std::size_t at_flags = 24;
constexpr std::size_t at_time = 32;
constexpr std::size_t at_batch_first_seq = 40;
constexpr std::size_t at_durable_seq = 48;
constexpr std::size_t at_batch_chain = 56;
constexpr std::size_t at_digest_version = 28;
constexpr std::size_t at_digest = 72;
constexpr std::size_t at_run_began = 80;

template <std::size_t n>
void put_array(char* out, const std::array<char, n>& bytes) {
    std::memcpy(out, bytes.data(), n);
}

template <std::size_t n>
std::array<char, n> get_array(std::string_view bytes, std::size_t offset) {
    std::array<char, n> found{};
    std::memcpy(found.data(), bytes.data() + offset, n);
    return found;
}

protocol::Time get_time(std::string_view bytes, std::size_t offset) {
    return protocol::Time(protocol::Duration(get<std::int64_t>(bytes, offset)));
}

std::int64_t count_of(protocol::Time time) {
    return time.time_since_epoch().count();
}

// Of everything that follows on the checksum itself.
std::uint32_t header_crc(std::string_view header) {
    return crc32c(header.substr(at_body_crc, batch_header_bytes - at_body_crc));
}

// The fields that the chain covers: all but the chain and the header's own checksum.
void put_chained_fields(const BatchHeader& header, char* out) {
    std::memset(out, 0, batch_header_bytes);
    put(out + at_mark, header.mark);
    put(out + at_body_crc, header.body_crc);
    put(out + at_body_bytes, header.body_bytes);
    put(out + at_count, header.count);
    put(out + at_flags, header.flags);
    put(out + at_time, count_of(header.time));
    put(out + at_batch_first_seq, header.first_seq);
    put(out + at_durable_seq, header.durable_seq);
    put(out + at_digest_version, header.digest.version);
    put(out + at_digest, header.digest.value);
    put(out + at_run_began, count_of(header.run_began));
}

}  // namespace

std::string to_hex(const Identity& id) {
    std::string text;
    for (const char byte : id)
        text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return text;
}

Chain first_chain(const Identity& uuid, const Identity& log) {
    std::array<char, 2 * sizeof(Identity)> both{};
    std::memcpy(both.data(), uuid.data(), uuid.size());
    std::memcpy(both.data() + uuid.size(), log.data(), log.size());
    return xxh3({both.data(), both.size()});
}

void put_segment_header(const SegmentHeader& header, char* out) {
    require(header.writer.size() < writer_bytes, "the writer's version fits its field");
    std::memset(out, 0, segment_header_bytes);
    std::ranges::copy(segment_magic, out);
    put(out + at_version, format_version);
    put(out + at_oldest_reader, oldest_reader_version);
    put_array(out + at_uuid, header.uuid);
    put_array(out + at_log, header.log);
    put(out + at_first_seq, header.first_seq);
    put_array(out + at_segment_chain, header.chain);
    put(out + at_created, count_of(header.created_at));
    put(out + at_bytes, header.bytes);
    put(out + at_segment_mark, header.mark);
    std::ranges::copy(header.writer, out + at_writer);
    put(out + at_segment_crc, crc32c({out, at_segment_crc}));
}

SegmentHeaderRead read_segment_header(std::string_view bytes) {
    SegmentHeaderRead read;
    if (bytes.size() < segment_header_bytes) {
        read.damage = "the file ends within its header";
        return read;
    }
    if (bytes.substr(0, segment_magic.size()) != segment_magic) {
        read.damage = "it does not begin like a segment";
        return read;
    }
    if (get<std::uint32_t>(bytes, at_segment_crc) != crc32c(bytes.substr(0, at_segment_crc))) {
        read.damage = "the header's checksum does not hold";
        return read;
    }
    const auto version = get<std::uint32_t>(bytes, at_version);
    const auto oldest_reader = get<std::uint32_t>(bytes, at_oldest_reader);
    if (version == 0 || oldest_reader == 0) {
        read.damage = "its header says format 0, which no version writes";
        return read;
    }
    if (oldest_reader > format_version) {
        read.unsupported =
            fmt::format("its format is {}, to be read by {} and later; this version knows {}",
                        version,
                        oldest_reader,
                        format_version);
        return read;
    }
    SegmentHeader& header = read.header;
    header.uuid = get_array<sizeof(Identity)>(bytes, at_uuid);
    header.log = get_array<sizeof(Identity)>(bytes, at_log);
    header.first_seq = get<Seq>(bytes, at_first_seq);
    header.chain = get_array<sizeof(Chain)>(bytes, at_segment_chain);
    header.created_at = get_time(bytes, at_created);
    header.bytes = get<std::uint64_t>(bytes, at_bytes);
    header.mark = get<std::uint64_t>(bytes, at_segment_mark);
    const std::string_view writer = bytes.substr(at_writer, writer_bytes);
    header.writer = writer.substr(0, std::min(writer.find('\0'), writer_bytes - 1));
    return read;
}

void put_batch_header(BatchHeader& header, const Chain& previous, char* batch) {
    const std::string_view body(batch + batch_header_bytes, header.body_bytes);
    header.body_crc = crc32c(body);
    header.chain = chain_of(header, previous, body);
    put_chained_fields(header, batch);
    put_array(batch + at_batch_chain, header.chain);
    put(batch + at_header_crc, header_crc({batch, batch_header_bytes}));
}

std::optional<BatchHeader> read_batch_header(std::string_view bytes, std::uint64_t mark) {
    if (bytes.size() < batch_header_bytes || get<std::uint64_t>(bytes, at_mark) != mark) {
        return std::nullopt;
    }
    if (get<std::uint32_t>(bytes, at_header_crc) != header_crc(bytes)) return std::nullopt;
    BatchHeader header;
    header.mark = mark;
    header.body_crc = get<std::uint32_t>(bytes, at_body_crc);
    header.body_bytes = get<std::uint32_t>(bytes, at_body_bytes);
    header.count = get<std::uint32_t>(bytes, at_count);
    header.flags = get<std::uint32_t>(bytes, at_flags);
    header.time = get_time(bytes, at_time);
    header.first_seq = get<Seq>(bytes, at_batch_first_seq);
    header.durable_seq = get<Seq>(bytes, at_durable_seq);
    header.chain = get_array<sizeof(Chain)>(bytes, at_batch_chain);
    header.run_began = get_time(bytes, at_run_began);
    header.digest.version = get<std::uint32_t>(bytes, at_digest_version);
    header.digest.value = get<std::uint64_t>(bytes, at_digest);
    return header;
}

Chain chain_of(const BatchHeader& header, const Chain& previous, std::string_view body) {
    std::array<char, sizeof(Chain) + batch_header_bytes + sizeof(Chain)> link{};
    std::memcpy(link.data(), previous.data(), previous.size());
    put_chained_fields(header, link.data() + sizeof(Chain));
    const Chain contents = xxh3(body);
    std::memcpy(link.data() + sizeof(Chain) + batch_header_bytes, contents.data(), contents.size());
    return xxh3({link.data(), link.size()});
}

}  // namespace taskbbs::journal
