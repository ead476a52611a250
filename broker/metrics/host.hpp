// What a scrape shows of the process and of the directory that the journal lies in: read from the
// operating system when it is asked for, never by the loop. Its descriptors are opened once, so
// that it goes on while no file can be opened. Not thread-safe: of the thread that answers scrapes.
#pragma once

#include "broker/metrics/host_figures.hpp"

#include <dirent.h>
#include <memory>
#include <string>

namespace taskbbs::broker {

class Host {
  public:
    // `dir` is the journal's. What can't be opened is shown as nothing.
    explicit Host(const std::string& dir);
    ~Host();
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    ProcessFigures process() const;
    DirectoryFigures directory() const;

  private:
    struct Close {
        void operator()(DIR* dir) const { closedir(dir); }
    };

    using Directory = std::unique_ptr<DIR, Close>;

    double start_time_;
    Directory dir_;
    Directory open_files_;  // /proc/self/fd
    int memory_ = -1;       // /proc/self/statm
};

}  // namespace taskbbs::broker
