// Rows gathered into blocks, each with a checksum that also covers its number.
#include "broker/journal/snapshot_file.hpp"

#include "broker/journal/error.hpp"
#include "broker/journal/little_endian.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/require.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::journal {

namespace {

constexpr std::string_view magic("TBBSNAP\n", 8);
constexpr std::uint32_t snapshot_version = 1;
constexpr std::uint32_t oldest_snapshot_reader = 1;

constexpr std::size_t header_bytes = segment_header_bytes;
constexpr std::size_t at_version = 8;
constexpr std::size_t at_oldest_reader = 12;
constexpr std::size_t at_uuid = 16;
constexpr std::size_t at_log = 32;
constexpr std::size_t at_seq = 48;
constexpr std::size_t at_chain = 56;
constexpr std::size_t at_digest = 72;
constexpr std::size_t at_digest_version = 80;
constexpr std::size_t at_last_time = 88;
constexpr std::size_t at_rows = 96;
constexpr std::size_t at_bytes = 104;
constexpr std::size_t at_writer = 112;
constexpr std::size_t writer_bytes = 32;
constexpr std::size_t at_crc = 4092;

constexpr std::size_t block_head_bytes = 8;
constexpr std::size_t row_head_bytes = 4;
// A block is written when it has reached this; a longer row makes a longer one.
constexpr std::size_t block_target = 256 << 10;

void put_bytes(char* out, std::string_view bytes) {
    std::ranges::copy(bytes, out);
}

std::string_view view(const auto& array) {
    return {array.data(), array.size()};
}

std::string encode(const SnapshotHeader& header) {
    require(header.writer.size() < writer_bytes, "the writer's version fits its field");
    std::string bytes(header_bytes, '\0');
    char* const out = bytes.data();
    put_bytes(out, magic);
    put(out + at_version, snapshot_version);
    put(out + at_oldest_reader, oldest_snapshot_reader);
    put_bytes(out + at_uuid, view(header.uuid));
    put_bytes(out + at_log, view(header.log));
    put(out + at_seq, header.seq);
    put_bytes(out + at_chain, view(header.chain));
    put(out + at_digest, header.digest.value);
    put(out + at_digest_version, header.digest.version);
    put(out + at_last_time, std::int64_t{header.last_time.time_since_epoch().count()});
    put(out + at_rows, header.rows);
    put(out + at_bytes, header.bytes);
    put_bytes(out + at_writer, header.writer);
    put(out + at_crc, crc32c({out, at_crc}));
    return bytes;
}

SnapshotHeader decode(std::string_view bytes) {
    SnapshotHeader header;
    std::ranges::copy(bytes.substr(at_uuid, header.uuid.size()), header.uuid.data());
    std::ranges::copy(bytes.substr(at_log, header.log.size()), header.log.data());
    header.seq = get<Seq>(bytes, at_seq);
    std::ranges::copy(bytes.substr(at_chain, header.chain.size()), header.chain.data());
    header.digest.value = get<std::uint64_t>(bytes, at_digest);
    header.digest.version = get<std::uint32_t>(bytes, at_digest_version);
    header.last_time = protocol::Time(protocol::Duration(get<std::int64_t>(bytes, at_last_time)));
    header.rows = get<std::uint64_t>(bytes, at_rows);
    header.bytes = get<std::uint64_t>(bytes, at_bytes);
    const std::string_view writer = bytes.substr(at_writer, writer_bytes);
    header.writer = writer.substr(0, std::min(writer.find('\0'), writer_bytes - 1));
    return header;
}

// So that blocks can't change places.
std::uint32_t block_crc(std::uint64_t number, std::string_view rows) {
    std::array<char, sizeof number + sizeof(std::uint32_t)> both{};
    put(put(both.data(), number), crc32c(rows));
    return crc32c(view(both));
}

}  // namespace

// ---- writing ---------------------------------------------------------------------------------

SnapshotWriter::SnapshotWriter(Disk& disk, SnapshotHeader header)
    : header_(std::move(header)),
      temporary_(temporary_name(snapshot_name(header_.seq))),
      file_(disk.create(temporary_)) {
    header_.rows = 0;
    block_.assign(block_head_bytes, '\0');
}

