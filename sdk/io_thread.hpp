// The driver of a session: one thread that owns the connection, hands calls from any thread to the
// machine and outcomes to their handlers. It knows connections, the clock and threads, and nothing
// of the contract.
#pragma once

#include "sdk/session.hpp"
#include "sdk/transport.hpp"

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace taskbbs::sdk {

struct Request {
    Verb verb = Verb::hello;
    std::string args;  // packed
    Duration timeout{0};
    Duration wait{0};  // of an acquire; comes on top of the timeout
};

class IoThread {
  public:
    // Runs on the I/O thread, without locks, exactly once. The value dies when it returns.
    using Handler = std::function<void(Result<std::string_view>)>;

    // Fails as `unusable_endpoint`.
    static Result<std::unique_ptr<IoThread>> start(std::shared_ptr<Transport> transport,
                                                   std::string endpoint,
                                                   SessionSettings settings);

    // close()
    ~IoThread();
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;
    IoThread(IoThread&&) = delete;
    IoThread& operator=(IoThread&&) = delete;

    // From any thread, the I/O thread included. Never runs the handler itself.
    void submit(Request request, Handler handler);

    // Completes what is under way with `closed` and ends the thread. Again: nothing. Not on the
    // thread.
    void close();

    bool is_current() const { return std::this_thread::get_id() == thread_id_.load(); }

  private:
    struct Handover {
        Submission submission;
        Handler handler;
    };

    // By the ids of a session, which come one behind the other; a few are the session's own.
    class Handlers {
      public:
        // Of a higher id than all before.
        void add(RequestId id, Handler handler);
        // Once for each id that was added.
        Handler take(RequestId id);

      private:
        std::deque<Handler> handlers_;
        RequestId first_ = 1;
    };

    IoThread(std::shared_ptr<Transport> transport,
             std::string endpoint,
             SessionSettings settings,
             std::unique_ptr<Link> link,
             std::unique_ptr<Station> station);

    void run();
    bool is_closing();
    bool has_calls();
    void take_calls();
    bool hand_over();  // true: something was
    void connect();
    void send();
    void receive();
    bool receive_one();  // false: nothing was there
    void read_monitor();
    void finish_connection();
    std::optional<Instant> due_at() const;

    const std::shared_ptr<Transport> transport_;
    const std::string endpoint_;
    const std::unique_ptr<Station> station_;

    std::mutex mutex_;
    std::vector<Handover> calls_;  // guarded by mutex_
    bool closing_ = false;         // guarded by mutex_

    // Of the thread alone.
    Session session_;
    Handlers handlers_;
    std::unique_ptr<Link> link_;
    bool fresh_ = true;     // the link that it was started with was not used yet
    bool blocked_ = false;  // the link takes nothing for now
    bool writable_ = false;

    std::thread thread_;
    std::atomic<std::thread::id> thread_id_;
};

}  // namespace taskbbs::sdk
