// Optimal string alignment distance over a short list.
#include "cli/nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace taskbbs::cli {
namespace {

std::size_t edits(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before;
    std::vector<std::size_t> last;
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before = std::move(last);
        last = row;
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + other});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
    }
    return row[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> names) {
    std::optional<std::string_view> best;
    // More than this is no slip; also keeps a long word from costing anything.
    std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const auto name : names) {
        const auto gap = std::max(name.size(), word.size()) - std::min(name.size(), word.size());
        if (gap >= least) {
            continue;
        }
        if (const auto distance = edits(word, name); distance < least) {
            least = distance;
            best = name;
        }
    }
    return best;
}

}  // namespace taskbbs::cli
