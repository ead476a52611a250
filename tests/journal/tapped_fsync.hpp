// fsync as this test program sees it: a test may say what becomes of a call. In this one program
// only; the libraries of the system find theirs as ever.
#pragma once

#include <functional>

namespace taskbbs::journal {

// As long as it lives, each fsync asks `next`, by the thread that calls: an errno, 0 to let the
// call through. One at a time; it outlives the threads that call.
class TappedFsync {
  public:
    explicit TappedFsync(std::function<int()> next);
    ~TappedFsync();
    TappedFsync(const TappedFsync&) = delete;
    TappedFsync& operator=(const TappedFsync&) = delete;
};

}  // namespace taskbbs::journal
