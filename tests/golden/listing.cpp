// Every field by its name, in the order of a snapshot's rows.
#include "tests/golden/listing.hpp"

#include <fmt/format.h>

namespace taskbbs::golden {

using namespace core;

namespace {

// Printable whatever it is.
std::string quoted(std::string_view bytes) {
    std::string text = "\"";
    for (const char byte : bytes) {
        const auto code = static_cast<unsigned char>(byte);
        const bool plain = code >= 0x20 && code < 0x7f && byte != '"' && byte != '\\';
        text += plain ? std::string(1, byte) : fmt::format("\\x{:02x}", code);
    }
    return text + '"';
}

// The name that a test gave it, the zeroes behind it left out.
std::string name_in(const SessionId& session) {
    const std::string_view bytes = session.view();
    return quoted(bytes.substr(0, bytes.find_last_not_of('\0') + 1));
}

std::int64_t ns(Time time) {
    return time.time_since_epoch().count();
}

std::string line_of(const ExecutorRow& row) {
    std::string line = fmt::format(
        "executor {} present={} draining={} ever_joined={} incarnation={} joined_at={} ttl_ms={} "
        "left_at={} lost_at={} departed_by={} departed_id={} formers=",
        row.id,
        row.present,
        row.draining,
        row.ever_joined,
        quoted(row.incarnation),
        ns(row.joined_at),
        row.ttl.count(),
        row.left_at,
        row.lost_at,
        name_in(row.departed_by),
        row.departed_id);
    for (const std::string& former : row.former_incarnations) {
        line += quoted(former);
    }
    return line + '\n';
}

std::string line_of(const TaskRow& row) {
    const TaskNumbers& of = row.numbers;
    return fmt::format(
        "task {} {} born={} seq={} epoch={} domain={} stack={} type={} priority={} payload={} "
        "annotation={} memory_mb={} disk_mb={} cpu_percent={} max_rejections={} "
        "on_executor_lost={} run_timeout_ms={} time_to_claim_ms={} not_before={} created_at={} "
        "pending_since={} updated_at={} completed_at={} executor={} container={} failed={} "
        "failure={} result={} rejections={} rejection={} kicks={}\n",
        row.guid,
        name_of(static_cast<State>(of.state)),
        of.born,
        of.seq,
        of.epoch,
        quoted(row.domain),
        quoted(row.stack),
        quoted(row.type),
        of.priority,
        quoted(row.payload),
        quoted(row.annotation),
        of.memory_mb,
        of.disk_mb,
        of.cpu_percent,
        of.max_rejections,
        of.on_executor_lost,
        of.run_timeout,
        of.time_to_claim,
        of.not_before,
        of.created_at,
        of.pending_since,
        of.updated_at,
        of.completed_at,
        quoted(row.executor_id),
        quoted(row.container_handle),
        of.failed,
        quoted(row.failure_reason),
        quoted(row.result),
        of.rejection_count,
        quoted(row.rejection_reason),
        of.kicks);
}

std::string line_of(const BoardNumbers& numbers) {
    std::string line =
        fmt::format("board seq={} last_stamp={} serving_ns={} last_batch={} ordinals",
                    numbers.seq,
                    numbers.last_stamp,
                    numbers.serving,
                    numbers.last_batch);
    for (std::size_t stream = 0; stream < numbers.ordinals.size(); ++stream) {
        line +=
            fmt::format(" {}={}", name_of(static_cast<Stream>(stream)), numbers.ordinals[stream]);
    }
    return line + '\n';
}

}  // namespace

std::string listing_of(const Board& board) {
    std::string text = line_of(board.numbers());
    for (const ExecutorRow& row : board.executors().rows()) {
        text += line_of(row);
    }
    board.sessions().rows(
        [&](const SessionNumbers& session) {
            text += fmt::format("session {} acked={} last_used_ns={}\n",
                                name_in(session.id),
                                session.acked,
                                session.last_used);
        },
        [&](const OutcomeNumbers& outcome) {
            text += fmt::format("  request {} {} events={}..{} state={}\n",
                                outcome.id,
                                name_of(static_cast<Verb>(outcome.verb)),
                                outcome.first,
                                outcome.last,
                                name_of(static_cast<State>(outcome.state)));
        });
    board.tasks().rows([&](const TaskRow& row) { text += line_of(row); });
    if (!board.pauses().is_blank()) {
        text += fmt::format("pauses ordinal={}\n", board.pauses().ordinal());
    }
    for (const Pause& pause : board.pauses()) {
        text += fmt::format("  {} stack={} since={}\n",
                            pause.domain,
                            pause.stack ? quoted(*pause.stack) : "any",
                            ns(pause.since));
    }
    return text;
}

}  // namespace taskbbs::golden
