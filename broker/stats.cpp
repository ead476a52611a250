// The open map that `stats` answers with.
#include "broker/broker.hpp"
#include "protocol/packer.hpp"

#include <array>
#include <numeric>
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

constexpr auto number = [](auto value) { return static_cast<std::int64_t>(value); };

using Numbers = std::vector<std::pair<std::string_view, std::int64_t>>;

// How far what is counted may go.
void add_limits(Numbers& numbers, const core::LimitSettings& limits) {
    numbers.insert(numbers.end(),
                   {{"tasks_limit", number(limits.tasks)},
                    {"task_bytes_limit", number(limits.task_bytes)},
                    {"sessions_limit", number(limits.sessions)},
                    {"outcomes_limit", number(limits.outcomes)},
                    {"executors_limit", number(limits.executors)},
                    {"waiting_acquires_limit", number(limits.waiting)}});
}

// What the shell around the loop knows, and what it counts.
void add_shell(Numbers& numbers, const Stats& stats) {
    numbers.insert(numbers.end(),
                   {{"busy", number(stats.busy)},
                    {"executors_lost", number(stats.executors_lost)},
                    {"connections_refused", number(stats.connections_refused)},
                    {"connections_limit", number(stats.connections_limit)},
                    {"snapshot_at", stats.snapshot_at.time_since_epoch().count()},
                    {"snapshot_ms", ms(stats.snapshot_took)},
                    {"pid", stats.pid},
                    {"rss_bytes", number(stats.rss_bytes)},
                    {"disk_free_bytes", number(stats.disk_free_bytes)}});
}

}  // namespace

// What is left of them for a client that domains bound: its tasks, and what keeps them from being
// worked on. The rest would tell of others.
void Broker::stats_within(const Caller& caller) {
    const core::Tasks& tasks = board_.tasks();
    std::array<std::size_t, protocol::live_states> counts{};
    for (const std::string& name : caller.grant->domains) {
        const Slot domain = tasks.domains().find(name);
        for (std::size_t i = 0; domain != core::no_slot && i < counts.size(); ++i) {
            counts[i] += tasks.domains()[domain].listings[i].size();
        }
    }
    std::string body;
    protocol::Packer packer(body);
    const auto put = [&packer](std::string_view name, std::int64_t value) {
        packer.str(name);
        packer.integer(value);
    };
    packer.map(static_cast<std::uint32_t>(counts.size() + 7));
    put("uptime_ms", ms(now_ - board_.clock().serving_since()));
    put("at", board_.clock().peek(now_).time_since_epoch().count());
    put("seq", board_.seq());
    put("tasks", number(std::accumulate(counts.begin(), counts.end(), std::size_t{0})));
    for (std::size_t i = 0; i < counts.size(); ++i) {
        put(name_of(static_cast<core::State>(i)), number(counts[i]));
    }
    packer.str("brake");
    packer.boolean(presence_.brake());
    packer.str("read_only");
    packer.boolean(read_only_);
    packer.str("sync");
    packer.str(identity_.sync);
    reply_packed(caller, body);
}

void Broker::stats(const Caller& caller, const Request& /*request*/) {
    if (caller.grant && caller.grant->is_bounded()) {
        return stats_within(caller);
    }
    using core::State;
    const core::Tasks& tasks = board_.tasks();
    Numbers numbers{
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
        {"keys_refused", number(stats_.keys_refused)},
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
    add_shell(numbers, stats_);
    add_limits(numbers, board_.settings().limits);
    std::string body;
    protocol::Packer packer(body);
    packer.map(static_cast<std::uint32_t>(numbers.size() + 8));
    for (const auto& [name, value] : numbers) {
        packer.str(name);
        packer.integer(value);
    }
    packer.str("brake");
    packer.boolean(presence_.brake());
    packer.str("read_only");
    packer.boolean(read_only_);
    for (const auto& [name, text] :
         {std::pair<std::string_view, std::string_view>{"sync", identity_.sync},
          {"settings", stats_.settings},
          {"system", identity_.system},
          {"libzmq", identity_.libzmq}}) {
        packer.str(name);
        packer.str(text);
    }
    packer.str("curve");
    packer.boolean(identity_.curve);
    packer.str("open_plaintext");
    packer.boolean(identity_.open_plaintext);
    reply_packed(caller, body);
}

}  // namespace taskbbs::broker
