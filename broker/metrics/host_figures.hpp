// What a scrape shows besides the broker's own figures: of its process, and of the directory that
// the journal lies in. Values; broker/metrics/host reads them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace taskbbs::broker {

struct ProcessFigures {
    double cpu_seconds = 0;
    double start_time = 0;  // seconds since 1970
    std::uint64_t resident_bytes = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t open_files = 0;
    std::uint64_t most_files = 0;
};

// Files of one kind.
struct FileFigures {
    std::string_view kind;
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
};

struct DirectoryFigures {
    std::uint64_t disk_bytes = 0;
    std::uint64_t free_bytes = 0;  // for this user
    std::array<FileFigures, 5> files{{{"segment"}, {"snapshot"}, {"index"}, {"spare"}, {"other"}}};
    std::optional<double> snapshot_time;  // when the newest was written, seconds since 1970
};

}  // namespace taskbbs::broker
