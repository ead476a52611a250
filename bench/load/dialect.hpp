// What the load asks of every system alike: one task after the other is led through its life, a
// step at a time. How a step is said to a system, and how its answer is read, is a Dialect; they
// write bytes that were formatted before, and scan answers for the few bytes that matter, so that
// the load does not become what is measured.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace taskbbs::bench {

constexpr std::size_t guid_bytes = 36;

// A task on its way. A connection has as many lanes as it has requests in flight.
struct Lane {
    std::array<char, guid_bytes> guid{};
    int step = 0;            // of the dialect's steps
    int part = 0;            // the dialect's: of a step that takes several requests
    std::int64_t token = 0;  // the dialect's: what the system gave, as an epoch or a job's number
    std::int64_t asked_at = 0;  // ns

    std::string_view name() const { return {guid.data(), guid.size()}; }
};

enum class Answer : std::uint8_t {
    none,        // it has not come as a whole
    done,        // the step is taken
    unfinished,  // the step takes another request
    refused,
};

// One system's language, on one connection. Answers come in the order of the requests.
class Dialect {
  public:
    Dialect() = default;
    virtual ~Dialect() = default;
    Dialect(const Dialect&) = delete;
    Dialect& operator=(const Dialect&) = delete;

    // Steps of a life.
    virtual int steps() const = 0;

    // Appends what a connection begins with: a greeting, a login, scripts.
    virtual void open(std::string& out) = 0;
    // Takes what answers that off the front of `in`, and may append more; true once requests may
    // be sent, which a server that is silent until asked allows while `in` is empty. Throws
    // std::runtime_error where the system does not want to talk.
    virtual bool opened(std::string_view& in, std::string& out) = 0;

    // Appends the lane's next request.
    virtual void ask(Lane& lane, std::string& out) = 0;

    // No further request for now: what was asked must leave.
    virtual void finish(std::string& /*out*/) {}

    // Takes the next answer off the front of `in`. It is to the request asked first of those that
    // have no answer, which is this lane's. Throws std::runtime_error where it can't be read.
    virtual Answer take(std::string_view& in, Lane& lane) = 0;

    // Called every few seconds: appends what keeps the load's executors present.
    virtual void refresh(std::string& /*out*/) {}

    // Why a request was refused, the first time; empty where none was.
    const std::string& refusal() const { return refusal_; }

  protected:
    Answer refuse(std::string_view why) {
        if (refusal_.empty()) {
            refusal_ = why;
        }
        return Answer::refused;
    }

  private:
    std::string refusal_;
};

}  // namespace taskbbs::bench