void SnapshotWriter::add(std::string_view row) {
    std::array<char, row_head_bytes> head{};
    put(head.data(), static_cast<std::uint32_t>(row.size()));
    block_ += view(head);
    block_ += row;
    ++header_.rows;
    if (block_.size() >= block_target) write_block();
}

void SnapshotWriter::write_block() {
    const auto rows = std::string_view(block_).substr(block_head_bytes);
    if (rows.empty()) return;
    put(block_.data(), static_cast<std::uint32_t>(rows.size()));
    put(block_.data() + sizeof(std::uint32_t), block_crc(blocks_++, rows));
    file_->write_at(offset_, block_);
    file_->write_back(offset_, block_.size());
    offset_ += block_.size();
    block_.assign(block_head_bytes, '\0');
}

void SnapshotWriter::finish() {
    write_block();
    header_.bytes = offset_;
    file_->write_at(0, encode(header_));
    file_->sync();
}

void publish_snapshot(Disk& disk, Seq seq) {
    disk.rename(temporary_name(snapshot_name(seq)), snapshot_name(seq));
    disk.sync_directory();
}

// ---- reading ---------------------------------------------------------------------------------

SnapshotReader::SnapshotReader(Disk& disk, std::string name)
    : disk_(&disk), name_(std::move(name)), file_(disk.open_to_read(name_)), window_(*file_) {
    const std::string_view bytes = window_.view(0, header_bytes);
    if (bytes.size() < header_bytes) refuse("the file ends within its header");
    if (!bytes.starts_with(magic)) refuse("it does not begin like a snapshot");
    if (get<std::uint32_t>(bytes, at_crc) != crc32c(bytes.substr(0, at_crc))) {
        refuse("the header's checksum does not hold");
    }
    const auto version = get<std::uint32_t>(bytes, at_version);
    const auto oldest_reader = get<std::uint32_t>(bytes, at_oldest_reader);
    if (version == 0 || oldest_reader == 0) {
        refuse("its header says format 0, which no version writes");
    }
    if (oldest_reader > snapshot_version) {
        throw UnsupportedError(
            name_,
            fmt::format("its format is {}, to be read by {} and later; this version knows {}",
                        version,
                        oldest_reader,
                        snapshot_version));
    }
    header_ = decode(bytes);
    if (header_.bytes != file_->size()) {
        refuse(
            fmt::format("the file has {} bytes, its header says {}", file_->size(), header_.bytes));
    }
}

void SnapshotReader::read_block() {
    const std::string_view head = window_.view(offset_, block_head_bytes);
    if (head.size() < block_head_bytes) refuse("the file ends within a block");
    const auto bytes = get<std::uint32_t>(head, 0);
    const auto crc = get<std::uint32_t>(head, sizeof bytes);
    if (bytes == 0 || bytes > header_.bytes - offset_ - block_head_bytes) {
        refuse("the block there has no possible length");
    }
    const std::string_view rows = window_.view(offset_ + block_head_bytes, bytes);
    if (rows.size() < bytes || block_crc(blocks_, rows) != crc) {
        refuse("the checksum of the block there does not hold");
    }
    ++blocks_;
    offset_ += block_head_bytes + bytes;
    block_ = rows;
}

std::optional<std::string_view> SnapshotReader::next() {
    if (block_.empty()) {
        if (offset_ == header_.bytes && rows_ == header_.rows) return std::nullopt;
        read_block();
    }
    if (block_.size() < row_head_bytes) refuse("a row ends early");
    const auto bytes = get<std::uint32_t>(block_, 0);
    block_.remove_prefix(row_head_bytes);
    if (bytes > block_.size()) refuse("a row ends early");
    const std::string_view row = block_.substr(0, bytes);
    block_.remove_prefix(bytes);
    ++rows_;
    return row;
}

void SnapshotReader::refuse(const std::string& what) const {
    throw CorruptError(disk_->directory() + "/" + name_, offset_, header_.seq, what);
}

}  // namespace taskbbs::journal
