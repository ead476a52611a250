// The machine behind a client: calls in, replies in, outcomes out. What is sent and when a
// connection is given up is session_sending.cpp.
#include "sdk/session.hpp"

#include "sdk/wire.hpp"

#include <algorithm>

namespace taskbbs::sdk {

using protocol::Reply;

namespace {

// A call with less time than so many waits for company does not wait for any.
constexpr int shortest_gathering = 4;

Error error_of(Code code, std::string message) {
    return {.code = code, .message = std::move(message)};
}

}  // namespace

Session::Session(const SessionId& id, Random random, SessionSettings settings)
    : id_(id), random_(std::move(random)), settings_(settings) {}

// ---- calls -----------------------------------------------------------------------------------

Result<RequestId> Session::submit(Instant now, Submission call) {
    if (closed_) {
        return tl::unexpected(error_of(Code::closed, "the client is closed"));
    }
    if (call.args.size() > settings_.call_bytes) {
        return tl::unexpected(too_large(settings_.call_bytes));
    }
    if (calls_ >= settings_.calls || call_bytes_ + call.args.size() > settings_.call_bytes) {
        return tl::unexpected(
            error_of(Code::overloaded, "too many calls wait in this client; try again later"));
    }
    if (!knows_limits_) {
        probe(now);
    }
    gathered_ = gathered_ || call.deadline - now < shortest_gathering * settings_.gather;
    ++calls_;
    call_bytes_ += call.args.size();
    return append({.verb = call.verb,
                   .packed = std::move(call.args),
                   .deadline = std::min(call.deadline, now + settings_.longest),
                   .wait = call.wait});
}

RequestId Session::append(Entry entry) {
    const RequestId id = acked_ + static_cast<RequestId>(entries_.size()) + 1;
    if (!entry.internal) {
        deadlines_.set(entry.deadline, id);
    }
    entries_.push_back(std::move(entry));
    to_send_.push_back(id);
    return id;
}

// A hello of our own: it learns the limits, tells whether the connection lives, and carries
// `acked`.
void Session::probe(Instant now) {
    if (probe_ != 0 || closed_) {
        return;
    }
    probe_ = append({.verb = Verb::hello,
                     .internal = true,
                     .packed = pack(HelloArgs{}),
                     .deadline = now + settings_.longest});
}

Session::Entry* Session::find(RequestId id) {
    const RequestId at = id - acked_ - 1;
    const bool known = at >= 0 && at < static_cast<RequestId>(entries_.size());
    return known ? &entries_[static_cast<std::size_t>(at)] : nullptr;
}

// ---- replies ---------------------------------------------------------------------------------

void Session::on_message(std::string_view bytes, Instant now) {
    const auto message = protocol::parse_replies(bytes);
    if (!message || closed_) {
        return;
    }
    listening_since_ = now;
    handshake_failure_.clear();
    if (silences_ > 0) {
        silences_ = 0;
        renew_patience();
    }
    completions_.reserve(completions_.size() + message->replies.size());
    for (const Reply& reply : message->replies) {
        on_reply(reply, now);
    }
    release_held();
}

void Session::on_reply(const Reply& reply, Instant now) {
    if (reply.id == 0) {
        on_whole_message_refused(reply);
        return;
    }
    Entry* entry = find(reply.id);
    if (entry == nullptr || entry->stage == Stage::done || entry->connections == 0) {
        return;  // answered already, or given up
    }
    confirmed_ = std::max(confirmed_, entry->acked);
    if (reply.status == name_of(Status::ok)) {
        if (entry->internal) {
            on_hello(reply.body);
        }
        complete(reply.id, *entry, reply.body);
        return;
    }
    Error error = refusal_of(reply.status, reply.body);
    if (error.is(Status::busy)) {
        on_busy(reply.id, *entry, std::move(error), now);
    } else {
        on_refusal(reply.id, *entry, std::move(error));
    }
}

void Session::on_hello(std::string_view body) {
    const Result<Hello> hello = read<Hello>(body);
    if (!hello) {
        return;
    }
    const auto at_least_one = [](std::int64_t given) {
        return static_cast<std::size_t>(std::max<std::int64_t>(given, 1));
    };
    const Limits& limits = hello->limits;
    knows_limits_ = true;
    settings_.message_bytes = at_least_one(limits.message_bytes);
    settings_.unacked = std::min(settings_.unacked, at_least_one(limits.unacked));
    requests_ = std::min(requests_, at_least_one(limits.requests));
}

void Session::on_busy(RequestId id, Entry& entry, Error error, Instant now) {
    const Duration pause =
        settings_.busy_pause +
        jitter(random_, doubled(settings_.busy_pause, entry.busy++, settings_.busy_pause_max));
    leave_wire(entry);
    entry.stage = Stage::backing_off;
    error.outcome_unknown = is_mutation(entry.verb) && entry.connections > 1;
    entry.busy_error = std::make_unique<Error>(std::move(error));
    retries_.set(now + pause, id);
}

void Session::on_refusal(RequestId id, Entry& entry, Error error) {
    const bool mutation = is_mutation(entry.verb);
    // Not a verdict on the request: an earlier copy of it was applied, but nobody remembers.
    error.outcome_unknown = mutation && error.is(Status::request_expired);
    if (mutation && entry.connections > 1 && !error.is(Status::request_expired)) {
        held_.push_back({id, std::move(error)});
        settle(entry);
        return;
    }
    complete(id, entry, tl::unexpected(std::move(error)));
}

// Nobody can tell which message of this connection it was, so all that it carried share the fate.
void Session::on_whole_message_refused(const Reply& reply) {
    const Error error = refusal_of(reply.status, reply.body);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        Entry& entry = entries_[i];
        if (entry.stage != Stage::sent) {
            continue;
        }
        Error own = error;
        const bool judged = error.is(Status::unsupported_version) && entry.connections == 1;
        own.outcome_unknown = is_mutation(entry.verb) && !judged;
        complete(acked_ + static_cast<RequestId>(i) + 1, entry, tl::unexpected(std::move(own)));
    }
}

