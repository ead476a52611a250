// Randomness of the kernel's. It can't fail for so few bytes, once the system has booted.
#include "sdk/entropy.hpp"

#include <cstdlib>
#include <sys/random.h>

namespace taskbbs::sdk {

namespace {

void fill(void* bytes, std::size_t size) {
    if (::getrandom(bytes, size, 0) != static_cast<ssize_t>(size)) {
        std::abort();
    }
}

}  // namespace

std::uint64_t entropy() {
    std::uint64_t bits = 0;
    fill(&bits, sizeof bits);
    return bits;
}

protocol::SessionId random_session() {
    protocol::SessionId session;
    fill(session.bytes.data(), session.bytes.size());
    return session;
}

std::string random_incarnation() {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string incarnation;
    for (const char byte : random_session().bytes) {
        const auto bits = static_cast<unsigned char>(byte);
        incarnation += digits[bits >> 4U];
        incarnation += digits[bits & 0xfU];
    }
    return incarnation;
}

}  // namespace taskbbs::sdk
