// The machine behind a watch: listing what is there, replaying what was missed.
#include "sdk/watch.hpp"

#include <algorithm>

namespace taskbbs::sdk {

namespace {

// A refusal that passes by itself, or no verdict at all: ask again.
bool passes(const Error& error) {
    switch (error.code) {
        case Code::timed_out:
        case Code::handshake_failed:
        case Code::overloaded:
            return true;
        case Code::refused:
            return error.status == Status::busy || error.status == Status::internal ||
                   error.status == Status::not_leader;
        default:
            return false;
    }
}

Task header_of(Task task) {
    task.payload_size = static_cast<std::int64_t>(task.payload.size());
    task.annotation_size = static_cast<std::int64_t>(task.annotation.size());
    task.result_size = static_cast<std::int64_t>(task.result.size());
    task.payload.clear();
    task.annotation.clear();
    task.result.clear();
    return task;
}

template <class T>
std::optional<Error> error_of(const Result<T>& answer) {
    return answer ? std::nullopt : std::optional(answer.error());
}

}  // namespace

// ---- asking ----------------------------------------------------------------------------------

std::optional<Ask> WatchMachine::take_ask(Instant now) {
    const bool due = phase_ == Phase::listing || phase_ == Phase::replaying;
    if (!due || asking_ || failure_ || now < ask_at_) {
        return std::nullopt;
    }
    asking_ = true;
    if (phase_ == Phase::listing) {
        return plan_.back();
    }
    return ReplayArgs{.after = position_,
                      .streams = options_.streams,
                      .domains = options_.domains,
                      .guid = options_.guid,
                      .limit = settings_.page};
}

// True where the answer is to be used: it is of this history, and no failure.
bool WatchMachine::take_answer(const std::optional<Error>& error, Instant now) {
    asking_ = false;
    if (std::exchange(answer_is_stale_, false) || failure_) {
        return false;
    }
    if (!error) {
        failures_ = 0;
        return true;
    }
    if (error->is(Status::truncated)) {
        on_truncated(*error);
    } else if (passes(*error)) {
        ask_at_ = now + jitter(random_, doubled(settings_.pause, ++failures_, settings_.pause_max));
    } else {
        failure_ = error;
    }
    return false;
}

// ---- listing ---------------------------------------------------------------------------------

void WatchMachine::plan_listing() {
    if (!options_.guid.empty()) {
        plan_.emplace_back(GetArgs{.guid = options_.guid});
        return;
    }
    std::vector<std::optional<State>> states;
    for (std::size_t i = 0; i < protocol::live_states && !options_.streams.empty(); ++i) {
        if (watches(static_cast<Stream>(i))) {
            states.emplace_back(static_cast<State>(i));
        }
    }
    if (options_.streams.empty()) {
        states.emplace_back(std::nullopt);
    }
    for (const std::optional<State>& state : states) {
        ListArgs list{.state = state, .limit = settings_.page};
        if (options_.domains.empty()) {
            plan_.emplace_back(list);
        }
        for (const std::string& domain : options_.domains) {
            list.domain = domain;
            plan_.emplace_back(list);
        }
    }
    if (plan_.empty()) {
        replay_from(joined_at());
    }
}

void WatchMachine::on_answer(const Result<TaskPage>& answer, Instant now) {
    if (!take_answer(error_of(answer), now)) {
        return;
    }
    for (const Task& task : answer->tasks) {
        note_listed(task, answer->seq);
    }
    listed_from_ = listed_from_.value_or(answer->seq);
    if (const std::optional<std::string> next = answer->cursor) {
        std::get<ListArgs>(plan_.back()).cursor = *next;
    } else {
        next_listing();
    }
}

void WatchMachine::on_answer(const Result<Found>& answer, Instant now) {
    const std::optional<Error> error = error_of(answer);
    const bool is_absent = error && error->is(Status::not_found);
    if (!take_answer(is_absent ? std::nullopt : error, now)) {
        return;
    }
    if (is_absent) {
        listed_from_ = joined_at();
    } else {
        const auto& domains = options_.domains;
        const bool chosen =
            domains.empty() ||
            std::find(domains.begin(), domains.end(), answer->task.domain) != domains.end();
        listed_from_ = answer->seq;
        if (chosen && watches(protocol::stream_of(answer->task.state))) {
            note_listed(header_of(answer->task), answer->seq);
        }
    }
    next_listing();
}

// Only a task that changed while it was listed can be met again in an event that is not newer.
void WatchMachine::note_listed(Task task, Seq as_of) {
    if (task.seq > listed_from_.value_or(as_of)) {
        listed_[task.guid] = task.seq;
        listed_until_ = std::max(listed_until_, task.seq);
    }
    deliveries_.emplace_back(Listed{std::move(task)});
}

void WatchMachine::next_listing() {
    plan_.pop_back();
    if (plan_.empty()) {
        replay_from(listed_from_.value_or(joined_at()));
    }
}

// ---- replaying -------------------------------------------------------------------------------

void WatchMachine::replay_from(Seq seq) {
    phase_ = Phase::replaying;
    position_ = seq;
}

void WatchMachine::on_answer(const Result<Replayed>& answer, Instant now) {
    if (!take_answer(error_of(answer), now)) {
        return;
    }
    const Seq before = position_;
    for (const Event& event : answer->events) {
        if (matches(event)) {
            accept({.seq = event.seq,
                    .stream = event.stream,
                    .ordinal = event.ordinal,
                    .event = event});
        }
    }
    position_ = std::max(position_, answer->next);
    if (answer->next >= answer->seq) {
        go_live();
    }
    if (position_ == before && phase_ != Phase::live) {
        ask_at_ = now + settings_.pause;  // whatever is ahead, it isn't there yet: don't spin
    }
    forget_settled();
}

void WatchMachine::go_live() {
    phase_ = Phase::live;
    take_baseline();
    while (!early_.empty() && phase_ == Phase::live) {
        if (can_take(early_.front())) {
            accept(std::move(early_.front()));
            early_.pop_front();
        } else {
            replay_from(position_);
        }
    }
    if (phase_ == Phase::live) {
        check_tick();
    }
}

// Streams in which nothing happened since are where a tick said they were.
void WatchMachine::take_baseline() {
    for (const std::optional<Heard>& tick : {joined_, newest_}) {
        if (!whole_ || !tick || tick->seq > position_) {
            continue;
        }
        for (std::size_t i = 0; i < protocol::stream_count; ++i) {
            ordinals_.of[i] = std::max(ordinals_.of[i], tick->ordinals.of[i]);
        }
    }
}

void WatchMachine::on_truncated(const Error& error) {
    const Seq oldest = error.oldest.value_or(position_ + 1);
    if (oldest <= position_ + 1) {
        // We are ahead of the broker: it lost some of its history, and its log will say so.
        reset(Reset::Reason::log_changed);
    } else if (options_.from == WatchFrom::listing) {
        reset(Reset::Reason::truncated);
    } else {
        if (options_.from != WatchFrom::beginning || position_ > 0) {
            deliveries_.emplace_back(Reset{Reset::Reason::truncated});
        }
        position_ = oldest - 1;
    }
}

}  // namespace taskbbs::sdk
