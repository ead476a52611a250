// A stream socket of the load: connected once, then never blocking.
#pragma once

#include <string>
#include <string_view>

namespace taskbbs::bench {

class Stream {
  public:
    // `endpoint`: tcp://127.0.0.1:PORT or ipc://PATH. Throws std::runtime_error.
    explicit Stream(const std::string& endpoint);
    ~Stream();
    Stream(Stream&& other) noexcept;
    Stream& operator=(Stream&&) = delete;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    int fd() const { return fd_; }

    // Takes what has come, at most a chunk of it. False: nothing had. Throws std::runtime_error
    // where the other side has hung up.
    bool receive();

    // What has come and was not consumed; until the next receive().
    std::string_view input() const {
        return std::string_view(in_).substr(taken_, filled_ - taken_);
    }

    // All but `left`, the end of input(), has been read.
    void keep(std::string_view left) { taken_ = filled_ - left.size(); }

    // What is to be sent: append to it.
    std::string& output() { return out_; }

    // Sends what the network takes. False: some of it must wait until the socket is writable.
    bool send();

  private:
    int fd_ = -1;
    std::string in_;  // as large as it has got; [taken_, filled_) counts
    std::size_t taken_ = 0;
    std::size_t filled_ = 0;
    std::string out_;
    std::size_t sent_ = 0;
};

}  // namespace taskbbs::bench
