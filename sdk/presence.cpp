// The machine behind an executor's presence.
#include "sdk/presence.hpp"

#include <algorithm>
#include <utility>

namespace taskbbs::sdk {

namespace {

// A refusal that no later heartbeat changes.
bool is_final(const Error& error) {
    if (error.code == Code::closed) {
        return true;
    }
    return error.code == Code::refused &&
           (error.status == Status::denied || error.status == Status::invalid_request ||
            error.status == Status::unsupported_version || error.status == Status::unknown_verb);
}

}  // namespace

PresenceMachine::PresenceMachine(Member member) : member_(std::move(member)) {}

std::optional<HeartbeatArgs> PresenceMachine::take_heartbeat(Instant now) {
    if (is_over() || under_way_ || now < due_at_) {
        return std::nullopt;
    }
    under_way_ = true;
    sent_at_ = now;
    due_at_ = now + interval();
    named_ = next_turn();
    return HeartbeatArgs{.executor_id = member_.executor_id,
                         .ttl = member_.ttl,
                         .incarnation = member_.incarnation,
                         .running = named_,
                         .stacks = member_.stacks,
                         .slots = member_.slots,
                         .free = member_.free};
}

// As many as a heartbeat may name, going round.
std::vector<Holding> PresenceMachine::next_turn() {
    std::vector<Holding> turn;
    const std::size_t count = std::min(holdings_.size(), protocol::max_running_pairs);
    turn.reserve(count);
    for (auto at = holdings_.upper_bound(turn_); turn.size() < count; ++at) {
        if (at == holdings_.end()) {
            at = holdings_.begin();
        }
        turn.push_back({at->first, at->second});
    }
    turn_ = turn.empty() ? std::string() : turn.back().guid;
    return turn;
}

void PresenceMachine::on_answer(const Result<HeartbeatAnswer>& answer, Instant now) {
    under_way_ = false;
    if (is_over()) {
        return;
    }
    if (!answer) {
        if (answer.error().is(Status::not_owner)) {
            become(Presence::superseded, answer.error());
            lose_all();
        } else if (is_final(answer.error())) {
            become(Presence::departed, answer.error());
        } else {
            on_timer(now);
        }
        return;
    }
    // The broker counts from when it received the heartbeat, which was not before it was sent.
    expires_at_ = sent_at_ + Duration(member_.ttl);
    if (now < expires_at_) {
        become(Presence::present);
    }
    if (std::exchange(draining_, answer->draining) != answer->draining) {
        notices_.emplace_back(Draining{answer->draining});
    }
    drop_stale(answer->stale);
}

// Unless it was taken again meanwhile, under a newer epoch.
void PresenceMachine::drop_stale(const std::vector<std::string>& guids) {
    for (const std::string& guid : guids) {
        const auto named = std::find_if(named_.begin(), named_.end(), [&](const Holding& holding) {
            return holding.guid == guid;
        });
        const auto held = holdings_.find(guid);
        if (named != named_.end() && held != holdings_.end() && held->second == named->epoch) {
            holdings_.erase(held);
            notices_.emplace_back(Stale{guid});
        }
    }
}

// What this incarnation held was failed or requeued before the next one joined.
void PresenceMachine::lose_all() {
    for (const auto& [guid, epoch] : std::exchange(holdings_, {})) {
        notices_.emplace_back(Stale{guid});
    }
}

void PresenceMachine::become(Presence presence, std::optional<Error> error) {
    if (presence_ == presence) {
        return;
    }
    presence_ = presence;
    error_ = error;
    notices_.emplace_back(PresenceChange{presence, std::move(error)});
}

void PresenceMachine::hold(std::string_view guid, Seq epoch) {
    holdings_.insert_or_assign(std::string(guid), epoch);
    if (presence_ == Presence::superseded) {
        lose_all();
    }
}

void PresenceMachine::release(std::string_view guid) {
    if (const auto held = holdings_.find(guid); held != holdings_.end()) {
        holdings_.erase(held);
    }
}

std::vector<Holding> PresenceMachine::held() const {
    std::vector<Holding> all;
    all.reserve(holdings_.size());
    for (const auto& [guid, epoch] : holdings_) {
        all.push_back({guid, epoch});
    }
    return all;
}

void PresenceMachine::set_capacity(std::int64_t slots, std::optional<Resources> free) {
    member_.slots = slots;
    member_.free = free;
    due_at_ = {};
}

void PresenceMachine::depart() {
    if (!is_over()) {
        become(Presence::departed);
    }
}

void PresenceMachine::on_timer(Instant now) {
    if (presence_ == Presence::present && now >= expires_at_) {
        become(Presence::unsure);
    }
}

std::optional<Instant> PresenceMachine::next_deadline() const {
    if (is_over()) {
        return std::nullopt;
    }
    std::optional<Instant> next;
    if (!under_way_) {
        next = due_at_;
    }
    if (presence_ == Presence::present && (!next || expires_at_ < *next)) {
        next = expires_at_;
    }
    return next;
}

std::vector<Notice> PresenceMachine::take_notices() {
    return std::exchange(notices_, {});
}

}  // namespace taskbbs::sdk
