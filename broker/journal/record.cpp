// Records written and read at the offsets that record.hpp draws.
#include "broker/journal/record.hpp"

#include "broker/journal/little_endian.hpp"

#include <cstring>

namespace taskbbs::journal {

namespace {

constexpr std::size_t header_bytes = 24;
constexpr std::size_t alignment = 8;

constexpr std::size_t at_body_bytes = 0;
constexpr std::size_t at_rest_bytes = 4;
constexpr std::size_t at_type = 8;
constexpr std::size_t at_version = 9;
constexpr std::size_t at_stream = 10;
constexpr std::size_t at_group = 12;
constexpr std::size_t at_key = 16;

char* put_bytes(char* out, std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
    return out + bytes.size();
}

}  // namespace

std::size_t record_bytes(std::size_t body, std::size_t rest) {
    return (header_bytes + body + rest + alignment - 1) / alignment * alignment;
}

char* put_record(char* out, const RecordTags& tags, std::string_view body, std::string_view rest) {
    char* const end = out + record_bytes(body.size(), rest.size());
    out = put(out, static_cast<std::uint32_t>(body.size()));
    out = put(out, static_cast<std::uint32_t>(rest.size()));
    out = put(out, tags.type);
    out = put(out, tags.version);
    out = put(out, tags.stream);
    out = put(out, std::uint8_t{0});
    out = put(out, tags.group);
    out = put(out, tags.key);
    out = put_bytes(out, body);
    out = put_bytes(out, rest);
    while (out != end)
        *out++ = 0;
    return end;
}

std::optional<std::size_t> record_bytes_at(std::string_view bytes) {
    if (bytes.size() < header_bytes) return std::nullopt;
    return record_bytes(get<std::uint32_t>(bytes, at_body_bytes),
                        get<std::uint32_t>(bytes, at_rest_bytes));
}

std::optional<Record> RecordCursor::next() {
    const std::string_view left = bytes_.substr(offset_);
    const std::optional<std::size_t> bytes = record_bytes_at(left);
    if (!bytes || *bytes > left.size()) return std::nullopt;
    const std::size_t body = get<std::uint32_t>(left, at_body_bytes);
    const std::size_t rest = get<std::uint32_t>(left, at_rest_bytes);

    Record record;
    record.seq = seq_;
    record.tags.type = get<std::uint8_t>(left, at_type);
    record.tags.version = get<std::uint8_t>(left, at_version);
    record.tags.stream = get<std::uint8_t>(left, at_stream);
    record.tags.group = get<std::uint32_t>(left, at_group);
    record.tags.key = get<std::uint64_t>(left, at_key);
    record.body = left.substr(header_bytes, body);
    record.rest = left.substr(header_bytes + body, rest);
    ++seq_;
    offset_ += *bytes;
    return record;
}

}  // namespace taskbbs::journal
