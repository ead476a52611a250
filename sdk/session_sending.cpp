// The machine behind a client: what to send, when to send it again, and when a connection is given
// up.
#include "sdk/session.hpp"

#include <algorithm>

namespace taskbbs::sdk {

namespace {

// Version, session, `acked` and the heads of the arrays, at their longest.
constexpr std::size_t envelope_bytes = 1 + 1 + 18 + 9 + 5;
// The head of a request: array, id, verb.
constexpr std::size_t request_head_bytes = 1 + 9 + 10;
// A broker may have been given a smaller bound than the default, and closes the connection over a
// longer message without a word: so nothing big goes out with the first hello.
constexpr std::size_t unknown_message_bytes = std::size_t{256} << 10;
// Few are less than an eighth of what is under way, so that it comes to eight messages in rotation,
// and than a message holds.
constexpr std::size_t gathered_share = 8;

// Answered when they are ready, not in order (section 2).
bool may_be_late(Verb verb, Duration wait) {
    switch (verb) {
        case Verb::acquire:
            return wait > Duration(0);
        case Verb::replay:
        case Verb::converge:
        case Verb::depart:
            return true;
        default:
            return false;
    }
}

}  // namespace

Error too_large(std::size_t limit) {
    return {.code = Code::refused,
            .status = Status::too_large,
            .status_name = std::string(name_of(Status::too_large)),
            .message = "the request is longer than a message can be: at most " +
                       std::to_string(limit) + " bytes",
            .limit = static_cast<std::int64_t>(limit)};
}

// ---- sending ---------------------------------------------------------------------------------

// A retry counts already; a new mutation has to fit into what the broker remembers.
bool Session::may_send(const Entry& entry, RequestId id) const {
    if (entry.connections > 0 || entry.internal) {
        return true;
    }
    const bool remembered = !is_mutation(entry.verb) || unacked_ < settings_.unacked;
    return remembered && id - acked_ <= static_cast<RequestId>(settings_.window);
}

bool Session::fits(const Entry& entry, std::size_t bytes, std::size_t count) const {
    const std::size_t most = knows_limits_
                                 ? settings_.message_bytes
                                 : std::min(settings_.message_bytes, unknown_message_bytes);
    const std::size_t more = request_head_bytes + entry.packed.size();
    return count == 0 || (count < requests_ && envelope_bytes + bytes + more <= most);
}

bool Session::waits_for_company(Instant now) {
    const bool few = to_send_.size() < requests_ && to_send_.size() * gathered_share < prompt_;
    const Entry* const first = few && !to_send_.empty() ? find(to_send_.front()) : nullptr;
    if (gathered_ || first == nullptr || !may_send(*first, to_send_.front())) {
        gather_until_.reset();
        return false;
    }
    gather_until_ = gather_until_.value_or(now + settings_.gather);
    return true;
}

std::optional<std::string> Session::take_outgoing(Instant now) {
    last_sent_.clear();
    if (wants_connection_ || closed_) {
        return std::nullopt;
    }
    const bool can_confirm = std::any_of(
        held_.begin(), held_.end(), [this](const Held& held) { return held.id <= acked_; });
    if (can_confirm) {
        probe(now);
    }
    if (waits_for_company(now)) {
        return std::nullopt;
    }
    packed_.clear();
    protocol::Packer packer(packed_);
    while (!to_send_.empty()) {
        const RequestId id = to_send_.front();
        Entry* entry = find(id);
        if (entry == nullptr || entry->stage != Stage::waiting) {
            to_send_.pop_front();  // given up meanwhile
            continue;
        }
        if (knows_limits_ &&
            envelope_bytes + request_head_bytes + entry->packed.size() > settings_.message_bytes) {
            to_send_.pop_front();
            refuse_too_large(id, *entry);
            continue;
        }
        if (!may_send(*entry, id)) {
            break;
        }
        if (!fits(*entry, packed_.size(), last_sent_.size())) {
            gathered_ = true;  // the rest of it has no less right to go
            break;
        }
        to_send_.pop_front();
        packer.array(3);
        packer.integer(id);
        packer.str(name_of(entry->verb));
        packer.raw(entry->packed);
        mark_sent(*entry, id, now);
    }
    gathered_ = gathered_ && !to_send_.empty();
    if (last_sent_.empty()) {
        return std::nullopt;
    }
    std::string message;
    message.reserve(envelope_bytes + packed_.size());
    protocol::Packer outer(message);
    protocol::pack_request_message(
        outer, id_, acked_, static_cast<std::uint32_t>(last_sent_.size()), packed_);
    if (packed_.size() > settings_.message_bytes) {
        packed_ = {};  // a single one may be of any size, before the broker has told its bounds
    }
    return message;
}

void Session::refuse_too_large(RequestId id, Entry& entry) {
    Error error = too_large(settings_.message_bytes);
    error.outcome_unknown = is_mutation(entry.verb) && entry.connections > 0;
    complete(id, entry, tl::unexpected(std::move(error)));
}

void Session::mark_sent(Entry& entry, RequestId id, Instant now) {
    const bool first = entry.connection != connection_;
    last_sent_.push_back({id, first});
    if (entry.connections == 0) {
        entry.acked = acked_;
        unacked_ += is_mutation(entry.verb) ? 1 : 0;
    }
    if (first) {
        entry.connection = connection_;
        ++entry.connections;
    }
    entry.stage = Stage::sent;
    entry.sent_at = now;
    const bool late = may_be_late(entry.verb, entry.wait);
    std::size_t& counter = late ? late_ : prompt_;
    if (counter == 0 && (!late || prompt_ == 0)) {
        listening_since_ = now;
    }
    ++counter;
    lost_.set(now + allowance(entry), id);
}

// How long its answer may take while others are answered.
Duration Session::allowance(const Entry& entry) const {
    const bool slow = may_be_late(entry.verb, entry.wait);
    return entry.wait + settings_.lost_after * (slow ? 3 : 1);
}

void Session::on_unsent() {
    std::vector<RequestId> unsent;
    for (const Sent& sent : last_sent_) {
        Entry* entry = find(sent.id);
        if (entry == nullptr || entry->stage != Stage::sent) {
            continue;
        }
        leave_wire(*entry);
        entry->stage = Stage::waiting;
        unsent.push_back(sent.id);
        if (sent.first) {
            entry->connection = 0;
            --entry->connections;
            unacked_ -= entry->connections == 0 && is_mutation(entry->verb) ? 1 : 0;
        }
    }
    to_send_.insert(to_send_.begin(), unsent.begin(), unsent.end());
    gathered_ = !unsent.empty();
    last_sent_.clear();
}

void Session::leave_wire(Entry& entry) {
    if (entry.stage == Stage::sent) {
        --(may_be_late(entry.verb, entry.wait) ? late_ : prompt_);
    }
}

// ---- the connection --------------------------------------------------------------------------

void Session::on_connected(Instant now) {
    ++connection_;
    wants_connection_ = false;
    connected_at_ = now;
    listening_since_ = now;
    renew_patience();
}

// A broker that ends is tried again at once; one that takes connections and drops them, be it full
// or no broker at all, with growing pauses.
void Session::on_disconnected(Instant now) {
    if (wants_connection_ || closed_) {
        return;
    }
    reconnect();
    if (now - connected_at_ >= settings_.patience) {
        losses_ = 0;
        return;
    }
    connect_at_ =
        now + jitter(random_, doubled(settings_.lost_pause, losses_++, settings_.lost_pause_max));
}

void Session::renew_patience() {
    const Duration most = settings_.patience_max - settings_.patience;
    patience_ = settings_.patience + jitter(random_, doubled(settings_.patience, silences_, most));
}

// Everything that is pending goes out again on the next connection, in order, with the same ids.
void Session::reconnect() {
    wants_connection_ = true;
    prompt_ = 0;
    late_ = 0;
    gather_until_.reset();
    lost_.clear();
    last_sent_.clear();
    to_send_.clear();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        Entry& entry = entries_[i];
        if (entry.stage == Stage::sent) {
            entry.stage = Stage::waiting;
        }
        if (entry.stage == Stage::waiting) {
            to_send_.push_back(acked_ + static_cast<RequestId>(i) + 1);
        }
    }
}

