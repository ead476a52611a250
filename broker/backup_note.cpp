// The checksum stands before the claims: so no beginning of a note looks like a whole one of an
// older version.
#include "broker/backup_note.hpp"

#include "broker/journal/checksum.hpp"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace taskbbs::broker {

namespace {

constexpr std::string_view preface =
    "This is a backup of the journal of a taskbbs broker, and no state directory: no broker "
    "serves from it.\nMake one of it: taskbbsd journal restore THIS_DIRECTORY --to STATE_DIR\n\n";
constexpr std::string_view checksum_word = " checksum=";
constexpr std::string_view claims_word = " seq=";

std::string checksum_of(std::string_view before, std::string_view claims) {
    return fmt::format("{:08x}", journal::crc32c(fmt::format("{}{}", before, claims)));
}

// "taken=... by=...", and no more.
bool is_of_older_version(std::string_view before) {
    const std::string_view line = before.substr(before.rfind('\n') + 1);
    return std::ranges::count(line, '=') == 2 && std::ranges::count(line, ' ') == 1;
}

}  // namespace

std::string backup_note(protocol::Time taken, std::string_view writer, std::string_view claims) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(taken);
    const std::string before =
        fmt::format("{}taken={:%Y-%m-%dT%H:%M:%SZ} by=taskbbsd-{}", preface, seconds, writer);
    const std::string behind = fmt::format(" {}\n", claims);
    return before + std::string(checksum_word) + checksum_of(before, behind) + behind;
}

std::optional<std::string> claims_of(std::string_view note) {
    const std::size_t at = note.rfind(claims_word);
    if (at == std::string_view::npos || !note.ends_with('\n')) {
        return std::nullopt;
    }
    const std::string_view head = note.substr(0, at);
    const std::string_view behind = note.substr(at);
    const std::size_t sum = head.rfind(checksum_word);
    const bool holds = sum == std::string_view::npos ? is_of_older_version(head)
                                                     : head.substr(sum + checksum_word.size()) ==
                                                           checksum_of(head.substr(0, sum), behind);
    if (!holds) {
        return std::nullopt;
    }
    return std::string(behind.substr(1, behind.size() - 2));
}

}  // namespace taskbbs::broker
