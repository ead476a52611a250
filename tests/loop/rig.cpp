// Turns the loop as the daemon's thread does.
#include "tests/loop/rig.hpp"

#include "broker/recover.hpp"

#include <algorithm>

namespace taskbbs::loop_test {

Rig::Rig(core::Settings settings) : settings_(settings) {
    serve();
}

void Rig::serve() {
    replay();
    now_ = board_->begin_serving(wall_);
    broker_ = std::make_unique<broker::Broker>(
        *board_, broker::Identity{"taskbbsd test", "broker-1", "log-1", "tcp://*:7412", "always"});
    broker_->begin(now_);
}

// As journal::recover does. Whatever a test does, its replay gives the state that life had.
void Rig::replay() {
    broker::Fold fold(settings_);
    for (const Kept& batch : kept_) {
        fold.begin_batch({.first_seq = batch.first_seq,
                          .count = batch.count,
                          .time = batch.time,
                          .run_began = batch.run_began});
        journal::RecordCursor cursor(batch.first_seq, batch.records);
        while (const auto record = cursor.next()) {
            REQUIRE(fold.apply(*record));
        }
        REQUIRE(cursor.at_end());
        REQUIRE(fold.digest() == batch.digest);
    }
    board_ = fold.take_board();
}

void Rig::restart(Duration off, Duration astray) {
    in_flight_.reset();
    holding_ = false;
    broker_.reset();
    wall_ += off + astray;
    serve();
    run();
}

// ---- time ------------------------------------------------------------------------------------

void Rig::turn_clock(Duration by) {
    now_ += by;
    wall_ += by;
}

void Rig::stall(Duration time) {
    turn_clock(time);
    run();
}

void Rig::pass(Duration time) {
    constexpr int most_at_once = 100'000;  // the deadline must go on, not stand
    const Time end = now_ + time;
    run();
    int standing = 0;
    while (true) {
        const auto due = broker_->next_deadline();
        if (!due || *due > end) {
            break;
        }
        standing = *due > now_ ? 0 : standing + 1;
        REQUIRE(standing < most_at_once);
        turn_clock(std::max(*due - now_, Duration{0}));
        run();
    }
    turn_clock(end - now_);
    run();
}

void Rig::run() {
    while (turn()) {
    }
}

bool Rig::turn(bool drained) {
    heard_until_ = drained ? now_ : heard_until_;
    const bool more = broker_->work(now_, heard_until_, !drained);
    if (auto batch = broker_->take_batch(now_)) {
        in_flight_ = std::move(batch);
    }
    const bool landed = land();
    collect();
    return more || landed;
}

// ---- the journal -----------------------------------------------------------------------------

bool Rig::land() {
    if (!in_flight_ || holding_) {
        return false;
    }
    kept_.push_back({in_flight_->first_seq(),
                     in_flight_->count(),
                     in_flight_->time(),
                     in_flight_->run_began(),
                     in_flight_->digest(),
                     std::string(in_flight_->body())});
    broker_->durable(std::move(in_flight_), now_);
    return true;
}

void Rig::let_syncs_go() {
    holding_ = false;
    land();
    collect();
    run();
}

// ---- messages --------------------------------------------------------------------------------

void Rig::receive(const std::string& peer, std::string_view frame, std::size_t unread) {
    const auto key = keys_.find(peer);
    broker_->receive(peer, frame, now_, key == keys_.end() ? nullptr : grants().of(key->second));
    while (broker_->handle_next(unread)) {
    }
}

void Rig::grant(const std::string& peer, core::Grant grant) {
    keys_[peer] = grant.key;
    granted_[peer] = std::move(grant);
    broker_->regrant(grants());
}

void Rig::revoke(const std::string& peer) {
    granted_.erase(peer);
    broker_->regrant(grants());
}

core::Grants Rig::grants() const {
    core::Grants all;
    for (const auto& [peer, grant] : granted_) {
        all.add(grant);
    }
    return all;
}

void Rig::collect() {
    broker::Output& output = broker_->output();
    for (const broker::Publication& publication : output.publications) {
        Published& kept = published_.emplace_back();
        kept.topic = publication.topic;
        kept.body = publication.body;
        kept.map = kept.document.parse(kept.body).value();
    }
    for (broker::Message& message : output.messages) {
        messages_.push_back(std::move(message.bytes));
        const auto parsed = protocol::parse_replies(messages_.back());
        REQUIRE(parsed);
        for (const protocol::Reply& reply : parsed->replies) {
            const auto body = documents_.emplace_back().parse(reply.body);
            REQUIRE(body);
            answers_[message.peer].push_back({reply.id, reply.status, *body, parsed->seq});
        }
    }
    std::move(output.questions.begin(), output.questions.end(), std::back_inserter(questions_));
    output = {};
}

std::vector<Answer> Rig::take_answers(const std::string& peer) {
    return std::exchange(answers_[peer], {});
}

Story Rig::story() {
    Story lines;
    for (; told_ < published_.size(); ++told_) {
        const Published& each = published_[told_];
        if (each.topic == protocol::tick_topic) {
            continue;
        }
        const Value task = each.map.at("task");
        const auto name = task.is_nil() ? each.map.at("executor_id").str() : task.at("guid").str();
        lines.push_back(std::string(each.map.at("kind").str().value()) + " " +
                        std::string(name.value()));
    }
    return lines;
}

const Published& Rig::last_event() const {
    const auto found = std::find_if(published_.rbegin(), published_.rend(), [](const auto& each) {
        return each.topic != protocol::tick_topic;
    });
    REQUIRE(found != published_.rend());
    return *found;
}

bool Rig::has(std::string_view guid) const {
    return board_->tasks().find(guid) != core::no_slot;
}

const TaskView Rig::task(std::string_view guid) const {
    REQUIRE(has(guid));
    return board_->tasks().view(board_->tasks().find(guid));
}

}  // namespace taskbbs::loop_test
