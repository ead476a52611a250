// Turns the loop as the daemon's thread does.
#include "sdk/testing/loop_host.hpp"

#include "broker/journal/page_builder.hpp"
#include "broker/recover.hpp"

#include <cstdlib>
#include <utility>

namespace taskbbs::testing {

void LoopHost::start(core::Time wall) {
    if (serves()) {
        return;
    }
    replay();
    began_ = board_->begin_serving(wall);
    broker_ = std::make_unique<broker::Broker>(*board_,
                                               broker::Identity{.server = "taskbbs/testing",
                                                                .broker_id = "testing",
                                                                .log = "testing",
                                                                .events = "testing",
                                                                .sync = "always"});
    broker_->set_read_only(read_only_);
    broker_->begin(began_);
    work(core::Duration(0));
}

void LoopHost::stop() {
    broker_.reset();
    board_.reset();
}

void LoopHost::replay() {
    broker::Fold fold(settings_);
    for (const Kept& batch : kept_) {
        bool understood = fold.begin_batch({.first_seq = batch.first_seq,
                                            .count = batch.count,
                                            .time = batch.time,
                                            .run_began = batch.run_began});
        journal::RecordCursor cursor(batch.first_seq, batch.records);
        while (const auto record = cursor.next()) {
            understood = understood && fold.apply(*record);
        }
        if (!understood || !cursor.at_end()) {
            std::abort();  // this very program wrote it
        }
    }
    board_ = fold.take_board();
}

void LoopHost::receive(const std::string& peer, std::string_view frame, core::Duration passed) {
    if (!serves()) {
        return;
    }
    broker_->receive(peer, frame, began_ + passed);
    while (broker_->handle_next(0)) {
    }
    work(passed);
}

void LoopHost::work(core::Duration passed) {
    while (serves() && turn(began_ + passed)) {
    }
}

bool LoopHost::turn(core::Time now) {
    const bool more = broker_->work(now, now, false);
    std::unique_ptr<journal::Batch> batch = broker_->take_batch(now);
    const bool landed = batch != nullptr;
    if (landed) {
        kept_.push_back({batch->first_seq(),
                         batch->count(),
                         batch->time(),
                         batch->run_began(),
                         std::string(batch->body())});
        broker_->durable(std::move(batch), now);
    }
    const bool answered = collect();
    return more || landed || answered;
}

// True: pages of the history were handed in, whose replies leave with the next turn.
bool LoopHost::collect() {
    broker::Output output = std::exchange(broker_->output(), {});
    for (const broker::Publication& publication : output.publications) {
        ends_.on_publication(publication.topic, publication.body);
    }
    for (broker::Message& message : output.messages) {
        ends_.on_message(message.peer, std::move(message.bytes));
    }
    for (const broker::HistoryQuestion& question : output.questions) {
        broker_->receive_page(question.token, read(question.query));
    }
    return !output.questions.empty();
}

journal::Page LoopHost::read(const journal::Query& query) const {
    if (query.after > query.up_to) {
        return {.kind = journal::Page::Kind::truncated, .oldest = 1};
    }
    journal::PageBuilder builder(query);
    for (const Kept& batch : kept_) {
        if (batch.first_seq + batch.count <= query.after + 1) {
            continue;
        }
        journal::RecordCursor cursor(batch.first_seq, batch.records);
        while (const auto record = cursor.next()) {
            if (record->seq > query.after && !builder.offer(*record)) {
                return builder.take();
            }
        }
    }
    builder.skip_to(query.up_to);
    return builder.take();
}

std::optional<core::Duration> LoopHost::next_deadline() const {
    const auto due = serves() ? broker_->next_deadline() : std::nullopt;
    return due ? std::optional<core::Duration>(*due - began_) : std::nullopt;
}

void LoopHost::set_read_only(bool on) {
    read_only_ = on;
    if (serves()) {
        broker_->set_read_only(on);
    }
}

}  // namespace taskbbs::testing
