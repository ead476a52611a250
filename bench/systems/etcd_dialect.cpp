// A step's first part reads the key, its second swaps it; a desire only creates it.
#include "bench/systems/etcd_dialect.hpp"

#include "bench/systems/http.hpp"

#include <charconv>
#include <fmt/format.h>
#include <iterator>

namespace taskbbs::bench {

namespace {

constexpr std::string_view key_head = "/v2/keys/task/";
constexpr std::string_view host = " HTTP/1.1\r\nHost: etcd\r\n";

// The head behind the URL, and the body: a form, as the API wants it.
std::string put_of(std::string_view value) {
    const std::string form = fmt::format("value={}", value);
    return fmt::format(
        "{}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{}",
        host,
        form.size(),
        form);
}

}  // namespace

// A swap replaces the whole value, so that each carries the payload.
EtcdDialect::EtcdDialect(const Load& load) {
    const std::string payload(load.payload_bytes, 'x');
    bodies_ = {put_of("pending." + payload),
               put_of("claimed.bench-executor." + payload),
               put_of("running.bench-executor.handle." + payload),
               put_of("completed.bench-executor.handle.0.ok." + payload),
               put_of("resolving.bench-executor.handle.0.ok." + payload),
               {}};
}

void EtcdDialect::ask(Lane& lane, std::string& out) {
    const std::string& body = bodies_[static_cast<std::size_t>(lane.step)];
    const auto into = std::back_inserter(out);
    if (lane.step == 0) {
        fmt::format_to(into, "PUT {}{}?prevExist=false{}", key_head, lane.name(), body);
    } else if (lane.part == 0) {
        fmt::format_to(into, "GET {}{}{}\r\n", key_head, lane.name(), host);
    } else if (body.empty()) {
        fmt::format_to(
            into, "DELETE {}{}?prevIndex={}{}\r\n", key_head, lane.name(), lane.token, host);
    } else {
        fmt::format_to(into, "PUT {}{}?prevIndex={}{}", key_head, lane.name(), lane.token, body);
    }
}

Answer EtcdDialect::take(std::string_view& in, Lane& lane) {
    HttpAnswer answer;
    if (!take_http_answer(in, answer)) {
        return Answer::none;
    }
    constexpr int refusals = 300;
    if (answer.status >= refusals) {
        return refuse(answer.body);
    }
    if (lane.step == 0 || lane.part == 1) {
        return Answer::done;
    }
    const std::string_view index = json_value(answer.body, "\"modifiedIndex\":");
    std::from_chars(index.data(), index.data() + index.size(), lane.token);
    lane.part = 1;
    return Answer::unfinished;
}

}  // namespace taskbbs::bench
