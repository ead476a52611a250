// A ROUTER and a PUB in a thread that answer as a test tells them: what a broker looks like from
// the outside, without one.
#pragma once

#include "protocol/envelope.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace taskbbs::sdk {

// How one request is answered: appends to the reply message, or doesn't.
using Answer = std::function<void(protocol::ReplyWriter&, const protocol::Request&)>;

class StubBroker {
  public:
    // Listens on ports of the system's choice. hello is answered by itself; `answer` does the rest.
    explicit StubBroker(Answer answer);
    ~StubBroker();
    StubBroker(const StubBroker&) = delete;
    StubBroker& operator=(const StubBroker&) = delete;
    StubBroker(StubBroker&&) = delete;
    StubBroker& operator=(StubBroker&&) = delete;

    const std::string& endpoint() const { return endpoint_; }

    // Forgets every connection and request, then serves again at the same place.
    void restart();

    // Requests are read and dropped, or not.
    void set_deaf(bool deaf) { deaf_ = deaf; }

    void publish(std::string topic, std::string body);

    // How often each verb was asked.
    std::map<std::string, int> asked() const;

  private:
    struct Publication {
        std::string topic;
        std::string body;
    };

    void run();
    void open();
    void close();
    void serve();
    std::string answer_to(const std::string& bytes);

    const Answer answer_;
    void* const context_;
    void* router_ = nullptr;
    void* pub_ = nullptr;
    std::string endpoint_ = "tcp://127.0.0.1:*";
    std::string events_ = "tcp://127.0.0.1:*";
    std::atomic<bool> stop_ = false;
    std::atomic<bool> restart_ = false;
    std::atomic<bool> deaf_ = false;
    mutable std::mutex mutex_;
    std::map<std::string, int> asked_;       // guarded by mutex_
    std::vector<Publication> publications_;  // guarded by mutex_
    std::thread thread_;
};

// Answers `ok` with the body of a mutation.
void say_ok(protocol::ReplyWriter& writer, const protocol::Request& request);

}  // namespace taskbbs::sdk
