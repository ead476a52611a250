// Piece by piece.
#include "broker/journal/copy.hpp"

#include "broker/journal/error.hpp"

#include <algorithm>
#include <cerrno>
#include <vector>

namespace taskbbs::journal {

void copy_bytes(File& from, std::uint64_t begin, std::uint64_t end, File& to, std::uint64_t at) {
    constexpr std::uint64_t piece_bytes = 1 << 20;
    std::vector<char> piece(static_cast<std::size_t>(std::min(piece_bytes, end - begin)));
    while (begin < end) {
        const auto wanted =
            static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), end - begin));
        const std::size_t found = from.read_at(begin, {piece.data(), wanted});
        if (found == 0) throw JournalError(EIO, "copy", "segment", "it became shorter");
        to.write_at(at, {piece.data(), found});
        begin += found;
        at += found;
    }
}

}  // namespace taskbbs::journal
