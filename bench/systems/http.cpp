// A scan for one header, and for the end of all.
#include "bench/systems/http.hpp"

#include <charconv>
#include <stdexcept>

namespace taskbbs::bench {

namespace {

constexpr std::string_view version = "HTTP/1.1 ";
constexpr std::string_view length = "\r\nContent-Length: ";
constexpr std::string_view end_of_head = "\r\n\r\n";

template <class Number>
bool read_number(std::string_view text, Number& number) {
    return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc{};
}

}  // namespace

bool take_http_answer(std::string_view& in, HttpAnswer& answer) {
    const std::size_t head = in.find(end_of_head);
    if (head == std::string_view::npos) {
        return false;
    }
    const std::size_t at = in.find(length);
    std::size_t size = 0;
    if (!in.starts_with(version) || !read_number(in.substr(version.size()), answer.status) ||
        at > head || !read_number(in.substr(at + length.size()), size)) {
        throw std::runtime_error("an HTTP answer without a length");
    }
    const std::size_t begin = head + end_of_head.size();
    if (in.size() < begin + size) {
        return false;
    }
    answer.body = in.substr(begin, size);
    in.remove_prefix(begin + size);
    return true;
}

std::string_view json_value(std::string_view json, std::string_view key) {
    const std::size_t at = json.find(key);
    if (at == std::string_view::npos) {
        return {};
    }
    const std::string_view rest = json.substr(at + key.size());
    return rest.substr(0, rest.find_first_of(",\"}"));
}

}  // namespace taskbbs::bench
