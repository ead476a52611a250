// Carries a batch to the writer and back, and its failure to the loop.
#include "broker/journal/journal_thread.hpp"

#include "broker/journal/event_fd.hpp"
#include "broker/journal/quiet_thread.hpp"
#include "broker/journal/require.hpp"
#include "broker/journal/reserve.hpp"
#include "broker/journal/spare_thread.hpp"
#include "broker/journal/spares.hpp"
#include "broker/journal/writer.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace taskbbs::journal {

// Who holds the writer: the thread from submit() until the batch, or the failure, is `done_`; the
// loop otherwise. The mutex hands it over, and is never held during I/O.
class JournalThread::Machinery {
  public:
    Machinery(Disk& disk, const Settings& settings, Recovered recovered, const Report& report)
        : reserve_(disk, settings.reserve_file_bytes(), report),
          spares_(disk, reserve_, usable_segment_bytes(settings.segment_bytes), report),
          writer_(disk, reserve_, spares_, settings, std::move(recovered)) {
        reserve_.adopt();
        spares_.adopt();
        spare_thread_.emplace(spares_);
        thread_ = quiet_thread("journal", [this] { run(); });
    }

    ~Machinery() { join(); }

    Machinery(const Machinery&) = delete;
    Machinery& operator=(const Machinery&) = delete;

    void submit(std::unique_ptr<Batch> batch) {
        {
            const std::lock_guard lock(mutex_);
            submitted_ = std::move(batch);
        }
        changed_.notify_one();
    }

    // Null: not yet. Throws the failure, again and again.
    std::unique_ptr<Batch> take_completed() {
        const std::lock_guard lock(mutex_);
        if (failure_) throw JournalError(*failure_);
        if (done_) completed_.clear();
        return std::move(done_);
    }

    bool commit_here(Batch& batch) {
        if (!writer_.fits(batch)) return false;
        commit_timed(batch);
        return true;
    }

    void stop() {
        join();
        if (failure_) throw JournalError(*failure_);
        spare_thread_.reset();
        writer_.close();
        publish_counters();
    }

    int fd() const { return completed_.fd(); }

    std::uint64_t syncs() const { return syncs_; }

    std::uint64_t batches() const { return batches_; }

    std::uint64_t bytes() const { return bytes_; }

    SyncTimes sync_times() const {
        const std::lock_guard lock(times_mutex_);
        return recent_syncs_.times(std::chrono::steady_clock::now());
    }

    metrics::SyncHistogram sync_histogram() const {
        const std::lock_guard lock(times_mutex_);
        return recent_syncs_.all();
    }

    std::uint64_t sealed() const { return sealed_; }

    std::uint64_t filled() const { return filled_; }

    void recycle(std::vector<std::string> names) { spares_.recycle(std::move(names)); }

    std::uint64_t progress() const { return progress_; }

    std::uint64_t reserve_held() const { return reserve_.held(); }

    bool disk_is_full() const { return reserve_.disk_is_full(); }

  private:
    void run() {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return stop_ || submitted_; });
            if (!submitted_) return;
            std::unique_ptr<Batch> batch = std::move(submitted_);
            lock.unlock();
            std::optional<JournalError> failure = commit(*batch);
            lock.lock();
            failure_ = std::move(failure);
            if (!failure_) done_ = std::move(batch);
            completed_.signal();
            if (failure_) return;
        }
    }

    std::optional<JournalError> commit(Batch& batch) {
        try {
            commit_timed(batch);
            return std::nullopt;
        } catch (const JournalError& error) {
            return error;
        }
    }

    void commit_timed(Batch& batch) {
        const auto began = std::chrono::steady_clock::now();
        writer_.commit(batch);
        const auto ended = std::chrono::steady_clock::now();
        {
            const std::lock_guard lock(times_mutex_);
            recent_syncs_.note(ended, ended - began);
        }
        publish_counters();
    }

    void publish_counters() {
        const Writer::Counters& counters = writer_.counters();
        syncs_ = counters.syncs;
        batches_ = counters.batches;
        bytes_ = counters.bytes;
        sealed_ = counters.sealed;
        filled_ = counters.filled;
        ++progress_;
    }

    void join() {
        if (!thread_.joinable()) return;
        {
            const std::lock_guard lock(mutex_);
            stop_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }

    Reserve reserve_;
    Spares spares_;
    Writer writer_;
    std::optional<SpareThread> spare_thread_;
    EventFd completed_;

    std::atomic<std::uint64_t> syncs_ = 0;
    std::atomic<std::uint64_t> batches_ = 0;
    std::atomic<std::uint64_t> bytes_ = 0;
    std::atomic<std::uint64_t> sealed_ = 0;
    std::atomic<std::uint64_t> filled_ = 0;
    std::atomic<std::uint64_t> progress_ = 0;

    mutable std::mutex times_mutex_;  // for what follows
    RecentSyncs recent_syncs_;

    std::mutex mutex_;  // for what follows
    std::condition_variable changed_;
    std::unique_ptr<Batch> submitted_;
    std::unique_ptr<Batch> done_;
    std::optional<JournalError> failure_;
    bool stop_ = false;

    std::thread thread_;
};

JournalThread::JournalThread(Disk& disk,
                             const Settings& settings,
                             Recovered recovered,
                             const Report& report)
    : machinery_(std::make_unique<Machinery>(disk, settings, std::move(recovered), report)) {}

JournalThread::~JournalThread() = default;

void JournalThread::submit(std::unique_ptr<Batch> batch) {
    require(!in_flight_, "one batch is in flight at a time");
    in_flight_ = true;
    machinery_->submit(std::move(batch));
}

std::unique_ptr<Batch> JournalThread::take_completed() {
    std::unique_ptr<Batch> batch = machinery_->take_completed();
    if (batch) in_flight_ = false;
    return batch;
}

bool JournalThread::commit_here(Batch& batch) {
    require(!in_flight_, "one batch is in flight at a time");
    return machinery_->commit_here(batch);
}

void JournalThread::stop() {
    machinery_->stop();
}

int JournalThread::fd() const {
    return machinery_->fd();
}

std::uint64_t JournalThread::syncs() const {
    return machinery_->syncs();
}

std::uint64_t JournalThread::batches() const {
    return machinery_->batches();
}

std::uint64_t JournalThread::bytes_written() const {
    return machinery_->bytes();
}

SyncTimes JournalThread::sync_times() const {
    return machinery_->sync_times();
}

metrics::SyncHistogram JournalThread::sync_histogram() const {
    return machinery_->sync_histogram();
}

std::uint64_t JournalThread::sealed_bytes() const {
    return machinery_->sealed();
}

std::uint64_t JournalThread::filled_bytes() const {
    return machinery_->filled();
}

void JournalThread::recycle(std::vector<std::string> names) {
    machinery_->recycle(std::move(names));
}

std::uint64_t JournalThread::progress() const {
    return machinery_->progress();
}

std::uint64_t JournalThread::reserve_held() const {
    return machinery_->reserve_held();
}

bool JournalThread::disk_is_full() const {
    return machinery_->disk_is_full();
}

}  // namespace taskbbs::journal
