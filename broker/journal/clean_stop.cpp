// Writing and reading the mark of a clean stop.
#include "broker/journal/clean_stop.hpp"

#include "broker/journal/little_endian.hpp"

#include <cstring>

namespace taskbbs::journal {

namespace {

constexpr std::string_view magic("TBBSTOP\n", 8);
constexpr std::size_t at_uuid = 8;
constexpr std::size_t at_segment = 24;
constexpr std::size_t at_offset = 32;
constexpr std::size_t at_chain = 40;
constexpr std::size_t at_crc = 60;
constexpr std::size_t all_bytes = 64;

}  // namespace

void write_clean_stop(File& lock, const CleanStop& stop) {
    std::string bytes(all_bytes, '\0');
    bytes.replace(0, magic.size(), magic);
    std::memcpy(bytes.data() + at_uuid, stop.uuid.data(), stop.uuid.size());
    put(bytes.data() + at_segment, stop.segment);
    put(bytes.data() + at_offset, stop.offset);
    std::memcpy(bytes.data() + at_chain, stop.chain.data(), stop.chain.size());
    put(bytes.data() + at_crc, crc32c({bytes.data(), at_crc}));
    lock.write_at(0, bytes);
    lock.sync();
}

void erase_clean_stop(File& lock) {
    lock.truncate(0);
    lock.sync();
}

std::optional<CleanStop> read_clean_stop(File& lock) {
    std::array<char, all_bytes> buffer{};
    const std::size_t found = lock.read_at(0, buffer);
    const std::string_view bytes(buffer.data(), buffer.size());
    if (found < all_bytes || !bytes.starts_with(magic)) return std::nullopt;
    if (get<std::uint32_t>(bytes, at_crc) != crc32c(bytes.substr(0, at_crc))) return std::nullopt;
    CleanStop stop;
    std::memcpy(stop.uuid.data(), bytes.data() + at_uuid, stop.uuid.size());
    stop.segment = get<Seq>(bytes, at_segment);
    stop.offset = get<std::uint64_t>(bytes, at_offset);
    std::memcpy(stop.chain.data(), bytes.data() + at_chain, stop.chain.size());
    return stop;
}

}  // namespace taskbbs::journal
