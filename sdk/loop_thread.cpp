// The thread of a machine that calls the broker.
#include "sdk/loop_thread.hpp"

#include <utility>

namespace taskbbs::sdk {

void LoopThread::Mailbox::put(Letter letter) {
    const std::lock_guard lock(mutex_);
    if (station_) {
        letters_.push_back(std::move(letter));
        station_->signal();
    }
}

std::vector<LoopThread::Letter> LoopThread::Mailbox::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(letters_, {});
}

void LoopThread::Mailbox::wake() {
    const std::lock_guard lock(mutex_);
    if (station_) {
        station_->signal();
    }
}

void LoopThread::Mailbox::close() {
    std::vector<Letter> dropped;  // what they own may write letters
    const std::lock_guard lock(mutex_);
    station_.reset();
    dropped.swap(letters_);
}

Result<std::unique_ptr<LoopThread>> LoopThread::make(std::shared_ptr<Transport> transport) {
    std::unique_ptr<Station> station = transport->station();
    if (!station) {
        return tl::unexpected(
            Error{.code = Code::unusable_endpoint, .message = "no file descriptor is left"});
    }
    return std::make_unique<LoopThread>(std::move(transport), std::move(station));
}

LoopThread::LoopThread(std::shared_ptr<Transport> transport, std::unique_ptr<Station> station)
    : transport_(std::move(transport)), mailbox_(std::make_shared<Mailbox>(std::move(station))) {}

LoopThread::~LoopThread() {
    close();
}

void LoopThread::begin(Turn turn) {
    thread_ = std::thread(
        [this, &station = *mailbox_->station_, turn = std::move(turn)] { run(station, turn); });
}

void LoopThread::close() {
    if (thread_.joinable()) {
        closing_ = true;
        mailbox_->wake();
        thread_.join();
    }
    mailbox_->close();
}

void LoopThread::run(Station& station, const Turn& turn) {
    thread_id_ = std::this_thread::get_id();
    std::optional<Instant> next = transport_->now();
    while (!closing_) {
        station.wait(nullptr, false, next);
        for (const Letter& letter : mailbox_->take()) {
            if (closing_) {
                return;
            }
            letter(transport_->now());
        }
        if (!closing_) {
            next = turn(transport_->now());
        }
    }
}

}  // namespace taskbbs::sdk
