// A look at the broker's journal from outside, while the broker writes it: whether something stands
// there yet (docs/journal-format.md, "Segment" and "Batch"). So the demo knows that the broker has
// received a request which it has not answered.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace taskbbs::demo {

// One thread; of the broker that writes just now: a new one may begin a new segment.
class JournalSight {
  public:
    // The newest segment of the directory. Throws where there is none or it can't be read.
    explicit JournalSight(const std::filesystem::path& directory);
    ~JournalSight();
    JournalSight(const JournalSight&) = delete;
    JournalSight& operator=(const JournalSight&) = delete;
    JournalSight(JournalSight&&) = delete;
    JournalSight& operator=(JournalSight&&) = delete;

    // From here on holds() looks at what is written later.
    void skip_written();

    // Whether the words stand in the first 256 KiB behind the place that was skipped to; they may
    // be on their way to the disk still. Takes some ten microseconds.
    bool holds(std::string_view words);

  private:
    void read(std::size_t bytes);

    int file_;
    long at_ = 0;
    std::string seen_;
};

}  // namespace taskbbs::demo
