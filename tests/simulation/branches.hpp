// Which ways a recovery went: by what it said, and by what it did to the disk.
#pragma once

#include "broker/journal/recovery.hpp"
#include "tests/journal/memory_disk.hpp"
#include "tests/simulation/tally.hpp"

#include <set>
#include <string>

namespace taskbbs::simulation {

class Branches {
  public:
    // Looks on from here, until it is destroyed.
    explicit Branches(journal::MemoryDisk& disk);
    ~Branches();
    Branches(const Branches&) = delete;
    Branches& operator=(const Branches&) = delete;

    void note(const journal::Recovered& recovered, bool crash_within);

    void count(Tally& tally) const;

  private:
    void see(const std::string& operation, const std::string& name);

    journal::MemoryDisk& disk_;
    std::set<std::string> taken_;
};

}  // namespace taskbbs::simulation