// ---- outcomes --------------------------------------------------------------------------------

void Session::complete(RequestId id, Entry& entry, Result<std::string_view> outcome) {
    const bool internal = entry.internal;
    if (internal) {
        probe_ = 0;
    }
    settle(entry);
    if (!internal) {
        --calls_;
        completions_.push_back({id, std::move(outcome)});
    }
}

// The request itself is over: nothing of it is sent any more.
void Session::settle(Entry& entry) {
    leave_wire(entry);
    if (!entry.internal) {
        call_bytes_ -= entry.packed.size();
    }
    entry.packed = {};
    entry.stage = Stage::done;
}

void Session::release_held() {
    const auto is_held = [this](const Held& held) { return held.id > confirmed_; };
    const auto first = std::stable_partition(held_.begin(), held_.end(), is_held);
    for (auto it = first; it != held_.end(); ++it) {
        it->refusal.outcome_unknown = true;  // the other copy may have come between
        --calls_;
        completions_.push_back({it->id, tl::unexpected(std::move(it->refusal))});
    }
    held_.erase(first, held_.end());
}

std::vector<Completion> Session::take_completions() {
    std::vector<Completion> taken = std::exchange(completions_, {});
    advance_acked();
    drop_stale_timers();
    return taken;
}

void Session::advance_acked() {
    while (!entries_.empty() && entries_.front().stage == Stage::done) {
        const Entry& entry = entries_.front();
        unacked_ -= is_mutation(entry.verb) && entry.connections > 0 ? 1 : 0;
        entries_.pop_front();
        ++acked_;
    }
}

Error Session::given_up(const Entry& entry) const {
    if (entry.connections == 0) {
        return handshake_failure_.empty()
                   ? error_of(Code::timed_out,
                              "the broker could not be reached in time; nothing was sent")
                   : error_of(Code::handshake_failed, handshake_failure_);
    }
    const bool unknown = is_mutation(entry.verb);
    Error error = error_of(
        Code::timed_out,
        unknown ? "no answer in time; whether it was applied is unknown" : "no answer in time");
    error.outcome_unknown = unknown;
    return error;
}

void Session::give_up(RequestId id) {
    Entry* entry = find(id);
    if (entry != nullptr && entry->stage != Stage::done) {
        Error error = given_up(*entry);
        if (entry->stage == Stage::backing_off) {
            error = std::move(*entry->busy_error);
        }
        complete(id, *entry, tl::unexpected(std::move(error)));
        return;
    }
    const auto held = std::find_if(
        held_.begin(), held_.end(), [id](const Held& candidate) { return candidate.id == id; });
    if (held != held_.end()) {
        held->refusal.outcome_unknown = true;  // an earlier copy may still be accepted
        --calls_;
        completions_.push_back({id, tl::unexpected(std::move(held->refusal))});
        held_.erase(held);
    }
}

void Session::complete_all(const Error& error) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        Entry& entry = entries_[i];
        if (entry.stage != Stage::done) {
            Error own = error;
            own.outcome_unknown = is_mutation(entry.verb) && entry.connections > 0;
            complete(acked_ + static_cast<RequestId>(i) + 1, entry, tl::unexpected(std::move(own)));
        }
    }
    for (Held& held : std::exchange(held_, {})) {
        held.refusal.outcome_unknown = true;
        --calls_;
        completions_.push_back({held.id, tl::unexpected(std::move(held.refusal))});
    }
    to_send_.clear();
    gather_until_.reset();
}

void Session::on_turned_away(std::string_view why) {
    Error error = error_of(Code::refused, std::string(why));
    error.status = Status::denied;
    error.status_name = name_of(Status::denied);
    complete_all(error);
}

void Session::close() {
    closed_ = true;
    complete_all(error_of(Code::closed, "the client was closed before an answer came"));
    wants_connection_ = false;
}

}  // namespace taskbbs::sdk
