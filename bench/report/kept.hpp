// Runs kept in a file, so that a long benchmark can be interrupted and go on: one JSON object a
// line, for each run of a trial or of an experiment.
#pragma once

#include "bench/report/row.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::bench {

class KeptRuns {
  public:
    // Keeps nothing beyond its own life.
    KeptRuns() = default;
    // Reads what `file` holds; `fresh`: it begins anew. What was measured under other `conditions`
    // stays there and does not count, and so does a line that was not written to its end. Throws
    // std::runtime_error where another line holds what is no run.
    KeptRuns(std::string file, std::string conditions, bool fresh);

    // How many count.
    std::size_t size() const { return runs_.size(); }

    // Has this trial or experiment been run in this round, with figures?
    bool has(std::string_view of, int round) const;

    // Keeps the rows of a run; in the file, unless one has no figures: the next time tries again.
    // Throws std::runtime_error where it can't be written.
    void add(std::string of, int round, std::vector<Row> rows);

    // Of each row that its runs had, the median.
    std::vector<Row> medians(std::string_view of) const;

  private:
    struct Run {
        std::string of;
        int round = 0;
        std::vector<Row> rows;
    };

    void read();
    void write(const Run& run);

    std::string file_;
    std::string conditions_;
    std::vector<Run> runs_;
};

}  // namespace taskbbs::bench
