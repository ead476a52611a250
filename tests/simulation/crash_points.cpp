// What happens at the calls of the disk: time passes, something fails, everything ends; and again
// and again the question what would be found if it ended here.
#include "broker/journal/names.hpp"
#include "tests/simulation/branches.hpp"
#include "tests/simulation/finding.hpp"
#include "tests/simulation/world.hpp"

#include <algorithm>
#include <string_view>

namespace taskbbs::simulation {

using Fault = journal::MemoryDisk::Fault;

namespace {

constexpr std::size_t draws_a_call = 4;
constexpr Seq strong_events = 100;
constexpr std::size_t strong_clients = 3;

// Before these something is written that is not synced, or a name is changed that is not.
bool leaves_something(std::string_view operation) {
    return operation == "fdatasync" || operation == "fsync" || operation == "rename" ||
           operation == "unlink" || operation == "create";
}

}  // namespace

std::optional<Fault> World::on_call(const char* operation, const std::string& /*name*/) {
    const std::string_view what(operation);
    if (!calm_ && probes_left_ > 0 && leaves_something(what)) {
        const bool early = witness_.revealed() < strong_events;
        if (draw_.chance(early ? climate_.probe / 20 : climate_.probe)) probe();
    }
    if (!calm_ && draw_.chance(climate_.crash)) {
        ruin_ = draw_.chance(climate_.machine) ? Ruin::machine : Ruin::process;
    }
    if (failure_ || ruin_ != Ruin::none) {
        schedule_.halt();
        Process::stand();
    }
    Process::pause(io_time(what));
    const double failing = what == "fdatasync" ? climate_.sync_error : climate_.disk_error;
    if (calm_ || !draw_.chance(failing)) return std::nullopt;
    return draw_.chance(0.3) ? Fault::short_write : Fault::eio;
}

Duration World::io_time(std::string_view operation) {
    const bool slow = operation == "fdatasync" || operation == "fsync";
    return draw_.skewed(slow ? climate_.io : climate_.io / 20);
}

// Up to so many draws of what survives; those that are alike count once.
void World::probe() {
    try {
        std::set<std::uint64_t> seen;
        for (std::size_t i = 0; i < draws_a_call && probes_left_ > 0; ++i) {
            const std::unique_ptr<journal::MemoryDisk> left = disk_->crash(draw_.word());
            if (!seen.insert(left->survivors()).second) continue;
            left->capacity = 1ULL << 40;
            if (draw_.chance(0.1)) spoil_newest_snapshot(*left);
            check_point(*left);
            --probes_left_;
            ++tally_.points;
            const bool strong =
                witness_.revealed() >= strong_events && clients_in_flight() >= strong_clients;
            tally_.strong_points += strong ? 1 : 0;
        }
    } catch (const std::exception&) {
        failure_ = std::current_exception();
    }
}

// A disk may rot, and a snapshot is not the only copy of what is in it: where there are two, the
// older one and the events behind it do as well.
void World::spoil_newest_snapshot(journal::MemoryDisk& disk) {
    const std::vector<Seq> snapshots = journal::snapshots_of(disk.list());
    if (snapshots.size() < 2) return;
    std::string& bytes = disk.bytes(journal::snapshot_name(snapshots.back()));
    char& spoilt = bytes[draw_.below(bytes.size())];
    spoilt = static_cast<char>(spoilt ^ (1 << draw_.below(8)));
}

// Recovers, sometimes with a crash on the way; and once more, which must change nothing.
void World::check_point(journal::MemoryDisk& left) {
    journal::MemoryDisk* disk = &left;
    std::unique_ptr<journal::MemoryDisk> left_again;
    if (draw_.chance(0.25)) {
        disk->fail_at(draw_.below(40), Fault::crash_before);
        try {
            recover_and_inspect(*disk, rules_, witness_);
        } catch (const journal::Crash&) {
            left_again = disk->crash(draw_.word());
            disk = left_again.get();
        }
        disk->heal();
    }
    Branches taken(*disk);
    std::uint64_t digest = 0;
    Seq seq = 0;
    {
        const Inspected found = recover_and_inspect(*disk, rules_, witness_);
        taken.note(found.recovered, left_again != nullptr);
        digest = found.board->digest();
        seq = found.board->seq();
    }
    taken.count(tally_);
    const Inspected again = recover_and_inspect(*disk, rules_, witness_);
    expect(again.board->seq() == seq && again.board->digest() == digest,
           "a second recovery comes to event {}, the first one to {}",
           again.board->seq(),
           seq);
    expect(again.recovered.torn_bytes == 0, "a second recovery cuts something again");
}

std::size_t World::clients_in_flight() const {
    const auto is_busy = [](const auto& client) { return client->pending() > 0; };
    return static_cast<std::size_t>(std::ranges::count_if(requesters_, is_busy) +
                                    std::ranges::count_if(workers_, is_busy));
}

}  // namespace taskbbs::simulation
