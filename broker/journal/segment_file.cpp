// Zeroes, sync, rename, sync of the directory: in that order.
#include "broker/journal/segment_file.hpp"

#include "broker/journal/names.hpp"
#include "broker/journal/require.hpp"

#include <algorithm>
#include <cerrno>

namespace taskbbs::journal {

namespace {

constexpr std::size_t piece_at_one_go = 1 << 20;

std::string_view zeroes(std::uint64_t bytes) {
    static const std::string some(piece_at_one_go, '\0');
    return std::string_view(some).substr(0, static_cast<std::size_t>(bytes));
}

}  // namespace

ZeroFill::ZeroFill(Disk& disk, const std::string& name, std::uint64_t bytes)
    : file_(disk.create(name)), bytes_(bytes) {
    try {
        // So that a full disk is found before anything is written.
        file_->allocate(bytes);
    } catch (const JournalError& error) {
        if (error.code() != EOPNOTSUPP) throw;
    }
}

bool ZeroFill::step(std::uint64_t piece) {
    if (filled_ == bytes_) return false;
    const std::uint64_t most = std::min<std::uint64_t>(piece, piece_at_one_go);
    const std::string_view next = zeroes(std::min(most, bytes_ - filled_));
    file_->write_at(filled_, next);
    file_->write_back(filled_, next.size());
    filled_ += next.size();
    return filled_ != bytes_;
}

std::unique_ptr<File> ZeroFill::finish() {
    require(filled_ == bytes_, "a segment is filled before it is used");
    file_->sync();
    return std::move(file_);
}

std::unique_ptr<File> create_zeroed(Disk& disk,
                                    Reserve& reserve,
                                    const std::string& name,
                                    std::uint64_t bytes) {
    return with_space(reserve, bytes, [&] {
        ZeroFill fill(disk, name, bytes);
        while (fill.step(piece_at_one_go)) {
        }
        return fill.finish();
    });
}

void publish_segment(Disk& disk, File& file, const std::string& name, const SegmentHeader& header) {
    std::string bytes(segment_header_bytes, '\0');
    put_segment_header(header, bytes.data());
    file.write_at(0, bytes);
    file.sync_data();
    disk.rename(name, segment_name(header.first_seq));
    disk.sync_directory();
}

}  // namespace taskbbs::journal
