// Scenes first, each written as one or a few batches; then the lives that are made of them.
#include "tests/golden/scripts.hpp"

#include "broker/journal/names.hpp"
#include "broker/snapshot_job.hpp"
#include "tests/golden/disk_broker.hpp"

#include <string>

namespace taskbbs::golden {

using namespace protocol;
using namespace std::chrono_literals;
using journal::MemoryDisk;

namespace {

constexpr Time dawn{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1)};
constexpr std::string_view requester = "requester";
constexpr std::string_view cell = "cell";

DesireArgs plain(std::string_view guid) {
    return {.task = {.guid = guid}};
}

// Every field of a task set to something of its own.
DesireArgs rich(std::string_view guid, Time not_before) {
    return {.task = {.guid = guid,
                     .domain = "tenant",
                     .stack = "lucid64",
                     .type = "Staging",
                     .priority = -7,
                     .payload = std::string_view("\0\xff run", 6),
                     .annotation = "for \xc3\xa9ric",
                     .memory_mb = 256,
                     .disk_mb = 1024,
                     .cpu_percent = 50,
                     .max_rejections = 1,
                     .on_executor_lost = OnExecutorLost::requeue,
                     .run_timeout = 10min,
                     .time_to_claim = 20min,
                     .not_before = not_before,
                     .created_at = dawn - 1h}};
}

HeartbeatArgs beat(std::string_view executor, std::string_view incarnation) {
    return {.executor_id = executor,
            .ttl = 60s,
            .incarnation = incarnation,
            .stacks = {"lucid64"},
            .slots = 4};
}

void executors_come(DiskBroker& broker) {
    broker.ask(cell, beat("e-1", "first"));
    broker.ask(cell, beat("e-2", "first"));
    broker.ask(cell, beat("e-3", "first"));
    broker.write();
    broker.ask(cell, DrainArgs{.executor_id = "e-3"});
    broker.ask(cell, DrainArgs{.executor_id = "e-3", .on = false});
    broker.ask(cell, DrainArgs{.executor_id = "e-3"});
    broker.ask(cell, beat("e-1", "second"));
    broker.write();
}

// Each state, and each way to the end.
void tasks_run(DiskBroker& broker, std::string_view prefix) {
    const auto name = [&](std::string_view end) { return std::string(prefix) + std::string(end); };
    for (const char* end :
         {"pending", "claimed", "running", "done", "failed", "cancelled", "gone"}) {
        broker.ask(requester, plain(name(end)));
    }
    broker.ask(requester, rich(name("rich"), no_time));
    broker.ask(requester, rich(name("later"), broker.now() + 6h));
    broker.write();
    broker.ask(cell,
               AcquireArgs{.executor_id = "e-1", .stacks = {"lucid64"}, .domains = {"tenant"}});
    for (const char* end : {"claimed", "running", "done", "failed", "gone"}) {
        broker.ask(cell, ClaimArgs{name(end), "e-1"});
    }
    broker.ask(requester, CancelArgs{name("cancelled"), "not any more"});
    broker.write();
    broker.ask(cell, RejectArgs{.guid = name("rich"), .executor_id = "e-1", .reason = "no room"});
    for (const char* end : {"running", "done", "failed", "gone"}) {
        broker.ask(cell, StartArgs{name(end), "e-1", "box of " + name(end)});
    }
    broker.ask(cell, CompleteArgs{.guid = name("done"), .result = "42"});
    broker.ask(cell, CompleteArgs{.guid = name("gone"), .executor_id = "e-1"});
    broker.ask(cell,
               CompleteArgs{.guid = name("failed"), .failed = true, .failure_reason = "it broke"});
    broker.write();
    broker.ask(requester, ResolvingArgs{name("done")});
    broker.ask(requester, ResolvingArgs{name("gone")});
    broker.ask(requester, ResolveArgs{name("gone"), {}});
    broker.write();
    broker.ack();
}

// Owners that leave: a depart, a restart, one that is not heard of any more.
void owners_are_lost(DiskBroker& broker) {
    TaskView again = rich("again", no_time).task;
    again.not_before = no_time;
    broker.ask(requester, DesireArgs{again});
    broker.ask(requester, plain("lost-with-2"));
    broker.ask(requester, plain("lost-with-3"));
    broker.ask(cell, ClaimArgs{"again", "e-2"});
    broker.ask(cell, ClaimArgs{"lost-with-2", "e-2"});
    broker.ask(cell, StartArgs{"lost-with-2", "e-2", "box"});
    broker.ask(cell, ClaimArgs{"lost-with-3", "e-3"});
    broker.write();
    broker.ask(cell, beat("e-2", "second"));
    broker.write();
    broker.ask(cell, DepartArgs{"e-3"});
    broker.write();
}

// Kicks, demotions and failures, by timers and by a pass that is asked for.
void time_goes_by(DiskBroker& broker) {
    broker.pass(40s);
    broker.ask(requester, ConvergeArgs{.convergence_interval = 10s});
    broker.pass(21min);
    broker.ask(requester, ConvergeArgs{.time_to_claim = 15min});
    broker.write();
}

void make_clean_stop(MemoryDisk& disk) {
    DiskBroker first(disk, board_settings(), dawn);
    executors_come(first);
    tasks_run(first, "a-");
    owners_are_lost(first);
    time_goes_by(first);
    first.stop();
    DiskBroker second(disk, board_settings(), dawn + 2h);
    executors_come(second);
    tasks_run(second, "b-");
    second.stop();
}

// A domain, one of its stacks, the stack without a name; some of it resumed.
void queues_pause(DiskBroker& broker) {
    broker.ask(requester, PauseArgs{.domain = "tenant"});
    broker.ask(requester, PauseArgs{.domain = "tenant", .stack = "lucid64"});
    broker.ask(requester, PauseArgs{.domain = "default", .stack = ""});
    broker.write();
    broker.ask(requester, ResumeArgs{.domain = "tenant", .stack = "lucid64"});
    broker.ask(requester, PauseArgs{.domain = "default", .stack = ""});
    broker.write();
}

std::string newest_segment(MemoryDisk& disk) {
    return journal::segment_name(journal::segments_of(disk.list()).back());
}

// What a disk leaves that had got so far with the last write when the power went.
void tear(MemoryDisk& disk, const std::string& before) {
    std::string& now = disk.bytes(newest_segment(disk));
    std::size_t changed = 0;
    while (now[changed] == before[changed]) {
        ++changed;
    }
    constexpr std::size_t sector_bytes = 512;
    for (std::size_t at = changed + sector_bytes; at < now.size(); ++at) {
        now[at] = before[at];
    }
}

void make_torn_tail(MemoryDisk& disk) {
    {
        DiskBroker broker(disk, board_settings(), dawn);
        executors_come(broker);
        tasks_run(broker, "a-");
        const std::string before = disk.bytes(newest_segment(disk));
        for (int i = 0; i < 4; ++i) {
            broker.ask(requester, rich("torn-" + std::to_string(i), no_time));
        }
        broker.write();
        tear(disk, before);
    }
}

void make_snapshot(MemoryDisk& disk) {
    DiskBroker broker(disk, board_settings(), dawn);
    executors_come(broker);
    tasks_run(broker, "a-");
    owners_are_lost(broker);
    time_goes_by(broker);
    const auto taken =
        broker::take_snapshot(disk, board_settings(), {.now = broker.now(), .writer = "golden"});
    for (const journal::Seq segment : journal::segments_of(disk.list())) {
        if (segment <= taken.value().seq) {
            disk.remove(journal::segment_name(segment));
        }
    }
    tasks_run(broker, "b-");
}

// Once before a snapshot, once behind it.
void make_paused(MemoryDisk& disk) {
    DiskBroker broker(disk, board_settings(), dawn);
    executors_come(broker);
    tasks_run(broker, "a-");
    queues_pause(broker);
    static_cast<void>(
        broker::take_snapshot(disk, board_settings(), {.now = broker.now(), .writer = "golden"}));
    tasks_run(broker, "b-");
    broker.ask(requester, ResumeArgs{.domain = "tenant"});
    broker.ask(requester, PauseArgs{.domain = "later"});
    broker.write();
}

}  // namespace

core::Settings board_settings() {
    core::Settings settings;
    settings.converge.completed_expiry = 15min;
    settings.converge.kick_interval = 5min;  // the files stay small
    return settings;
}

const std::array<Script, 4>& scripts() {
    static const std::array<Script, 4> all{{{"clean_stop", make_clean_stop},
                                            {"torn_tail", make_torn_tail},
                                            {"snapshot", make_snapshot},
                                            {"paused", make_paused}}};
    return all;
}

}  // namespace taskbbs::golden
