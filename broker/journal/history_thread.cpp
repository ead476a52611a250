// A queue of questions in, a queue of pages out, one thread between them.
#include "broker/journal/history_thread.hpp"

#include "broker/journal/event_fd.hpp"
#include "broker/journal/quiet_thread.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace taskbbs::journal {

// History belongs to the thread; the mutex guards the two queues and is never held during I/O.
class HistoryThread::Machinery {
  public:
    Machinery(Disk& disk, const Settings& settings, Report report)
        : disk_(disk),
          history_(disk, settings, std::move(report)),
          thread_(quiet_thread("history", [this] { run(); })) {}

    ~Machinery() {
        {
            const std::lock_guard lock(mutex_);
            stop_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }

    Machinery(const Machinery&) = delete;
    Machinery& operator=(const Machinery&) = delete;

    void ask(Query query, Token token) {
        {
            const std::lock_guard lock(mutex_);
            asked_.emplace_back(token, std::move(query));
        }
        changed_.notify_one();
    }

    std::optional<Finished> take_finished() {
        const std::lock_guard lock(mutex_);
        if (finished_.empty()) return std::nullopt;
        std::optional<Finished> first = std::move(finished_.front());
        finished_.pop_front();
        clear_if_all_is_taken();
        return first;
    }

    void advance(const Advance& advance) {
        {
            const std::lock_guard lock(mutex_);
            advance_ = advance;
            behind_ = true;
        }
        changed_.notify_one();
    }

    std::vector<std::string> take_retired() {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> retired = std::exchange(retired_, {});
        clear_if_all_is_taken();
        return retired;
    }

    int fd() const { return ready_.fd(); }

    std::uint64_t free_bytes() const { return free_bytes_; }

    std::uint64_t measure_free_bytes() { return free_bytes_ = look_at_disk(); }

  private:
    void run() {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return stop_ || !asked_.empty() || behind_; });
            if (stop_) return;
            // However many ask, indexing and retirement have their turn.
            const bool is_its_turn = behind_ && answered_ >= answers_in_a_row;
            if (asked_.empty() || is_its_turn) {
                index(lock);
                answered_ = 0;
            } else {
                answer(lock);
                ++answered_;
            }
        }
    }

    void answer(std::unique_lock<std::mutex>& lock) {
        const auto [token, query] = std::move(asked_.front());
        asked_.pop_front();
        lock.unlock();
        Page page = history_.read(query);
        lock.lock();
        finished_.push_back({token, std::move(page)});
        ready_.signal();
    }

    void index(std::unique_lock<std::mutex>& lock) {
        const Advance advance = advance_;
        lock.unlock();
        const bool more = history_.advance(advance.durable);
        const std::vector<std::string> retired = history_.retire(advance.needed_from, advance.now);
        measure_free_bytes();
        lock.lock();
        if (!retired.empty()) {
            retired_.insert(retired_.end(), retired.begin(), retired.end());
            ready_.signal();
        }
        behind_ = more || advance_.durable > advance.durable;
    }

    std::uint64_t look_at_disk() {
        try {
            return disk_.free_bytes();
        } catch (const JournalError&) {
            return 0;
        }
    }

    void clear_if_all_is_taken() {
        if (finished_.empty() && retired_.empty()) ready_.clear();
    }

    static constexpr int answers_in_a_row = 4;

    Disk& disk_;
    History history_;  // of the thread
    std::atomic<std::uint64_t> free_bytes_ = 0;
    int answered_ = 0;
    EventFd ready_;

    std::mutex mutex_;  // for what follows
    std::condition_variable changed_;
    std::deque<std::pair<Token, Query>> asked_;
    std::deque<Finished> finished_;
    Advance advance_;
    std::vector<std::string> retired_;
    bool behind_ = false;
    bool stop_ = false;

    std::thread thread_;
};

HistoryThread::HistoryThread(Disk& disk, const Settings& settings, Report report)
    : machinery_(std::make_unique<Machinery>(disk, settings, std::move(report))) {}

HistoryThread::~HistoryThread() = default;

bool HistoryThread::ask(Query query, Token token) {
    if (under_way_ == max_queries) return false;
    ++under_way_;
    machinery_->ask(std::move(query), token);
    return true;
}

int HistoryThread::fd() const {
    return machinery_->fd();
}

std::optional<HistoryThread::Finished> HistoryThread::take_finished() {
    std::optional<Finished> finished = machinery_->take_finished();
    if (finished) --under_way_;
    return finished;
}

void HistoryThread::advance(const Advance& advance) {
    machinery_->advance(advance);
}

std::vector<std::string> HistoryThread::take_retired() {
    return machinery_->take_retired();
}

std::uint64_t HistoryThread::free_bytes() const {
    return machinery_->free_bytes();
}

std::uint64_t HistoryThread::measure_free_bytes() {
    return machinery_->measure_free_bytes();
}

}  // namespace taskbbs::journal
