// The open map that `stats` answers with.
#include "broker/broker.hpp"
#include "protocol/packer.hpp"

#include <utility>
#include <vector>

namespace taskbbs::broker {

namespace {

std::int64_t ms(core::Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::int64_t us(std::chrono::nanoseconds duration) {
    return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

}  // namespace

void Broker::stats(const Caller& caller, const Request& /*request*/) {
    using core::State;
    const core::Tasks& tasks = board_.tasks();
    const auto number = [](auto value) { return static_cast<std::int64_t>(value); };
    const std::vector<std::pair<std::string_view, std::int64_t>> numbers{
        {"uptime_ms", ms(now_ - board_.clock().serving_since())},
        {"seq", board_.seq()},
        {"tasks", number(tasks.size())},
        {"pending", number(tasks.count(State::pending))},
        {"claimed", number(tasks.count(State::claimed))},
        {"running", number(tasks.count(State::running))},
        {"completed", number(tasks.count(State::completed))},
        {"resolving", number(tasks.count(State::resolving))},
        {"executors", number(board_.executors().present())},
        {"draining", number(board_.executors().draining())},
        {"paused", number(board_.pauses().size())},
        {"executors_run_out", number(presence_.run_out())},
        {"sessions", number(board_.sessions().size())},
        {"outcomes", number(board_.sessions().outcomes())},
        {"waiting_acquires", number(waiters_.size())},
        {"task_bytes", number(tasks.opaque_bytes())},
        {"requests", number(stats_.requests)},
        {"refused", number(stats_.refused)},
        {"malformed", number(stats_.malformed)},
        {"dropped_replies", number(stats_.dropped_replies)},
        {"batches", number(stats_.batches)},
        {"syncs", number(stats_.syncs)},
        {"journal_bytes", number(stats_.journal_bytes)},
        {"snapshot_seq", stats_.snapshot_seq},
        {"snapshots", number(stats_.snapshots)},
        {"snapshot_failures", number(stats_.snapshot_failures)},
        {"connections", number(stats_.connections)},
        {"clock_ahead_ms", ms(board_.clock().ahead(now_))},
        {"loop_longest_us", us(stats_.loop_longest)},
        {"sync_mean_us", us(stats_.sync_mean)},
        {"sync_max_us", us(stats_.sync_longest)},
        {"at", board_.clock().peek(now_).time_since_epoch().count()},
    };
    std::string body;
    protocol::Packer packer(body);
    packer.map(static_cast<std::uint32_t>(numbers.size() + 3));
    for (const auto& [name, value] : numbers) {
        packer.str(name);
        packer.integer(value);
    }
    packer.str("brake");
    packer.boolean(presence_.brake());
    packer.str("read_only");
    packer.boolean(read_only_);
    packer.str("sync");
    packer.str(identity_.sync);
    counters_.note_answer(caller.verb, protocol::Status::ok);
    gathering_.reply_packed(caller.peer, caller.id, body);
}

}  // namespace taskbbs::broker
