// A thread for a machine that calls the broker: it takes letters (answers, wishes) from any thread,
// then does what is due, and waits for the next. The machine is the thread's alone and needs no
// locks.
#pragma once

#include "sdk/transport.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace taskbbs::sdk {

class LoopThread {
  public:
    using Letter = std::function<void(Instant now)>;
    // Does what is due; says when it must be called again at the latest.
    using Turn = std::function<std::optional<Instant>(Instant now)>;

    // Outlives the thread where a call of it is still under way.
    class Mailbox {
      public:
        explicit Mailbox(std::unique_ptr<Station> station) : station_(std::move(station)) {}

        // From any thread. Read in the order in which they came, unless the thread has ended.
        void put(Letter letter);

      private:
        friend class LoopThread;

        std::vector<Letter> take();
        void wake();
        void close();

        std::mutex mutex_;
        std::unique_ptr<Station> station_;  // here and below: guarded by mutex_; null: it has ended
        std::vector<Letter> letters_;
    };

    // Fails as `unusable_endpoint` where no descriptor is left.
    static Result<std::unique_ptr<LoopThread>> make(std::shared_ptr<Transport> transport);

    LoopThread(std::shared_ptr<Transport> transport, std::unique_ptr<Station> station);
    ~LoopThread();  // close()
    LoopThread(const LoopThread&) = delete;
    LoopThread& operator=(const LoopThread&) = delete;
    LoopThread(LoopThread&&) = delete;
    LoopThread& operator=(LoopThread&&) = delete;

    // Letters are read from here on. Once.
    void begin(Turn turn);

    const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }

    bool is_current() const { return std::this_thread::get_id() == thread_id_.load(); }

    // Ends the thread; letters that it has not read are not read any more. Not on the thread.
    void close();

  private:
    void run(Station& station, const Turn& turn);

    const std::shared_ptr<Transport> transport_;
    const std::shared_ptr<Mailbox> mailbox_;
    std::atomic<bool> closing_ = false;
    std::thread thread_;
    std::atomic<std::thread::id> thread_id_;
};

}  // namespace taskbbs::sdk
