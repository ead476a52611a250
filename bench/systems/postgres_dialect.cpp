// A message is a kind, a length that counts itself, and a body. Of the answers, the ends of
// commands and of transactions count, and errors.
#include "bench/systems/postgres_dialect.hpp"

#include "bench/load/zmtp.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace taskbbs::bench {

namespace {

constexpr std::string_view nothing("\0", 1);
constexpr std::size_t head_bytes = 5;

void append_number(std::string& out, std::uint64_t value, std::size_t bytes) {
    out.append(bytes, '\0');
    put_big_endian(out.data() + out.size() - bytes, value, bytes);
}

void append_message(std::string& out, char kind, std::string_view body) {
    out += kind;
    append_number(out, body.size() + 4, 4);
    out += body;
}

// $1 is the guid. NOTIFY is a part of the statement that makes the change.
std::array<std::string, 6> statements(Notify notify) {
    const auto told = [notify](std::string_view state) {
        return notify == Notify::yes ? "pg_notify('" + std::string(state) + "', guid)" : "guid";
    };
    return {
        "INSERT INTO tasks (guid, state, payload) VALUES ($1, 'pending', $2) RETURNING " +
            told("pending"),
        "UPDATE tasks SET state = 'claimed', executor_id = $2 WHERE guid = $1 "
        "AND state = 'pending' RETURNING payload, " +
            told("claimed"),
        "UPDATE tasks SET state = 'running', container_handle = $2 WHERE guid = $1 "
        "AND state = 'claimed' RETURNING " +
            told("running"),
        "UPDATE tasks SET state = 'completed', result = $2 WHERE guid = $1 "
        "AND state = 'running' RETURNING " +
            told("completed"),
        "UPDATE tasks SET state = 'resolving' WHERE guid = $1 AND state = 'completed' "
        "RETURNING failed, result, " +
            told("resolving"),
        "DELETE FROM tasks WHERE guid = $1 AND state = 'resolving' RETURNING " + told("resolved")};
}

struct Message {
    char kind = 0;
    std::string_view body;
};

bool take_message(std::string_view& in, Message& message) {
    if (in.size() < head_bytes) {
        return false;
    }
    const std::size_t size = big_endian(in.data() + 1, 4) + 1;
    if (in.size() < size) {
        return false;
    }
    message = {in[0], in.substr(head_bytes, size - head_bytes)};
    in.remove_prefix(size);
    return true;
}

// An error's fields are a letter and a text; M is what people read.
std::string_view text_of_error(std::string_view body) {
    while (body.size() > 1 && body[0] != 'M') {
        body.remove_prefix(std::min(body.size(), body.find('\0') + 1));
    }
    return body.size() > 1 ? body.substr(1, body.find('\0') - 1) : "an error";
}

}  // namespace

std::string_view postgres_schema() {
    return "CREATE TABLE tasks (guid text PRIMARY KEY, state text NOT NULL, payload bytea, "
           "executor_id text, container_handle text, failed boolean DEFAULT false, result bytea)\n"
           "CREATE INDEX tasks_by_state ON tasks (state)\n";
}

PostgresDialect::PostgresDialect(const Load& load, Notify notify)
    : notify_(notify), per_sync_(load.per_message) {
    const std::string payload(load.payload_bytes, 'x');
    const std::array<std::string_view, step_count> arguments{
        payload, "bench-executor", "handle", "ok", {}, {}};
    for (std::size_t step = 0; step < step_count; ++step) {
        molds_[step] = mold_of(step, arguments[step]);
    }
}

// All values as text, which for a bytea without a backslash is its bytes.
PostgresDialect::Mold PostgresDialect::mold_of(std::size_t step, std::string_view argument) {
    std::string bind(nothing);
    bind += static_cast<char>('1' + step);
    bind += nothing;
    append_number(bind, 0, 2);
    append_number(bind, argument.empty() ? 1 : 2, 2);
    append_number(bind, guid_bytes, 4);
    Mold mold{.guid_at = head_bytes + bind.size()};
    bind.append(guid_bytes, 'g');
    if (!argument.empty()) {
        append_number(bind, argument.size(), 4);
        bind += argument;
    }
    append_number(bind, 0, 2);
    append_message(mold.bytes, 'B', bind);
    std::string execute(nothing);
    append_number(execute, 0, 4);
    append_message(mold.bytes, 'E', execute);
    return mold;
}

void PostgresDialect::open(std::string& out) {
    constexpr std::uint64_t version = 3U << 16U;
    std::string body;
    append_number(body, version, 4);
    constexpr std::string_view names("user\0postgres\0database\0postgres\0\0", 33);
    body += names;
    append_number(out, body.size() + 4, 4);
    out += body;
}

bool PostgresDialect::opened(std::string_view& in, std::string& out) {
    Message message;
    while (ready_ < 2 && take_message(in, message)) {
        if (message.kind == 'E') {
            throw std::runtime_error("postgres: " + std::string(text_of_error(message.body)));
        }
        if (message.kind != 'Z' || ++ready_ == 2) {
            continue;
        }
        const auto texts = statements(notify_);
        for (std::size_t step = 0; step < texts.size(); ++step) {
            std::string parse(1, static_cast<char>('1' + step));
            parse += nothing;
            parse += texts[step];
            parse += nothing;
            append_number(parse, 0, 2);
            append_message(out, 'P', parse);
        }
        sync(out);
    }
    return ready_ == 2;
}

void PostgresDialect::ask(Lane& lane, std::string& out) {
    const Mold& mold = molds_[static_cast<std::size_t>(lane.step)];
    const std::size_t at = out.size();
    out += mold.bytes;
    std::memcpy(out.data() + at + mold.guid_at, lane.guid.data(), lane.guid.size());
    if (++unsynced_ == per_sync_) {
        sync(out);
    }
}

void PostgresDialect::finish(std::string& out) {
    if (unsynced_ > 0) {
        sync(out);
    }
}

void PostgresDialect::sync(std::string& out) {
    append_message(out, 'S', {});
    unsynced_ = 0;
}

Answer PostgresDialect::take(std::string_view& in, Lane& /*lane*/) {
    Message message;
    while (committed_ == 0) {
        if (!take_message(in, message)) {
            return Answer::none;
        }
        if (message.kind == 'E') {
            throw std::runtime_error("postgres: " + std::string(text_of_error(message.body)));
        }
        if (message.kind == 'C') {
            ++executed_;
            const std::size_t count = message.body.size() - 2;  // "UPDATE 1" and a zero
            failed_ += message.body[count] == '0' ? 1 : 0;
        }
        if (message.kind == 'Z') {
            committed_ = std::exchange(executed_, 0);
            refused_ = std::exchange(failed_, 0);
        }
    }
    --committed_;
    if (refused_ > 0) {
        --refused_;
        return refuse("the task was in another state");
    }
    return Answer::done;
}

}  // namespace taskbbs::bench
