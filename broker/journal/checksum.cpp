// CRC32C from ISA-L, which picks the fastest code of the processor; the chain from xxHash.
#include "broker/journal/checksum.hpp"

#include <cstring>
#include <isa-l/crc.h>
#ifdef __x86_64__
#include <xxh_x86dispatch.h>  // xxHash by the widest registers that the processor has: 15 times
#else
#include <xxhash.h>
#endif

namespace taskbbs::journal {

std::uint32_t crc32c(std::string_view bytes) {
    // isa-l's name for it is iSCSI's; it reads through a pointer to non-const, takes an int, and
    // leaves both inversions to the caller.
    constexpr std::size_t most = 1U << 30;
    std::uint32_t crc = 0xFFFFFFFFU;
    while (!bytes.empty()) {
        const std::string_view part = bytes.substr(0, most);
        auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(part.data()));
        crc = crc32_iscsi(data, static_cast<int>(part.size()), crc);
        bytes.remove_prefix(part.size());
    }
    return ~crc;
}

Chain xxh3(std::string_view bytes) {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
    Chain chain{};
    std::memcpy(chain.data(), canonical.digest, chain.size());
    return chain;
}

}  // namespace taskbbs::journal
