// HTTP for peers that nobody vouches for, by GNU libmicrohttpd: of the libraries at hand it is the
// one that can be driven by a loop of ours (no thread a connection, as in cpp-httplib, and none
// that waits for a slow peer) and that reads a request into memory of a fixed size. A connection
// carries one request; there are so many at most, and of too many the oldest goes; each ends after
// so long, however its peer dawdles. Not thread-safe.
#pragma once

#include "broker/metrics/answers.hpp"
#include "broker/metrics/listener.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace taskbbs::broker {

class Http {
  public:
    static constexpr std::size_t most_connections = 32;
    // From when it is let in until it is hung up on: the loop's time to answer, and as much again
    // to ask and to read.
    static constexpr std::chrono::seconds longest_connection = 2 * loop_answers_within;

    // Asked about each GET and HEAD of a page: its answer, or nothing where it is to wait until
    // answer_waiting().
    using OnPage = std::function<std::optional<Answer>(Page)>;

    // Throws std::runtime_error.
    explicit Http(OnPage on_page);
    // Hangs up on everybody.
    ~Http();
    Http(const Http&) = delete;
    Http& operator=(const Http&) = delete;

    // Takes the connection over.
    void add(const Listener::Accepted& accepted);
    // Reads and writes what can be read and written, and hangs up on those whose time is over.
    void run();
    // Every request that waits has this answer. Asked once a page at most.
    void answer_waiting(const std::function<Answer(Page)>& answer_of);

    bool anybody_waits() const;

    // Readable when run() has something to do; it has in any case after this long, if anything.
    int fd() const;
    std::optional<std::chrono::milliseconds> timeout() const;

  private:
    class Machinery;
    std::unique_ptr<Machinery> machinery_;
};

}  // namespace taskbbs::broker
