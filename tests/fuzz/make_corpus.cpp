// Makes the corpus that the fuzz targets begin with, from real requests, and from the segments,
// events and rows of the golden journals:
//
//     make_fuzz_corpus DIR
//
// Inputs that a mend was made for lie beside it as `found-...`, and are left alone.
#include "broker/core/snapshot.hpp"
#include "broker/journal/batch_reader.hpp"
#include "broker/journal/names.hpp"
#include "broker/recover.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/golden/disk_broker.hpp"
#include "tests/golden/scripts.hpp"
#include "tests/protocol/samples.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>

using namespace taskbbs;
using journal::MemoryDisk;
using std::filesystem::path;

namespace {

void write_file(const path& file, std::string_view bytes) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary);
    out.exceptions(std::ios::failbit | std::ios::badbit);
    out << bytes;
}

// ---- requests --------------------------------------------------------------------------------

void make_requests(const path& home) {
    namespace samples = protocol::samples;
    samples::each_args([&](const auto& args) {
        std::string request;
        protocol::Packer packer(request);
        pack_request(packer, 1, args);
        std::string bytes;
        protocol::Packer outer(bytes);
        pack_request_message(outer, {}, 0, 1, request);
        write_file(home / name_of(std::decay_t<decltype(args)>::verb), bytes);
    });
    write_file(home / "all-verbs", samples::request_message());
    protocol::ReplyWriter writer;
    samples::each_answer([&](const auto& answer) {
        writer.add_packed(1, protocol::Status::ok, samples::packed(answer));
    });
    write_file(home / "answers", writer.close(1));
}

// ---- events ----------------------------------------------------------------------------------

struct Told {
    std::string all;
    std::map<std::uint64_t, std::string> of_task;  // by the key of their records
};

void put_event(std::string& out, bool begins_batch, const journal::Record& record) {
    out.push_back(begins_batch ? '\1' : '\0');
    fuzz::put_piece(out, record.body);
    fuzz::put_piece(out, record.rest);
}

Told events_in(MemoryDisk& disk) {
    Told told;
    bool begins = false;
    journal::Visitor visitor;
    visitor.on_batch = [&](const journal::BatchInfo&) { begins = true; };
    visitor.on_record = [&](const journal::Record& record) {
        put_event(told.all, begins, record);
        if (record.tags.key != 0) {
            put_event(told.of_task[record.tags.key], true, record);
        }
        begins = false;
    };
    journal::recover(disk, golden::small_segments(), {}, visitor);
    return told;
}

void make_events(MemoryDisk& disk, const path& home, std::string_view name) {
    const Told told = events_in(*disk.copy());
    write_file(home / name, told.all);
    int number = 0;
    for (const auto& [key, events] : told.of_task) {
        write_file(home / (std::string(name) + "-task-" + std::to_string(++number)), events);
    }
}

// ---- segments --------------------------------------------------------------------------------

// A segment's header up to its checksum, which the target repairs.
constexpr std::size_t without_crc = journal::segment_header_bytes - sizeof(std::uint32_t);

std::string_view without_zeroes(std::string_view bytes) {
    return bytes.substr(0, bytes.find_last_not_of('\0') + 1);
}

// Block by block, as the target reads them: the header, and each batch.
void put_repairable(std::string& out, MemoryDisk& disk, const std::string& name) {
    const auto file = disk.open_to_read(name);
    const std::string_view bytes = disk.bytes(name);
    const journal::SegmentHeader header = journal::read_segment_header(*file).header;
    fuzz::put_piece(out, without_zeroes(bytes.substr(0, without_crc)));
    journal::BatchReader reader(*file, header);
    std::uint64_t at = journal::segment_header_bytes;
    while (const auto batch = reader.read(at)) {
        fuzz::put_piece(out, bytes.substr(at, journal::batch_header_bytes + batch->body.size()));
        at = batch->end();
    }
    fuzz::put_piece(out, without_zeroes(bytes.substr(at)));
}

void put_as_it_is(std::string& out, MemoryDisk& disk, const std::string& name) {
    const std::string_view bytes = disk.bytes(name);
    for (std::size_t at = 0; at < bytes.size(); at += journal::block_bytes) {
        fuzz::put_piece(out, without_zeroes(bytes.substr(at, journal::block_bytes)));
    }
}

void make_segments(MemoryDisk& disk, const path& home, std::string_view name) {
    constexpr char another_file = '\0';
    const auto write = [&](char repairs, const auto& put) {
        std::string input(1, repairs);
        for (const journal::Seq seq : journal::segments_of(disk.list())) {
            if (input.size() > 1) {
                fuzz::put_piece(input, std::string(1, another_file));
            }
            put(input, disk, journal::segment_name(seq));
        }
        write_file(home / (std::string(name) + "-repairs-" + std::to_string(int{repairs})), input);
    };
    write('\0', put_as_it_is);
    write('\1', put_repairable);
    write('\2', put_repairable);
}

void make_short_segment(const path& home) {
    MemoryDisk disk;
    golden::DiskBroker broker(disk, golden::board_settings(), {});
    broker.ask("session", protocol::DesireArgs{.task = {.guid = "g"}});
    broker.write();
    broker.ask("session", protocol::ClaimArgs{.guid = "g", .executor_id = "e"});
    broker.write();
    make_segments(disk, home, "short");
}

// ---- snapshots -------------------------------------------------------------------------------

void make_snapshots(MemoryDisk& disk, const path& home, std::string_view name) {
    const auto copy = disk.copy();
    const auto recovered =
        broker::recover_board(*copy, golden::small_segments(), {}, golden::board_settings());
    std::string rows(1, '\1');
    core::write_rows(*recovered.board, [&](std::string_view row) { fuzz::put_piece(rows, row); });
    write_file(home / (std::string(name) + "-rows"), rows);
    for (const journal::Seq seq : journal::snapshots_of(disk.list())) {
        write_file(home / (std::string(name) + "-file"),
                   '\0' + disk.bytes(journal::snapshot_name(seq)));
    }
}

void remove_made(const path& home) {
    std::vector<path> made;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(home)) {
        if (entry.is_regular_file() && !entry.path().filename().string().starts_with("found-")) {
            made.push_back(entry.path());
        }
    }
    for (const path& file : made) {
        std::filesystem::remove(file);
    }
}

void make(const path& home) {
    std::filesystem::create_directories(home);
    remove_made(home);
    make_requests(home / "requests");
    make_short_segment(home / "segments");
    for (const golden::Script& script : golden::scripts()) {
        MemoryDisk disk;
        script.run(disk);
        make_snapshots(disk, home / "snapshots", script.name);
        if (script.name == "torn_tail") {
            make_segments(disk, home / "segments", script.name);
        } else if (script.name == "clean_stop" || script.name == "paused") {
            make_events(disk, home / "events", script.name);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        static_cast<void>(std::fprintf(stderr, "usage: make_fuzz_corpus DIR\n"));
        return EXIT_FAILURE;
    }
    try {
        make(argv[1]);
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        static_cast<void>(std::fprintf(stderr, "make_fuzz_corpus: %s\n", error.what()));
        return EXIT_FAILURE;
    }
}
