// The rows of the table, in the order in which help and config/taskbbsd.conf show them.
#include "broker/option_table.hpp"

#include <array>

namespace taskbbs::broker {

namespace {

using std::chrono::milliseconds;
using O = Options;

constexpr std::uint64_t kib = 1ULL << 10;
constexpr std::uint64_t gib = 1ULL << 30;
constexpr std::uint64_t tib = 1ULL << 40;

constexpr Range any_time{0, 87'600ULL * 3'600'000};  // up to ten years
constexpr Range some_time{1, any_time.most};
constexpr Range message_size{1, gib / 4};
constexpr Range memory_size{1, 64 * tib};
constexpr Range some{1, 1'000'000'000};
constexpr Range any_mode{0, 0777};

constexpr auto journal_rows = std::to_array<Option>({
    {"journal.dir",
     Kind::directory,
     [](O& o) -> std::string& { return o.journal.dir; },
     {},
     "where the journal lives; it must exist, and serves one broker at a time"},
    {"journal.sync",
     Kind::word,
     [](O& o) -> journal::Sync& { return o.journal.sync; },
     {},
     "never: a crash of the machine loses acknowledged events; for tests and tmpfs only"},
    {"journal.segment_bytes",
     Kind::size,
     [](O& o) -> std::uint64_t& { return o.journal.segment_bytes; },
     {4 * kib, 16 * gib},
     "a file of the journal; at least 2 x limits.batch_bytes"},
    {"journal.reserve_bytes",
     Kind::size,
     [](O& o) -> std::uint64_t& { return o.journal.reserve_bytes; },
     {0, 64 * tib},
     "disk space held back, so that work ends in order when the disk is full; 0: none"},
    {"journal.snapshot_bytes",
     Kind::size,
     [](O& o) -> std::uint64_t& { return o.journal.snapshot_bytes; },
     {1, 64 * tib},
     "journal after which a snapshot is taken, or as much as the last one has"},
    {"journal.retain_for",
     Kind::duration,
     [](O& o) -> milliseconds& { return o.journal.retain_for; },
     any_time,
     "how long events are kept for replay"},
    {"journal.retain_bytes",
     Kind::size,
     [](O& o) -> std::uint64_t& { return o.journal.retain_bytes; },
     {0, 64 * tib},
     "what they may take, and never more than a quarter of the disk"},
});

constexpr auto endpoint_rows = std::to_array<Option>({
    {"requests.endpoint",
     Kind::endpoint,
     [](O& o) -> std::string& { return o.requests_endpoint; },
     {},
     "where clients send their requests"},
    {"requests.ipc_mode",
     Kind::mode,
     [](O& o) -> std::uint32_t& { return o.requests_ipc_mode; },
     any_mode,
     "of the socket's file, where the endpoint is ipc://: who may write to it may connect"},
    {"events.endpoint",
     Kind::endpoint,
     [](O& o) -> std::string& { return o.events_endpoint; },
     {},
     "where events are published"},
    {"events.ipc_mode",
     Kind::mode,
     [](O& o) -> std::uint32_t& { return o.events_ipc_mode; },
     any_mode,
     "the same of this socket"},
    {"events.advertise",
     Kind::advertised,
     [](O& o) -> std::string& { return o.events_advertise; },
     {},
     "what clients are told of it, where it is bound to a wildcard or behind a forwarder"},
});

constexpr auto security_rows = std::to_array<Option>({
    {"security.server_key",
     Kind::file,
     [](O& o) -> std::string& { return o.server_key; },
     {},
     "the broker's secret key, made by `taskbbsd keygen FILE`; turns encryption on"},
    {"security.authorized_keys",
     Kind::file,
     [](O& o) -> std::string& { return o.authorized_keys; },
     {},
     "clients' public keys and what each may do; read again on SIGHUP",
     Reload::yes},
    {"security.allow_plaintext",
     Kind::word,
     [](O& o) -> Flag& { return o.allow_plaintext; },
     {},
     "true: other hosts may connect though nothing is encrypted and everybody is operator"},
});

constexpr auto converge_rows = std::to_array<Option>({
    {"converge.every",
     Kind::duration,
     [](O& o) -> milliseconds& { return o.core.converge.every; },
     any_time,
     "between two passes; 0s: only those that are asked for",
     Reload::yes},
    {"converge.time_to_claim",
     Kind::duration,
     [](O& o) -> milliseconds& { return o.core.converge.time_to_claim; },
     some_time,
     "a task pending for this long fails, unless it brings a time of its own",
     Reload::yes},
    {"converge.kick_interval",
     Kind::duration,
     [](O& o) -> milliseconds& { return o.core.converge.kick_interval; },
     some_time,
     "a task left pending or completed for this long is announced again",
     Reload::yes},
    {"converge.kick_interval_max",
     Kind::duration,
     [](O& o) -> milliseconds& { return o.core.converge.kick_interval_max; },
     some_time,
     "to which that interval doubles with each announcement in a row",
     Reload::yes},
    {"converge.claim_timeout",
     Kind::duration,
     [](O& o) -> milliseconds& { return o.core.converge.claim_timeout; },
     some_time,
     "a task claimed and not started for this long is pending again",
     Reload::yes},
    {"converge.resolve_timeout",
     Kind::duration,
     [](O& o) -> milliseconds& { return o.core.converge.resolve_timeout; },
     some_time,
     "a task being resolved for this long is completed again",
     Reload::yes},
    {"converge.completed_expiry",
     Kind::duration,
     [](O& o) -> milliseconds& { return o.core.converge.completed_expiry; },
     any_time,
     "a completed task that nobody resolves is dropped after this; 0s: never",
     Reload::yes},
    {"converge.kick_rate",
     Kind::count,
     [](O& o) -> std::uint32_t& { return o.core.converge.kick_rate; },
     some,
     "announcements a second at most; the rest wait",
     Reload::yes},
});

constexpr auto presence_rows = std::to_array<Option>({
    {"presence.brake_percent",
     Kind::count,
     [](O& o) -> std::uint32_t& { return o.core.presence.brake_percent; },
     {0, 100},
     "if more executors than this share fall silent at once, the network is suspected; 100: never",
     Reload::yes},
    {"presence.brake_grace",
     Kind::duration,
     [](O& o) -> milliseconds& { return o.core.presence.brake_grace; },
     any_time,
     "and they have this long to be heard again before they count as lost",
     Reload::yes},
});

constexpr auto limits_rows = std::to_array<Option>({
    {"limits.payload_bytes",
     Kind::size,
     [](O& o) -> std::uint64_t& { return o.core.limits.payload_bytes; },
     message_size,
     "a task's payload",
     Reload::yes},
    {"limits.result_bytes",
     Kind::size,
     [](O& o) -> std::uint64_t& { return o.core.limits.result_bytes; },
     message_size,
     "a task's result",
     Reload::yes},
    {"limits.message_bytes",
     Kind::size,
     [](O& o) -> std::uint64_t& { return o.core.limits.message_bytes; },
     message_size,
     "a request message; longer ones are refused or their connection is closed"},
    {"limits.reply_bytes",
     Kind::size,
     [](O& o) -> std::uint64_t& { return o.core.limits.reply_bytes; },
     message_size,
     "after which a reply message is closed and a page ends",
     Reload::yes},
    {"limits.batch_bytes",
     Kind::size,
     [](O& o) -> std::uint64_t& { return o.core.limits.batch_bytes; },
     message_size,
     "after which a batch is closed; what is synced at once"},
    {"limits.tasks",
     Kind::count,
     [](O& o) -> std::uint64_t& { return o.core.limits.tasks; },
     some,
     "tasks on the board",
     Reload::yes},
    {"limits.task_bytes",
     Kind::size,
     [](O& o) -> std::uint64_t& { return o.core.limits.task_bytes; },
     memory_size,
     "their payloads, results and annotations together, in memory",
     Reload::yes},
    {"limits.sessions",
     Kind::count,
     [](O& o) -> std::uint64_t& { return o.core.limits.sessions; },
     some,
     "remembered sessions; one whose replies are acknowledged costs up to 96 bytes",
     Reload::yes},
    {"limits.unacked",
     Kind::count,
     [](O& o) -> std::uint64_t& { return o.core.limits.unacked; },
     some,
     "remembered outcomes of one session; it gets busy beyond",
     Reload::yes},
    {"limits.outcomes",
     Kind::count,
     [](O& o) -> std::uint64_t& { return o.core.limits.outcomes; },
     some,
     "remembered outcomes of all sessions",
     Reload::yes},
    {"limits.executors",
     Kind::count,
     [](O& o) -> std::uint64_t& { return o.core.limits.executors; },
     some,
     "executors present",
     Reload::yes},
    {"limits.waiting",
     Kind::count,
     [](O& o) -> std::uint64_t& { return o.core.limits.waiting; },
     some,
     "acquires that wait for a task",
     Reload::yes},
    {"limits.connections",
     Kind::count,
     [](O& o) -> std::uint64_t& { return o.core.limits.connections; },
     some,
     "clients and subscribers connected; new ones wait outside beyond",
     Reload::yes},
    {"limits.peer_reply_bytes",
     Kind::size,
     [](O& o) -> std::uint64_t& { return o.core.limits.peer_reply_bytes; },
     memory_size,
     "replies that wait for one client; its requests are refused as busy beyond",
     Reload::yes},
});

constexpr auto log_rows = std::to_array<Option>({
    {"log.level",
     Kind::word,
     [](O& o) -> Level& { return o.log_level; },
     {},
     "shows this level and what is more urgent",
     Reload::yes},
    {"log.format",
     Kind::word,
     [](O& o) -> LogFormat& { return o.log_format; },
     {},
     "auto: the journal's fields where standard error leads there, else text"},
});

constexpr auto metrics_rows = std::to_array<Option>({
    {"metrics.endpoint",
     Kind::listener,
     [](O& o) -> std::string& { return o.metrics_endpoint; },
     {},
     "where /metrics, /livez and /readyz are served by HTTP: HOST:PORT; empty: nowhere"},
});

template <std::size_t... Sizes>
constexpr auto joined(const std::array<Option, Sizes>&... groups) {
    std::array<Option, (Sizes + ...)> all{};
    auto at = all.begin();
    ((at = std::copy(groups.begin(), groups.end(), at)), ...);
    return all;
}

constexpr auto rows = joined(journal_rows,
                             endpoint_rows,
                             security_rows,
                             converge_rows,
                             presence_rows,
                             limits_rows,
                             log_rows,
                             metrics_rows);

}  // namespace

std::span<const Option> option_table() {
    return rows;
}

}  // namespace taskbbs::broker
