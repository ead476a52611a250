// Remembering outcomes, forgetting sessions.
#include "broker/core/sessions.hpp"

#include <algorithm>

namespace taskbbs::core {

namespace {

// How many sessions one batch may forget, so that no batch takes long. A constant: a restart must
// forget at the same batch.
constexpr int forgotten_per_batch = 256;

}  // namespace

// Several look-ups a request, and many requests a message, are of one session.
Slot Sessions::slot_of(const SessionId& id) const {
    if (found_ != no_slot && slab_[found_].id == id) {
        return found_;
    }
    const auto is_it = [&](Slot slot) { return slab_[slot].id == id; };
    return found_ = index_.find(index_hash(id.view()), is_it);
}

Slot Sessions::make(const SessionId& id) {
    const Slot slot = slab_.take();
    Session& session = slab_[slot];
    session.id = id;
    if (const auto stranger = strangers_.find(id); stranger != strangers_.end()) {
        session.acked_seen = stranger->second;
        strangers_.erase(stranger);
    }
    index_.insert(index_hash(id.view()), slot);
    return slot;
}

void Sessions::leave_order(Slot slot) {
    Session& session = slab_[slot];
    if (session.previous == no_slot && session.next == no_slot && oldest_ != slot) {
        return;
    }
    (session.previous == no_slot ? oldest_ : slab_[session.previous].next) = session.next;
    (session.next == no_slot ? newest_ : slab_[session.next].previous) = session.previous;
    session.previous = session.next = no_slot;
}

// Behind all others.
void Sessions::use(Slot slot) {
    if (newest_ == slot) {
        return;
    }
    leave_order(slot);
    slab_[slot].previous = newest_;
    (newest_ == no_slot ? oldest_ : slab_[newest_].next) = slot;
    newest_ = slot;
}

void Sessions::forget(Slot slot) {
    leave_order(slot);
    const Session& session = slab_[slot];
    open_share(slot);
    open_ = no_slot;
    for (const Outcome& outcome : session.outcomes.all()) {
        digest_ -= digest_of(session.id, numbers_of(outcome));
    }
    outcomes_ -= session.outcomes.size();
    index_.erase(index_hash(session.id.view()), slot);
    found_ = no_slot;
    slab_.give_back(slot);
}

void Sessions::begin_batch(Time time, Time run_began) {
    serving_ += std::max(Duration{0}, time - std::max(last_batch_, run_began));
    last_batch_ = time;
    for (int i = 0; i < forgotten_per_batch && oldest_ != no_slot; ++i) {
        if (serving_ - slab_[oldest_].last_used < remembered) {
            return;
        }
        forget(oldest_);
    }
}

void Sessions::drop_acked(Session& session, RequestId acked) {
    const std::size_t count = session.outcomes.count_up_to(acked);
    for (const Outcome& outcome : session.outcomes.all().first(count)) {
        digest_ -= digest_of(session.id, numbers_of(outcome));
    }
    outcomes_ -= count;
    session.outcomes.drop_first(count);
}

// Takes a session's share out of the digest, and leaves it out until another one's is: mostly many
// requests of one session follow on each other, and it is hashed once.
void Sessions::open_share(Slot slot) {
    if (slot != open_) {
        close_share();
        digest_ -= digest_of(numbers_of(slab_[slot]));
        open_ = slot;
    }
}

void Sessions::close_share() {
    if (open_ != no_slot) {
        digest_ += digest_of(numbers_of(slab_[open_]));
        open_ = no_slot;
    }
}

Digest Sessions::digest() const {
    return digest_ + (open_ == no_slot ? 0 : digest_of(numbers_of(slab_[open_])));
}

void Sessions::record(const Event& event) {
    const Origin& origin = event.origin;
    Slot slot = slot_of(origin.session);
    if (slot == no_slot) {
        slot = make(origin.session);
        close_share();
        open_ = slot;
    } else {
        open_share(slot);
    }
    use(slot);
    Session& session = slab_[slot];
    session.last_used = serving_;
    if (origin.acked > session.acked) {
        session.acked = origin.acked;
        session.acked_seen = std::max(session.acked_seen, origin.acked);
        drop_acked(session, origin.acked);
    }
    Outcome* outcome = session.outcomes.find(origin.id);
    if (outcome == nullptr) {
        outcome = &session.outcomes.insert(
            {.id = origin.id, .first = event.seq & Outcome::max_seq, .verb = origin.verb});
        ++outcomes_;
    } else {
        digest_ -= digest_of(session.id, numbers_of(*outcome));
    }
    outcome->last = event.seq & Outcome::max_seq;
    outcome->state = event.to;
    digest_ += digest_of(session.id, numbers_of(*outcome));
}

void Sessions::extend(const Origin& origin, Seq last) {
    const Slot slot = slot_of(origin.session);
    Outcome* const outcome = slot == no_slot ? nullptr : slab_[slot].outcomes.find(origin.id);
    if (outcome != nullptr) {
        digest_ -= digest_of(origin.session, numbers_of(*outcome));
        outcome->last = last & Outcome::max_seq;
        digest_ += digest_of(origin.session, numbers_of(*outcome));
    }
}

// ---- rows ------------------------------------------------------------------------------------

SessionNumbers Sessions::numbers_of(const Session& session) {
    return {.id = session.id, .acked = session.acked, .last_used = session.last_used.count()};
}

OutcomeNumbers Sessions::numbers_of(const Outcome& outcome) {
    return {.id = outcome.id,
            .first = outcome.first,
            .last = outcome.last,
            .verb = static_cast<std::uint32_t>(outcome.verb),
            .state = static_cast<std::uint32_t>(outcome.state)};
}

void Sessions::load(const SessionNumbers& numbers) {
    const Slot slot = make(numbers.id);
    Session& session = slab_[slot];
    session.acked = numbers.acked;
    session.acked_seen = numbers.acked;
    session.last_used = Duration(numbers.last_used);
    use(slot);
    digest_ += digest_of(numbers);
}

bool Sessions::load(const OutcomeNumbers& numbers) {
    Session& session = slab_[newest_];
    const auto before = session.outcomes.all();
    if (!before.empty() && before.back().id >= numbers.id) {
        return false;
    }
    session.outcomes.insert({.id = numbers.id,
                             .first = numbers.first & Outcome::max_seq,
                             .verb = static_cast<Verb>(numbers.verb),
                             .last = numbers.last & Outcome::max_seq,
                             .state = static_cast<State>(numbers.state)});
    ++outcomes_;
    digest_ += digest_of(session.id, numbers);
    return true;
}

// ---- of this run -----------------------------------------------------------------------------

void Sessions::acked(const SessionId& id, RequestId acked) {
    if (acked == 0) {
        return;
    }
    if (const Slot slot = slot_of(id); slot != no_slot) {
        Session& session = slab_[slot];
        session.acked_seen = std::max(session.acked_seen, acked);
        return;
    }
    auto [stranger, is_new] = strangers_.try_emplace(id, acked);
    stranger->second = std::max(stranger->second, acked);
    if (!is_new) {
        return;
    }
    stranger_order_.push_back(id);
    if (stranger_order_.size() > max_strangers) {
        strangers_.erase(stranger_order_.front());
        stranger_order_.pop_front();
    }
}

RequestId Sessions::acked(const SessionId& id) const {
    if (const Slot slot = slot_of(id); slot != no_slot) {
        return slab_[slot].acked_seen;
    }
    const auto stranger = strangers_.find(id);
    return stranger == strangers_.end() ? 0 : stranger->second;
}

const Outcome* Sessions::find(const SessionId& id, RequestId request) const {
    const Slot slot = slot_of(id);
    return slot == no_slot ? nullptr : slab_[slot].outcomes.find(request);
}

std::size_t Sessions::unacked(const SessionId& id) const {
    const Slot slot = slot_of(id);
    return slot == no_slot ? 0 : slab_[slot].outcomes.size() - acked_outcomes(id);
}

std::size_t Sessions::acked_outcomes(const SessionId& id) const {
    const Slot slot = slot_of(id);
    return slot == no_slot ? 0 : slab_[slot].outcomes.count_up_to(slab_[slot].acked_seen);
}

}  // namespace taskbbs::core
