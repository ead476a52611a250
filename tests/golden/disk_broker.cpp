// Turns the loop as the daemon's thread does, but for one thing: each batch is durable at once.
#include "tests/golden/disk_broker.hpp"

#include <algorithm>

namespace taskbbs::golden {

journal::Settings small_segments() {
    constexpr std::uint64_t blocks = 8;
    journal::Settings settings;
    settings.segment_bytes = blocks * journal::block_bytes;
    settings.reserve_bytes = 0;
    return settings;
}

DiskBroker::DiskBroker(journal::Disk& disk, const core::Settings& settings, core::Time wall)
    : reserve_(disk, settings_.reserve_bytes, {}),
      spares_(disk, reserve_, settings_.segment_bytes, {}) {
    auto recovered =
        broker::recover_board(disk, settings_, {.now = wall, .writer = "golden"}, settings);
    board_ = std::move(recovered.board);
    reserve_.adopt();
    spares_.adopt();
    writer_ = std::make_unique<journal::Writer>(
        disk, reserve_, spares_, settings_, std::move(recovered.journal));
    now_ = board_->begin_serving(wall);
    constexpr protocol::RequestId requests_per_event = 10;  // at most
    last_id_ = requests_per_event * board_->seq();          // above all that earlier runs gave
    broker_ = std::make_unique<broker::Broker>(
        *board_, broker::Identity{"taskbbsd", "broker", "log", "tcp://*:7412", "always"});
    broker_->begin(now_);
    write();
}

void DiskBroker::receive(std::string_view session, std::string_view packed) {
    protocol::SessionId id;
    std::copy_n(session.begin(), std::min(session.size(), id.bytes.size()), id.bytes.begin());
    std::string frame;
    protocol::Packer packer(frame);
    pack_request_message(packer, id, acked_, 1, packed);
    broker_->receive(std::string(session), frame, now_);
    while (broker_->handle_next(0)) {
    }
}

void DiskBroker::write() {
    bool more = true;
    while (more) {
        more = broker_->work(now_, now_, false);
        if (auto batch = broker_->take_batch(now_)) {
            writer_->commit(*batch);
            broker_->durable(std::move(batch), now_);
            more = true;
        }
        broker_->output() = {};
    }
}

void DiskBroker::pass(core::Duration time) {
    const core::Time end = now_ + time;
    write();
    for (auto due = broker_->next_deadline(); due && *due <= end; due = broker_->next_deadline()) {
        now_ = std::max(now_, *due);
        write();
    }
    now_ = end;
    write();
}

void DiskBroker::stop() {
    broker_.reset();
    writer_->close();
    writer_.reset();
}

}  // namespace taskbbs::golden
