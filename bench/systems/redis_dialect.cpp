// The scripts, and a scan of RESP: an answer is an integer, a string or an error.
#include "bench/systems/redis_dialect.hpp"

#include <charconv>
#include <fmt/format.h>
#include <stdexcept>

namespace taskbbs::bench {

namespace {

enum Script : std::size_t { desire, take_over, advance, resolve, script_count };

// KEYS[1] is the task's hash; 0 or nil says that the task was not in the state that it must be in.
constexpr std::array<std::string_view, script_count> scripts{
    // Payload.
    R"(if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'state', 'pending', 'payload', ARGV[1])
redis.call('SADD', 'pending', KEYS[1])
redis.call('PUBLISH', 'pending', KEYS[1])
return 1)",
    // From, to, field, value, the field that is handed over: who claims gets the payload, who
    // resolves the result.
    R"(local task = redis.call('HMGET', KEYS[1], 'state', ARGV[5])
if task[1] ~= ARGV[1] then return false end
redis.call('HSET', KEYS[1], 'state', ARGV[2], ARGV[3], ARGV[4])
redis.call('SMOVE', ARGV[1], ARGV[2], KEYS[1])
redis.call('PUBLISH', ARGV[2], KEYS[1])
return task[2])",
    // From, to, field, value.
    R"(if redis.call('HGET', KEYS[1], 'state') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2], ARGV[3], ARGV[4])
redis.call('SMOVE', ARGV[1], ARGV[2], KEYS[1])
redis.call('PUBLISH', ARGV[2], KEYS[1])
return 1)",
    // From.
    R"(if redis.call('HGET', KEYS[1], 'state') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('SREM', ARGV[1], KEYS[1])
redis.call('PUBLISH', 'resolved', KEYS[1])
return 1)",
};

constexpr std::string_view key_head = "task:";

void append_bulk(std::string& out, std::string_view text) {
    fmt::format_to(std::back_inserter(out), "${}\r\n{}\r\n", text.size(), text);
}

struct RedisReply {
    char kind = 0;  // ':', '$', '-', '+'
    std::string_view text;
    bool is_nil = false;
};

// Takes a reply off the front of `in`. False: it has not come as a whole.
bool take_reply(std::string_view& in, RedisReply& reply) {
    const std::size_t line = in.find("\r\n");
    if (line == std::string_view::npos) {
        return false;
    }
    reply = {in[0], in.substr(1, line - 1)};
    std::size_t end = line + 2;
    if (reply.kind == '$') {
        int size = 0;
        std::from_chars(reply.text.data(), reply.text.data() + reply.text.size(), size);
        reply.is_nil = size < 0;
        if (!reply.is_nil) {
            reply.text = in.substr(end, static_cast<std::size_t>(size));
            end += static_cast<std::size_t>(size) + 2;
        }
        if (in.size() < end) {
            return false;
        }
    }
    in.remove_prefix(end);
    return true;
}

}  // namespace

void RedisDialect::open(std::string& out) {
    for (const std::string_view script : scripts) {
        out += "*3\r\n";
        append_bulk(out, "SCRIPT");
        append_bulk(out, "LOAD");
        append_bulk(out, script);
    }
}

bool RedisDialect::opened(std::string_view& in, std::string& /*out*/) {
    RedisReply reply;
    while (scripts_.size() < scripts.size() && take_reply(in, reply)) {
        if (reply.kind != '$') {
            throw std::runtime_error(fmt::format("redis refuses a script: {}", reply.text));
        }
        scripts_.emplace_back(reply.text);
    }
    if (scripts_.size() < scripts.size()) {
        return false;
    }
    make_molds();
    return true;
}

void RedisDialect::make_molds() {
    struct Call {
        Script script;
        std::vector<std::string_view> arguments;
    };

    const std::array<Call, step_count> calls{{
        {desire, {payload_}},
        {take_over, {"pending", "claimed", "executor_id", "bench-executor", "payload"}},
        {advance, {"claimed", "running", "container_handle", "handle"}},
        {advance, {"running", "completed", "result", "ok"}},
        {take_over, {"completed", "resolving", "failed", "0", "result"}},
        {resolve, {"resolving"}},
    }};
    for (std::size_t step = 0; step < step_count; ++step) {
        const Call& call = calls[step];
        Mold& mold = molds_[step];
        mold.before = fmt::format("*{}\r\n", 4 + call.arguments.size());
        append_bulk(mold.before, "EVALSHA");
        append_bulk(mold.before, scripts_[call.script]);
        append_bulk(mold.before, "1");
        mold.before += fmt::format("${}\r\n{}", key_head.size() + guid_bytes, key_head);
        mold.after = "\r\n";
        for (const std::string_view argument : call.arguments) {
            append_bulk(mold.after, argument);
        }
    }
}

void RedisDialect::ask(Lane& lane, std::string& out) {
    const Mold& mold = molds_[static_cast<std::size_t>(lane.step)];
    out += mold.before;
    out += lane.name();
    out += mold.after;
}

Answer RedisDialect::take(std::string_view& in, Lane& /*lane*/) {
    RedisReply reply;
    if (!take_reply(in, reply)) {
        return Answer::none;
    }
    if (reply.kind == '-') {
        return refuse(reply.text);
    }
    const bool was_refused = reply.kind == ':' ? reply.text == "0" : reply.is_nil;
    return was_refused ? refuse("the task was in another state") : Answer::done;
}

}  // namespace taskbbs::bench
