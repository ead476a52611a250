// Makes the golden journals, and beside each the listing of its board and the events in it:
//
//     make_golden_journals DIR
//
// Zeroes at the end of a file are left out. Never run over what was released: tests/data/README.md.
#include "broker/journal_tools.hpp"
#include "tests/golden/disk_broker.hpp"
#include "tests/golden/listing.hpp"
#include "tests/golden/scripts.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>

using namespace taskbbs;

namespace {

void write_file(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream file(path, std::ios::binary);
    file.exceptions(std::ios::failbit | std::ios::badbit);
    file << bytes;
}

void make(const golden::Script& script, const std::filesystem::path& directory) {
    journal::MemoryDisk disk;
    script.run(disk);
    const auto home = directory / script.name;
    std::filesystem::remove_all(home);
    std::filesystem::create_directories(home);
    for (const std::string& name : disk.list()) {
        const std::string& bytes = disk.bytes(name);
        write_file(home / name,
                   std::string_view(bytes).substr(0, bytes.find_last_not_of('\0') + 1));
    }
    const auto copy = disk.copy();
    const auto recovered =
        broker::recover_board(*copy, golden::small_segments(), {}, golden::board_settings());
    write_file(home.string() + ".board.txt", golden::listing_of(*recovered.board));
    std::string events;
    broker::dump_journal(*disk.copy(), {}, [&](std::string_view line) {
        events += line;
        events += '\n';
    });
    write_file(home.string() + ".events.jsonl", events);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        static_cast<void>(std::fprintf(stderr, "usage: make_golden_journals DIR\n"));
        return EXIT_FAILURE;
    }
    try {
        for (const golden::Script& script : golden::scripts()) {
            make(script, argv[1]);
        }
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        static_cast<void>(std::fprintf(stderr, "make_golden_journals: %s\n", error.what()));
        return EXIT_FAILURE;
    }
}
