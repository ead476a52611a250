// The words of errors.
#include "taskbbs/error.hpp"

#include <array>
#include <cstddef>

namespace taskbbs {

std::string_view name_of(Code code) {
    static constexpr auto words = std::to_array<std::string_view>({
        "refused",
        "timed_out",
        "closed",
        "overloaded",
        "unreadable",
        "unusable_endpoint",
        "unusable_key",
        "handshake_failed",
        "misuse",
    });
    return words[static_cast<std::size_t>(code)];
}

std::string_view Error::name() const {
    return code == Code::refused ? std::string_view(status_name) : name_of(code);
}

}  // namespace taskbbs
