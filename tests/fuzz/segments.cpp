// What lies in a journal's directory: segments, whole, damaged or made up, recovered as at a
// restart. They are refused, or what was recovered can be recovered again, and written on.
//
//     input:  flags: u8 | block (a piece) | block ...
//
// A block is filled up with zeroes to whole blocks of the disk; the first one of a file is its
// header. One of a single byte is none: another file begins with the next one.
#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/journal/require.hpp"
#include "broker/recover.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/repair.hpp"
#include "tests/journal/memory_disk.hpp"
#include "tests/journal/run.hpp"

using namespace taskbbs;
using journal::MemoryDisk;

namespace {

// The times of the events that are written on count in seconds of their number.
constexpr journal::Seq too_high = 1'000'000'000;

std::vector<fuzz::Blocks> files_in(fuzz::Input& input) {
    std::vector<fuzz::Blocks> files(1);
    while (!input.empty()) {
        std::string block = input.piece();
        if (block.size() == 1) {
            files.emplace_back();
        } else {
            files.back().push_back(std::move(block));
        }
    }
    return files;
}

// With their names by the headers, where they have one.
void fill(MemoryDisk& disk, const std::vector<fuzz::Blocks>& files) {
    for (const fuzz::Blocks& blocks : files) {
        const std::string bytes = fuzz::file_of(blocks);
        const auto read = journal::read_segment_header(bytes);
        const journal::Seq seq = read.damage.empty() && read.header.first_seq > 0
                                     ? read.header.first_seq
                                     : journal::Seq{1};
        disk.put(journal::segment_name(seq), bytes);
    }
}

struct Found {
    journal::Seq next_seq = 0;
    journal::Chain chain{};
    core::Digest digest = 0;

    bool operator==(const Found&) const = default;
};

// Nothing: it was refused.
std::optional<Found> recover(MemoryDisk& disk) {
    try {
        const auto recovered = broker::recover_board(
            disk, journal::small_settings(), {.now = journal::at(1), .writer = "fuzz"}, {});
        return Found{
            recovered.journal.next_seq(), recovered.journal.tail.chain, recovered.board->digest()};
    } catch (const journal::CorruptError&) {
        return std::nullopt;
    } catch (const journal::UnsupportedError&) {
        return std::nullopt;
    }
}

void write_on(MemoryDisk& disk, journal::Seq next_seq) {
    constexpr std::uint32_t events = 3;
    {
        journal::Run run(disk);
        journal::require(run.last() == next_seq - 1, "a writer goes on where recovery ended");
        run.write(events);
        run.write(events);
        run.stop();
    }
    const journal::Replayed again = journal::replay(disk);
    journal::require(again.recovered.next_seq() == next_seq + 2 * events, "all of it is there");
    journal::require(again.recovered.clean_stop, "and the stop was clean");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto repairs = static_cast<fuzz::Repairs>(input.byte() % 3);
    std::vector<fuzz::Blocks> files = files_in(input);
    fuzz::repair(files, repairs);
    MemoryDisk disk;
    fill(disk, files);
    const auto found = recover(disk);
    if (!found) {
        return 0;
    }
    journal::require(recover(disk) == found, "recovery can be repeated");
    if (found->next_seq < too_high) {
        write_on(disk, found->next_seq);
    }
    return 0;
}
