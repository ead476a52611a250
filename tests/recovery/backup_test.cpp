// Backup and restore over disks in memory: beside a daemon that goes on between any two calls, with
// a fault or a crash at each call.
#include "broker/journal/error.hpp"
#include "tests/recovery/backups.hpp"
#include "tests/sampled.hpp"

#include <catch2/catch.hpp>

#include <map>

namespace taskbbs::recovery_test {

using Fault = MemoryDisk::Fault;

TEST_CASE("a backup, restored, is the same board under another log") {
    for (const End end : {End::stopped, End::killed}) {
        const Reach reach = GENERATE(Reach::snapshot, Reach::history);
        const Recorded recorded = record(end);
        const auto before = contents(*recorded.disk);
        MemoryDisk backup;
        const Backup made = back_up(*recorded.disk, backup, reach);
        CHECK(made.seq == recorded.end.seq);
        CHECK(made.log == log_of(recorded));
        CHECK(is_refused(*backup.copy()));
        MemoryDisk restored;
        const Backup back = restore(backup, restored);
        CHECK(back.seq == made.seq);
        CHECK(back.tasks == made.tasks);
        const Served served = serve(*restored.copy());
        CHECK(served.state == recorded.end);
        CHECK(served.log == back.log);
        CHECK(served.log != made.log);
        Life life(restored);
        // The session is remembered: its ids are used up to where they were.
        for (int round = 1000; life.acknowledged().seq == made.seq; ++round) {
            REQUIRE(round < 2000);
            life.work(round);
        }
        auto after = contents(*recorded.disk);
        after.erase("BACKUP");
        CHECK(after == before);
    }
}

TEST_CASE("a backup reaches back to the newest snapshot, or to all that is kept") {
    const Recorded recorded = record(End::stopped);
    const auto segments_in = [&](Reach reach) {
        MemoryDisk backup;
        back_up(*recorded.disk, backup, reach);
        CHECK(journal::snapshots_of(backup.list()).size() == 1);
        return journal::segments_of(backup.list()).size();
    };
    CHECK(segments_in(Reach::history) == recorded.segments().size());
    CHECK(segments_in(Reach::snapshot) < recorded.segments().size());
}

TEST_CASE("a journal without events, and one without snapshots, are backed up as well") {
    MemoryDisk empty;
    serve(empty);
    MemoryDisk backup;
    CHECK(back_up(*empty.without_process(), backup).seq == 0);
    MemoryDisk restored;
    CHECK(restore(backup, restored).seq == 0);
    CHECK(serve(restored).state.seq == 0);

    const Recorded idle = record_idle_runs();
    MemoryDisk second;
    back_up(*idle.disk, second);
    MemoryDisk again;
    restore(second, again);
    CHECK(serve(again).state == idle.end);
}

TEST_CASE(
    "beside a daemon that writes, takes snapshots and reuses segments between any two calls, a "
    "backup is a state that was acknowledged") {
    std::uint64_t calls = 1;
    for (std::uint64_t moment = 0; moment < calls; moment += test::one_in) {
        MemoryDisk disk;
        Life life(disk);
        std::map<Seq, core::Digest> acknowledged;
        int round = 0;
        const auto work = [&] {
            life.work(round++);
            acknowledged[life.acknowledged().seq] = life.acknowledged().digest;
        };
        const auto live_on = [&] {
            for (int turn = 0; turn < 2; ++turn) {
                for (const std::string file = life.tail().file; life.tail().file == file;) {
                    work();
                }
                life.take_snapshot();
                life.tidy();
            }
            work();
        };
        live_on();
        const Seq before = life.acknowledged().seq;
        std::uint64_t call = 0;
        disk.on_call = [&](const char*, const std::string&) -> std::optional<Fault> {
            if (call++ == moment) {
                live_on();
            }
            return std::nullopt;
        };
        MemoryDisk backup;
        const Backup made = back_up(disk, backup);
        calls = std::max(calls, std::min<std::uint64_t>(call, 400));
        disk.on_call = {};
        INFO("call " << moment << ": " << made.text());
        REQUIRE(made.seq >= before);
        MemoryDisk restored;
        restore(backup, restored);
        const State found = serve(restored).state;
        REQUIRE(found.seq == made.seq);
        REQUIRE((!acknowledged.contains(found.seq) || acknowledged[found.seq] == found.digest));
    }
    CHECK(calls > 20);
}

TEST_CASE("while a backup reads, a retired segment is removed and not written to") {
    MemoryDisk disk;
    Life life(disk);
    const auto lock = disk.lock(std::string(journal::backup_lock_name));
    std::map<std::string, std::shared_ptr<journal::File>> open;
    for (int round = 0; open.size() < 12; ++round) {
        for (const Seq first : journal::segments_of(disk.list())) {
            const std::string name = journal::segment_name(first);
            if (!open.contains(name)) {
                open[name] = disk.open_to_read(name);
            }
        }
        life.work(round);
        if (round % 8 == 7) {
            life.take_snapshot();
            life.tidy();
        }
    }
    CHECK(journal::segments_of(disk.list()).front() > 1);
    for (const auto& [name, file] : open) {
        std::string magic(8, ' ');
        file->read_at(0, magic);
        CHECK(magic == "TASKBBS\n");
    }
}

TEST_CASE("a torn write at the end is left out, damage with batches behind it is refused") {
    const Recorded recorded = record(End::killed);
    const auto torn = recorded.disk->copy();
    std::string& bytes = torn->bytes(recorded.newest);
    bytes[recorded.last_batch + 200] ^= 1;
    torn->bytes("LOCK").clear();
    MemoryDisk backup;
    CHECK(back_up(*torn, backup).seq == recorded.before_last.seq);

    const auto damaged = recorded.disk->copy();
    damaged->bytes(recorded.newest)[journal::segment_header_bytes + 200] ^= 1;
    MemoryDisk none;
    CHECK_THROWS_AS(back_up(*damaged, none), journal::CorruptError);
    CHECK_FALSE(none.has(std::string(journal::backup_note_name)));
}

TEST_CASE("a journal that ends before what LOCK says was reached is not backed up") {
    const Recorded recorded = record(End::stopped);
    std::string& bytes = recorded.disk->bytes(recorded.newest);
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(recorded.last_batch), bytes.end(), '\0');
    MemoryDisk backup;
    CHECK_THROWS_AS(back_up(*recorded.disk, backup), journal::CorruptError);
}

