// Which events are durable, seen from below: the batches that are written to segments are read
// (docs/journal-format.md, "Batch"), and the newest event of those before a sync is told once the
// sync has returned. Written from the document, not from the broker's code.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace disk_tap {

// Thread-safe.
class Durable {
  public:
    // Bytes that were written to a file of this name, at this offset.
    void written(const std::string& file, std::uint64_t offset, std::string_view bytes);

    // The mark of the journal's batches is not known yet: learn() it before the next written().
    bool needs_mark() const { return !mark_; }

    // From the first bytes of a segment.
    void learn(std::string_view header);

    // The newest event in what was written to the file so far; to be asked before a sync.
    std::uint64_t newest_in(const std::string& file) const;
    // The sync before which newest_in() was asked has returned.
    void synced(std::uint64_t newest);

  private:
    mutable std::mutex mutex_;
    std::optional<std::uint64_t> mark_;
    std::map<std::string, std::uint64_t> newest_;
    std::uint64_t held_back_ = 0;  // where it is told one sync too late
};

}  // namespace disk_tap
