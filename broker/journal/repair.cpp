// Cutting a torn tail, and copying what an unclean stop left.
#include "broker/journal/repair.hpp"

#include "broker/journal/copy.hpp"
#include "broker/journal/empty_batch.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/segment_file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace taskbbs::journal {

namespace {

std::string unused_name(Disk& disk, const std::string& wanted) {
    const std::vector<std::string> files = disk.list();
    std::string name = wanted;
    for (int number = 2; std::ranges::find(files, name) != files.end(); ++number) {
        name = fmt::format("{}.{}", wanted, number);
    }
    return name;
}

}  // namespace

std::string keep_torn(Disk& disk,
                      Reserve& reserve,
                      const std::string& segment,
                      std::uint64_t begin,
                      std::uint64_t end) {
    std::string name = unused_name(disk, segment + std::string(torn_suffix));
    const std::string temporary = temporary_name(name);
    const std::unique_ptr<File> from = disk.open_to_read(segment);
    with_space(reserve, end - begin, [&] {
        const std::unique_ptr<File> to = disk.create(temporary);
        copy_bytes(*from, begin, end, *to);
        to->sync();
    });
    disk.rename(temporary, name);
    disk.sync_directory();
    return name;
}

void copy_valid_part(Disk& disk, Reserve& reserve, const Tail& tail) {
    const std::string temporary = temporary_name(tail.file);
    const std::unique_ptr<File> from = disk.open_to_read(tail.file);
    const std::unique_ptr<File> to = create_zeroed(disk, reserve, temporary, tail.segment.bytes);
    copy_bytes(*from, 0, tail.offset, *to);
    to->sync();
    disk.rename(temporary, tail.file);
    disk.sync_directory();
}

void write_seal(Disk& disk, const Seal& seal, const Tail& tail) {
    const EmptyBatch last{.mark = tail.segment.mark,
                          .flags = sealed,
                          .time = seal.time,
                          .next_seq = tail.segment.first_seq,
                          .previous = seal.previous,
                          .digest = seal.digest};
    const std::unique_ptr<File> file = disk.open_to_write(seal.file);
    file->write_at(seal.offset, encode_empty_batch(last));
    file->sync_data();
}

}  // namespace taskbbs::journal