std::optional<Instant> Session::silent_at() const {
    if (wants_connection_ || prompt_ + late_ == 0) {
        return std::nullopt;
    }
    return listening_since_ + (prompt_ > 0 ? patience_ : settings_.probe_after);
}

// Others were answered since, and it was not: its reply was dropped. Where nothing is heard at all,
// that is silence, which is judged elsewhere.
bool Session::is_lost(Instant now) {
    while (const auto id = lost_.take_due(now)) {
        const Entry* entry = find(*id);
        if (entry == nullptr || entry->stage != Stage::sent ||
            entry->sent_at + allowance(*entry) > now) {
            continue;
        }
        if (listening_since_ > entry->sent_at) {
            return true;
        }
        lost_.set(now + settings_.lost_after, *id);
    }
    return false;
}

// ---- time ------------------------------------------------------------------------------------

void Session::on_timer(Instant now) {
    if (closed_) {
        return;
    }
    while (const auto id = deadlines_.take_due(now)) {
        give_up(*id);
    }
    retry_busy(now);
    if (gather_until_ && *gather_until_ <= now) {
        gather_until_.reset();
        gathered_ = true;
    }
    const std::optional<Instant> silent = silent_at();
    if (silent && *silent <= now) {
        if (prompt_ > 0) {
            ++silences_;
            reconnect();
        } else {
            listening_since_ = now;
            probe(now);
        }
    }
    if (!wants_connection_ && is_lost(now)) {
        reconnect();
    }
    drop_stale_timers();
}

void Session::retry_busy(Instant now) {
    while (const auto id = retries_.take_due(now)) {
        Entry* entry = find(*id);
        if (entry != nullptr && entry->stage == Stage::backing_off) {
            entry->stage = Stage::waiting;
            entry->busy_error.reset();
            to_send_.push_back(*id);
        }
    }
}

void Session::drop_stale_timers() {
    const auto is_over = [this](RequestId id) {
        const Entry* entry = find(id);
        return entry == nullptr || entry->stage == Stage::done;
    };
    deadlines_.drop_while([&](RequestId id) {
        return is_over(id) && std::none_of(held_.begin(), held_.end(), [id](const Held& held) {
                   return held.id == id;
               });
    });
    retries_.drop_while(is_over);
    lost_.drop_while(is_over);
}

std::optional<Instant> Session::next_deadline() const {
    std::optional<Instant> next = wants_connection_ ? std::optional(connect_at_) : silent_at();
    if (gather_until_ && (!next || *gather_until_ < *next)) {
        next = gather_until_;
    }
    for (const Timers* timers : {&deadlines_, &retries_, &lost_}) {
        const std::optional<Instant> at = timers->next();
        if (at && (!next || *at < *next)) {
            next = at;
        }
    }
    return next;
}

}  // namespace taskbbs::sdk
