// The driver of a watch: a thread that owns the SUB, feeds the machine, and runs the handlers. What
// the machine asks goes through the client's session; answers come back into a mailbox. While a
// handler blocks, or was posted and has not run, nothing is read and publications are lost: the
// machine fetches them afterwards, so a slow watch needs no queue without end.
#pragma once

#include "sdk/call_line.hpp"
#include "sdk/client_core.hpp"
#include "sdk/transport.hpp"
#include "sdk/watch.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace taskbbs {

class [[gnu::visibility("hidden")]] Watch::Thread
    : public std::enable_shared_from_this<Watch::Thread> {
  public:
    // The core outlives the thread, which it joins when it closes.
    Thread(Client::Core& core, WatchOptions options, WatchHandlers handlers);
    ~Thread() = default;
    Thread(const Thread&) = delete;
    Thread& operator=(const Thread&) = delete;
    Thread(Thread&&) = delete;
    Thread& operator=(Thread&&) = delete;

    void start();
    void stop();   // asks for the end: as wanted
    void close();  // asks for the end: the client is going
    void join();   // waits for the end, unless it is called by a handler

    bool running() const { return running_.load(); }

  private:
    // Outlives the thread where a call of it is still under way.
    struct Mailbox {
        std::mutex mutex;
        std::unique_ptr<sdk::Station> station;  // here and below: guarded by mutex; null: it ended
        std::vector<std::function<void(Thread&)>> letters;

        void put(std::function<void(Thread&)> letter);
        void wake();
        void close();
    };

    // What is handed over at once.
    struct Parcel {
        std::vector<sdk::Delivery> deliveries;
        std::optional<Seq> caught_up;
    };

    void run();
    void end();
    void read_mail();
    void connect();
    void on_hello(const Result<Hello>& hello);
    void subscribe(const Hello& hello);
    void poll(const Hello& hello);
    void ask();
    void receive();
    void deliver();
    void hand_over(const Parcel& parcel);
    void hand_over(const sdk::Delivery& delivery);
    void tell_end();

    bool is_wanted() const { return !stopped_.load() && !closed_.load(); }

    std::optional<sdk::Instant> due_at() const;

    sdk::Instant now() const { return core_.transport()->now(); }

    // Calls the broker; the answer comes back on this thread.
    template <class Args>
    void call(const Args& args, void (Thread::*then)(const Result<typename Args::Reply>&));
    template <class Reply>
    void on_answer(const Result<Reply>& answer);

    Client::Core& core_;
    const WatchHandlers handlers_;
    std::optional<Error> failure_;  // why it ends
    sdk::WatchMachine machine_;
    const std::shared_ptr<Mailbox> mailbox_;
    std::unique_ptr<sdk::Link> link_;
    bool is_delivering_ = false;  // what was posted has not been handed over yet
    bool asking_hello_ = false;
    bool polls_ = false;  // since events are denied to this client
    sdk::Instant ask_hello_at_;

    std::atomic<bool> stopped_ = false;
    std::atomic<bool> closed_ = false;
    std::atomic<bool> running_ = true;
    std::atomic<bool> told_end_ = false;
    std::mutex join_mutex_;
    std::thread thread_;                      // guarded by join_mutex_
    std::atomic<std::thread::id> thread_id_;  // once it runs
    sdk::CallLine line_;                      // the handlers'
};

}  // namespace taskbbs
