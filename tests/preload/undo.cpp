// A list of pieces for each file.
#include "tests/preload/undo.hpp"

#include <algorithm>
#include <utility>

namespace disk_tap {

void Undo::keep(const std::string& file, Piece piece) {
    const std::lock_guard lock(mutex_);
    pieces_[file].push_back(std::move(piece));
}

void Undo::forget(const std::string& file) {
    const std::lock_guard lock(mutex_);
    pieces_.erase(file);
}

std::vector<Undo::Piece> Undo::take(const std::string& file) {
    const std::lock_guard lock(mutex_);
    std::vector<Piece> taken = std::exchange(pieces_[file], {});
    std::ranges::reverse(taken);
    return taken;
}

}  // namespace disk_tap
