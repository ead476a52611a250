// Lives that write what is recorded, and what recovery makes of it.
#include "tests/recovery/recorded.hpp"

#include "broker/journal/error.hpp"
#include "broker/journal/names.hpp"
#include "broker/snapshot_job.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::recovery_test {

namespace {

constexpr std::uint64_t segment_bytes = 8 * block_bytes;
constexpr std::size_t segments_before_a_snapshot = 3;

// Asks for a task, which becomes the journal's last batch; and what there is then.
Recorded end_with(Life& life, const protocol::TaskView& task, MemoryDisk& disk) {
    Recorded made;
    made.before_last = life.acknowledged();
    const std::string file = life.tail().file;
    const std::uint64_t offset = life.tail().offset;
    life.ask(protocol::DesireArgs{task});
    made.end = life.acknowledged();
    made.newest = life.tail().file;
    made.last_batch = made.newest == file ? offset : journal::segment_header_bytes;
    made.tail = life.tail().offset;
    // The locks stay with the life that ends here.
    made.disk = disk.copy();
    return made;
}

std::vector<Seq> segments_on(MemoryDisk& disk) {
    return journal::segments_of(disk.list());
}

// Until so many more segments are there.
void fill(Life& life, MemoryDisk& disk, int& round) {
    const std::size_t goal = segments_on(disk).size() + segments_before_a_snapshot;
    while (segments_on(disk).size() < goal) {
        life.work(round++);
    }
}

void retire_before(MemoryDisk& disk, Seq snapshot) {
    for (const Seq segment : segments_on(disk)) {
        if (segment <= snapshot) disk.remove(journal::segment_name(segment));
    }
}

std::vector<std::string> with_prefix(MemoryDisk& disk, std::string_view prefix) {
    std::vector<std::string> found;
    for (const std::string& name : disk.list()) {
        if (name.starts_with(prefix)) found.push_back(name);
    }
    return found;
}

}  // namespace

std::vector<std::string> Recorded::segments() const {
    return with_prefix(*disk, "seg-");
}

std::vector<std::string> Recorded::snapshots() const {
    return with_prefix(*disk, "snap-");
}

std::vector<std::string> Recorded::files() const {
    std::vector<std::string> all = segments();
    const std::vector<std::string> more = snapshots();
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

bool Recorded::is_read(const std::string& segment) const {
    return journal::parse_segment_name(segment).value() > journal::snapshots_of(snapshots()).back();
}

Recorded record(End end, unsigned seed) {
    auto disk = std::make_unique<MemoryDisk>();
    std::vector<char> discarded(8UL * seed);
    disk->random(discarded);
    MemoryDisk& files = *disk;
    Life life(files);
    protocol::HeartbeatArgs beat;
    beat.executor_id = "e1";
    beat.incarnation = "i1";
    beat.ttl = std::chrono::minutes(10);
    life.ask(beat);
    int round = 0;
    fill(life, files, round);
    const auto older = broker::take_snapshot(files, board_settings(), recovery_options());
    fill(life, files, round);
    const auto newer = broker::take_snapshot(files, board_settings(), recovery_options());
    REQUIRE((older && newer && newer->before == older->seq));
    fill(life, files, round);
    retire_before(files, older->seq);
    // In a segment that has room for what a stop writes.
    while (life.tail().offset > 4 * block_bytes) {
        life.work(round++);
    }
    const std::string payload(block_bytes, 'p');
    protocol::TaskView last;
    last.guid = "last";
    last.payload = payload;
    Recorded made = end_with(life, last, files);
    if (end == End::stopped) {
        life.stop();
        made.tail = life.tail().offset;
        made.disk = files.copy();
    }
    REQUIRE(made.snapshots().size() == 2);
    REQUIRE(made.segments().size() >= 5);
    return made;
}

Recorded record_idle_runs() {
    auto disk = std::make_unique<MemoryDisk>();
    // No room for another batch and the seal.
    for (std::uint64_t offset = 0; offset + 2 * block_bytes <= segment_bytes;) {
        Life idle(*disk);
        offset = idle.tail().offset;
        idle.stop();
    }
    Life life(*disk);
    REQUIRE(life.tail().offset == 2 * block_bytes);
    protocol::TaskView task;
    task.guid = "g";
    return end_with(life, task, *disk);
}

std::map<std::string, std::string> contents(MemoryDisk& disk) {
    std::map<std::string, std::string> all;
    for (const std::string& name : disk.list()) {
        all.emplace(name, disk.bytes(name));
    }
    return all;
}

void require_helpful(const std::string& text) {
    INFO(text);
    const bool names_file = text.find("memory/seg-") != std::string::npos ||
                            text.find("memory/snap-") != std::string::npos;
    REQUIRE(names_file);
    const auto says = [&](std::string_view part) { return text.find(part) != std::string::npos; };
    for (const char* const part :
         {" at offset ", "where event ", "Nothing was changed", "restore it from a backup"}) {
        REQUIRE(says(part));
    }
    const bool repairs =
        says("taskbbsd journal repair --truncate-at ") && says("--journal.dir memory");
    REQUIRE((repairs || says("no repair helps") || says("there is no segment at all")));
}

namespace {

void require_unchanged(const std::map<std::string, std::string>& before, MemoryDisk& disk) {
    auto after = contents(disk);
    // Whoever looks at a directory without LOCK makes one.
    if (!before.contains("LOCK")) after.erase("LOCK");
    REQUIRE(after == before);
}

Verdict judge_state(const State& found, const Recorded& recorded) {
    if (found == recorded.end) return Verdict::harmless;
    REQUIRE(found == recorded.before_last);
    return Verdict::cut;
}

}  // namespace

Verdict judge(MemoryDisk& damaged, const Recorded& recorded) {
    const auto before = contents(damaged);
    State found;
    try {
        found = state_of(*recover(damaged).board);
    } catch (const journal::CorruptError& error) {
        require_helpful(error.what());
        REQUIRE((error.seq() >= 1 && error.seq() <= recorded.end.seq + 1));
        require_unchanged(before, damaged);
        return Verdict::refused;
    } catch (const journal::UnsupportedError&) {
        require_unchanged(before, damaged);
        return Verdict::refused;
    }
    return judge_state(found, recorded);
}

Verdict judge_twice(MemoryDisk& damaged, const Recorded& recorded) {
    const Verdict verdict = judge(damaged, recorded);
    if (verdict != Verdict::refused) REQUIRE(judge(damaged, recorded) == verdict);
    return verdict;
}

}  // namespace taskbbs::recovery_test
