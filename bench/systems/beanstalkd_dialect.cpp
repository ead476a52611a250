// Lines, and a payload behind RESERVED. A reserve never waits: each lane makes one after its own
// put was answered, so that there are as many jobs as reserves.
#include "bench/systems/beanstalkd_dialect.hpp"

#include <charconv>
#include <fmt/format.h>
#include <iterator>

namespace taskbbs::bench {

namespace {

constexpr std::string_view reserved = "RESERVED ";
constexpr std::string_view end_of_line = "\r\n";

}  // namespace

void BeanstalkdDialect::ask(Lane& lane, std::string& out) {
    constexpr int time_to_run = 3600;
    const auto into = std::back_inserter(out);
    if (lane.step == 0) {
        const std::size_t size = guid_bytes + payload_.size();
        fmt::format_to(into, "put 0 0 {} {}\r\n{}{}\r\n", time_to_run, size, lane.name(), payload_);
    } else if (lane.step == 1) {
        out += "reserve\r\n";
    } else {
        fmt::format_to(into, "delete {}\r\n", lane.token);
    }
}

Answer BeanstalkdDialect::take(std::string_view& in, Lane& lane) {
    const std::size_t line_end = in.find(end_of_line);
    if (line_end == std::string_view::npos) {
        return Answer::none;
    }
    const std::string_view line = in.substr(0, line_end);
    std::size_t end = line_end + end_of_line.size();
    bool done = line.starts_with("INSERTED ") || line == "DELETED";
    if (line.starts_with(reserved)) {
        const char* const line_last = line.data() + line.size();
        const auto id = std::from_chars(line.data() + reserved.size(), line_last, lane.token);
        std::size_t size = 0;
        done = std::from_chars(id.ptr + 1, line_last, size).ec == std::errc{};
        end += size + end_of_line.size();
    }
    if (in.size() < end) {
        return Answer::none;
    }
    in.remove_prefix(end);
    return done ? Answer::done : refuse(line);
}

}  // namespace taskbbs::bench