TEST_CASE("a backup that fails at any call is none, and harms nothing") {
    const Recorded recorded = record(End::stopped);
    const Fault fault = GENERATE(Fault::eio, Fault::enospc, Fault::short_write);
    std::uint64_t calls = 0;
    {
        MemoryDisk counted;
        back_up(*recorded.disk->copy(), counted);
        calls = counted.calls();
    }
    for (std::uint64_t at = 0; at < calls; at += test::one_in) {
        INFO("call " << at);
        MemoryDisk backup;
        backup.fail_at(at, fault);
        const auto disk = recorded.disk->copy();
        try {
            back_up(*disk, backup);
        } catch (const std::runtime_error&) {
            backup.heal();
            const bool finished = backup.has(std::string(journal::backup_note_name));
            REQUIRE((!finished || is_refused(backup)));
        }
        REQUIRE(serve(*disk).state == recorded.end);
    }
}

TEST_CASE("a restore that fails at any call leaves nothing") {
    const Recorded recorded = record(End::stopped);
    MemoryDisk backup;
    back_up(*recorded.disk, backup);
    const Fault fault = GENERATE(Fault::eio, Fault::enospc, Fault::short_write);
    std::uint64_t calls = 0;
    {
        MemoryDisk counted;
        restore(backup, counted);
        calls = counted.calls();
    }
    for (std::uint64_t at = 0; at < calls; at += test::one_in) {
        INFO("call " << at);
        MemoryDisk restored;
        restored.fail_at(at, fault);
        bool done = false;
        try {
            restore(backup, restored);
            done = true;
        } catch (const std::runtime_error&) {
            restored.heal();
        }
        if (done) {
            REQUIRE(serve(restored).state == recorded.end);
        } else {
            REQUIRE((restored.list().empty() || is_refused(restored)));
        }
    }
}

TEST_CASE("a crash at any call of a restore leaves a directory that is refused, or all of it") {
    const Recorded recorded = record(End::stopped);
    const std::string log = log_of(recorded);
    MemoryDisk backup;
    back_up(*recorded.disk, backup);
    std::uint64_t calls = 0;
    {
        MemoryDisk counted;
        restore(backup, counted);
        calls = counted.calls();
    }
    for (std::uint64_t at = 0; at < calls; at += test::one_in) {
        INFO("call " << at);
        MemoryDisk restored;
        restored.fail_at(at, Fault::crash_after);
        try {
            restore(backup, restored);
        } catch (const journal::Crash&) {
            restored.heal();
        }
        for (std::uint64_t seed = 0; seed < 4; ++seed) {
            const auto left = restored.crash(seed);
            const std::vector<std::string> names = left->list();
            if (journal::segments_of(names).empty() && journal::snapshots_of(names).empty()) {
                continue;  // nothing came to the disk: a restore may begin anew
            }
            if (left->has(std::string(journal::backup_note_name))) {
                REQUIRE(is_refused(*left));
                continue;
            }
            const Served served = serve(*left);
            REQUIRE(served.state == recorded.end);
            REQUIRE(served.log != log);
        }
    }
}

TEST_CASE("what is no backup is not restored, and nothing is restored over something") {
    const Recorded recorded = record(End::stopped);
    MemoryDisk restored;
    CHECK_THROWS_WITH(restore(*recorded.disk, restored), Catch::Contains("is no backup"));
    MemoryDisk backup;
    back_up(*recorded.disk, backup);
    CHECK_THROWS_WITH(restore(backup, *recorded.disk), Catch::Contains("is not empty"));
    MemoryDisk second;
    CHECK_THROWS_WITH(back_up(backup, second), Catch::Contains("is a backup itself"));
    MemoryDisk nothing;
    CHECK_THROWS_WITH(back_up(nothing, second), Catch::Contains("there is no journal here"));
    MemoryDisk small;
    small.capacity = block_bytes;
    CHECK_THROWS_WITH(back_up(*recorded.disk, small), Catch::Contains("are free"));
    CHECK(small.list().empty());
}

}  // namespace taskbbs::recovery_test
