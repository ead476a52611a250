// Headers are read with their checksums put right, mended, and written by the journal's own code.
#include "tests/fuzz/repair.hpp"

#include "broker/journal/format.hpp"
#include "broker/journal/little_endian.hpp"

#include <algorithm>

namespace taskbbs::fuzz {

using namespace journal;

namespace {

// Where segments and batches keep what read_*() asks for (docs/journal-format.md).
constexpr std::string_view segment_magic("TASKBBS\n", 8);
constexpr std::size_t at_oldest_reader = 12;
constexpr std::size_t at_segment_crc = 4092;
constexpr std::size_t at_header_crc = 8;
constexpr std::size_t after_header_crc = 12;

// What all files of a journal share, and what each batch follows on.
struct Thread {
    SegmentHeader segment;
    Chain chain{};
    Seq next_seq = 1;
    bool begun = false;
};

SegmentHeader header_in(std::string& block) {
    block.resize(segment_header_bytes);
    std::ranges::copy(segment_magic, block.data());
    put(block.data() + at_oldest_reader, oldest_reader_version);
    put(block.data() + at_segment_crc, crc32c(std::string_view(block).substr(0, at_segment_crc)));
    return read_segment_header(block).header;
}

void repair_header(Blocks& blocks, Repairs repairs, Thread& thread) {
    SegmentHeader header = header_in(blocks.front());
    header.bytes = file_of(blocks).size();
    if (thread.begun) {
        header.uuid = thread.segment.uuid;
        header.mark = thread.segment.mark;
    } else {
        thread.chain = first_chain(header.uuid, header.log);
    }
    if (repairs == Repairs::order) {
        header.first_seq = thread.next_seq;
    }
    header.chain = thread.chain;
    put_segment_header(header, blocks.front().data());
    thread.segment = header;
    thread.begun = true;
}

BatchHeader batch_in(std::string& block, std::uint64_t mark) {
    put(block.data(), mark);
    const auto covered = std::string_view(block).substr(0, batch_header_bytes);
    put(block.data() + at_header_crc, crc32c(covered.substr(after_header_crc)));
    return read_batch_header(block, mark).value_or(BatchHeader{});
}

std::uint32_t records_in(std::string_view body) {
    RecordCursor cursor(1, body);
    std::uint32_t count = 0;
    while (cursor.next()) {
        ++count;
    }
    return count;
}

void repair_batch(std::string& block, Repairs repairs, Thread& thread) {
    block.resize(std::max(block.size(), batch_header_bytes));
    BatchHeader header = batch_in(block, thread.segment.mark);
    header.body_bytes = static_cast<std::uint32_t>(block.size() - batch_header_bytes);
    if (repairs == Repairs::order) {
        header.first_seq = thread.next_seq;
        header.durable_seq = thread.next_seq - 1;
        header.count = records_in(std::string_view(block).substr(batch_header_bytes));
        header.flags &= known_flags;
        header.digest = {};
    }
    put_batch_header(header, thread.chain, block.data());
    if ((header.flags & sealed) == 0) {
        thread.chain = header.chain;
        thread.next_seq += header.count;
    }
}

}  // namespace

std::string file_of(const Blocks& blocks) {
    std::string bytes;
    for (const std::string& block : blocks) {
        bytes += block;
        bytes.resize(whole_blocks(std::max<std::size_t>(bytes.size(), 1)));
    }
    bytes.resize(std::max<std::size_t>(bytes.size(), min_segment_bytes));
    return bytes;
}

void repair(std::vector<Blocks>& files, Repairs repairs) {
    if (repairs == Repairs::nothing) {
        return;
    }
    Thread thread;
    for (Blocks& blocks : files) {
        if (blocks.empty()) {
            blocks.emplace_back();
        }
        blocks.front().resize(segment_header_bytes);
        repair_header(blocks, repairs, thread);
        // Nothing at all stays a block of zeroes: room that is left.
        for (auto block = blocks.begin() + 1; block != blocks.end(); ++block) {
            if (!block->empty()) {
                repair_batch(*block, repairs, thread);
            }
        }
    }
}

}  // namespace taskbbs::fuzz
