// What a failed sync loses: the bytes that writes have replaced since the last sync of a file are
// kept, and put back. After a sync that failed the kernel takes the pages for clean, and the disk
// never gets them: a process that is started then sees either, this makes it see the worse.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace disk_tap {

// Thread-safe.
class Undo {
  public:
    struct Piece {
        std::uint64_t offset = 0;
        std::string before;  // shorter than what was written: the file ended there
    };

    void keep(const std::string& file, Piece piece);
    void forget(const std::string& file);
    // Newest first: to be written back in this order. Forgotten then.
    std::vector<Piece> take(const std::string& file);

  private:
    std::mutex mutex_;
    std::map<std::string, std::vector<Piece>> pieces_;
};

}  // namespace disk_tap
