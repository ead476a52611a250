// A peer of the metrics server: a plain TCP connection on which a test says what it likes.
#pragma once

#include <string>
#include <string_view>

namespace taskbbs::broker {

class Visitor {
  public:
    // `endpoint` is 127.0.0.1:PORT.
    explicit Visitor(const std::string& endpoint);
    ~Visitor();
    Visitor(Visitor&& other) noexcept;
    Visitor(const Visitor&) = delete;
    Visitor& operator=(const Visitor&) = delete;

    // False: the other side has hung up.
    bool say(std::string_view words) const;
    // All that comes until the other side hangs up.
    std::string hear() const;
    // Whether it has.
    bool is_hung_up_on() const;

  private:
    int fd_;
};

// A whole request and its answer.
std::string get(const std::string& endpoint, std::string_view path);

}  // namespace taskbbs::broker
