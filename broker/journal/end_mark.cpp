// Writing and reading the mark.
#include "broker/journal/end_mark.hpp"

#include "broker/journal/little_endian.hpp"

#include <cstring>

namespace taskbbs::journal {

namespace {

constexpr std::string_view magic("TBBSTOP\n", 8);
constexpr std::size_t at_uuid = 8;
constexpr std::size_t at_segment = 24;
constexpr std::size_t at_offset = 32;
constexpr std::size_t at_chain = 40;
constexpr std::size_t at_kind = 56;
constexpr std::size_t at_crc = 60;
constexpr std::size_t all_bytes = 64;

}  // namespace

void write_end_mark(File& lock, const EndMark& mark) {
    std::string bytes(all_bytes, '\0');
    bytes.replace(0, magic.size(), magic);
    std::memcpy(bytes.data() + at_uuid, mark.uuid.data(), mark.uuid.size());
    put(bytes.data() + at_segment, mark.segment);
    put(bytes.data() + at_offset, mark.offset);
    std::memcpy(bytes.data() + at_chain, mark.chain.data(), mark.chain.size());
    put(bytes.data() + at_kind, static_cast<std::uint32_t>(mark.kind));
    put(bytes.data() + at_crc, crc32c({bytes.data(), at_crc}));
    lock.write_at(0, bytes);
    if (mark.kind == EndMark::Kind::stopped) lock.sync();
}

void erase_end_mark(File& lock) {
    lock.truncate(0);
    lock.sync();
}

std::optional<EndMark> read_end_mark(File& lock) {
    std::array<char, all_bytes> buffer{};
    const std::size_t found = lock.read_at(0, buffer);
    const std::string_view bytes(buffer.data(), buffer.size());
    if (found < all_bytes || !bytes.starts_with(magic)) return std::nullopt;
    if (get<std::uint32_t>(bytes, at_crc) != crc32c(bytes.substr(0, at_crc))) return std::nullopt;
    EndMark mark;
    mark.kind =
        get<std::uint32_t>(bytes, at_kind) == 0 ? EndMark::Kind::stopped : EndMark::Kind::reached;
    std::memcpy(mark.uuid.data(), bytes.data() + at_uuid, mark.uuid.size());
    mark.segment = get<Seq>(bytes, at_segment);
    mark.offset = get<std::uint64_t>(bytes, at_offset);
    std::memcpy(mark.chain.data(), bytes.data() + at_chain, mark.chain.size());
    return mark;
}

}  // namespace taskbbs::journal
