// What is done at the end of a scope, also where something in it throws.
#pragma once

#include <utility>

namespace taskbbs::sdk {

template <class Do>
class Finally {
  public:
    explicit Finally(Do what) : do_(std::move(what)) {}

    ~Finally() { do_(); }

    Finally(const Finally&) = delete;
    Finally& operator=(const Finally&) = delete;
    Finally(Finally&&) = delete;
    Finally& operator=(Finally&&) = delete;

  private:
    Do do_;
};

}  // namespace taskbbs::sdk
