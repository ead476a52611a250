// What nobody asked for just now: waiting acquires that are served, executors that are lost,
// passes, ticks. Done an event at a time, so that requests are never held up for more than a slice.
#include "broker/broker.hpp"
#include "broker/core/record.hpp"
#include "protocol/codec.hpp"

#include <algorithm>

namespace taskbbs::broker {

using namespace std::chrono_literals;

namespace {

// Events of one slice, a few microseconds each, and of one batch: what is asked for meanwhile
// leaves with it, so a million that are due at once must not make it large.
constexpr int slice_events = 256;
// Of one slice while requests wait: they come first, and these go on all the same.
constexpr int slice_beside_requests = 32;
// Waiting acquires looked at in one turn, and the queues and tasks that were for them; a tenth of a
// microsecond each, but for those served.
constexpr std::int64_t slice_looks = 2048;
constexpr std::int64_t looks_of_acquire = 16;  // what one that is judged anew counts as, besides
constexpr std::size_t slice_waits = 1000;      // that end; a microsecond each, with the reply
constexpr Duration tick_interval = 250ms;      // the contract wants one a second at least

}  // namespace

bool Broker::work(Time now, Time heard_until, bool requests_wait) {
    now_ = now;
    looks_ = slice_looks;
    board_.tasks().ripen(now);
    for (const core::Waiter& waiter : waiters_.take_over_time(now, slice_waits)) {
        reply_empty(waiter);
    }
    settle();
    if (next_tick_ && *next_tick_ <= now) {
        publish_tick();
        next_tick_ = now + tick_interval;
    }
    const int slice = requests_wait ? slice_beside_requests : slice_events;
    for (int steps = 0; steps < slice && unasked_ < slice_events && !full(); ++steps) {
        const bool worked = lose_next_task() || lose_next_executor(heard_until) || converge_next();
        if (!worked) {
            return !offers_.empty() && !read_only_;
        }
        settle();
    }
    return !must_await_landing();
}

// The batch that gathers has its share of what nobody asked for, and can't leave yet.
bool Broker::must_await_landing() const {
    return unasked_ >= slice_events && flight_;
}

// ---- waiting acquires ------------------------------------------------------------------------

// Whatever became available goes to those who wait for it, in the order in which they came. Where
// many wait and few are served, the rest is left for the next turn.
void Broker::settle() {
    while (board_.executors().has_ended_losses() || board_.tasks().has_offers() ||
           !offers_.empty()) {
        for (const Slot executor : board_.executors().take_ended_losses()) {
            unpark(executor);
        }
        for (const Slot task : board_.tasks().take_offers()) {
            offers_.push_back({task});
        }
        if (waiters_.size() == 0) {
            offers_.clear();
            board_.tasks().forget_unseen();
        }
        if (offers_.empty() || read_only_ || !serve(offers_.front())) {
            return;
        }
        offers_.pop_front();
    }
}

// Asks those who wait about this task. False: the turn's looks are used up.
bool Broker::serve(Offer& offer) {
    if (offer.task == core::no_slot) {
        return serve_anew(offer);
    }
    const core::Tasks& tasks = board_.tasks();
    while (tasks.is_available(offer.task) && !core::is_paused(board_, tasks[offer.task])) {
        if (looks_-- <= 0) {
            return false;
        }
        const std::string_view domain = tasks.domains().text(tasks[offer.task].domain);
        const std::string_view stack = tasks.stacks().text(tasks[offer.task].stack);
        const auto ticket = waiters_.match(domain, stack, offer.asked);
        if (ticket == 0) {
            return true;
        }
        if (!serve_waiter(ticket, offer.task)) {
            offer.asked = ticket;
        }
    }
    return true;
}

// Queues were resumed: whoever waits is judged as if it came now.
void Broker::offer_anew() {
    const bool will_be =
        !offers_.empty() && offers_.back().task == core::no_slot && offers_.back().asked == 0;
    if (!will_be) {
        offers_.emplace_back();
    }
}

// Asks everybody who waits what there is for them now.
bool Broker::serve_anew(Offer& offer) {
    for (auto ticket = waiters_.first_after(offer.asked); ticket != 0;
         ticket = waiters_.first_after(offer.asked)) {
        if (looks_ <= 0) {
            return false;
        }
        offer.asked = ticket;
        protocol::AcquireArgs args = waiters_[ticket].args();
        args.wait = core::milliseconds{1};  // where it gets nothing, it goes on waiting
        const core::Choice choice = core::choose(board_, args);
        count_looks(choice);
        if (!choice.tasks.empty()) {
            hand_over_waiting(ticket, choice.tasks);
        }
    }
    return true;
}

// False: the task is of no domain that it wants, or does not fit what it has free; it goes on
// waiting.
bool Broker::serve_waiter(core::Waiters::Ticket ticket, Slot task) {
    const core::Tasks& tasks = board_.tasks();
    if (!waiters_.wants(ticket, tasks.domains().text(tasks[task].domain)) ||
        !core::fits(tasks.terms_of(tasks[task]), waiters_[ticket].free)) {
        return false;
    }
    core::Choice choice = core::choose(board_, waiters_[ticket].args());
    count_looks(choice);
    if (choice.tasks.empty()) {
        choice.tasks.push_back(task);  // it lies behind too many that don't fit
    }
    hand_over_waiting(ticket, choice.tasks);
    return true;
}

void Broker::count_looks(const core::Choice& choice) {
    looks_ -= looks_of_acquire + static_cast<std::int64_t>(choice.looks);
}

void Broker::hand_over_waiting(core::Waiters::Ticket ticket, const std::vector<Slot>& tasks) {
    const core::Waiter waiter = waiters_.take(ticket);
    const Caller caller{waiter.reply_to, waiter.session, waiter.id, Verb::acquire, waiter.grant};
    if (has_session(caller)) {
        hand_over(caller, waiter.executor_id, tasks);
    }
}

// ---- executors that are lost -----------------------------------------------------------------

bool Broker::lose_next_task() {
    const auto& being_lost = board_.executors().being_lost();
    if (being_lost.empty()) {
        return false;
    }
    const Slot executor = being_lost.front();
    if (lost_.executor != executor) {
        lost_ = {executor};
    }
    Slot task = next_doomed();
    if (task == core::no_slot) {  // the mark may be of a loss before this one
        lost_ = {executor};
        task = next_doomed();
    }
    if (task != core::no_slot) {
        Event event = core::lose_task(board_, task);
        commit(event);
    }
    return task != core::no_slot;
}

// The first one behind the mark, which moves there. What the executor claims while it is being lost
// is not doomed: it is passed by once, not for each task that is.
Slot Broker::next_doomed() {
    const core::ExecutorRecord& record = board_.executors()[lost_.executor];
    for (const core::State state : {core::State::claimed, core::State::running}) {
        if (state < lost_.state) {
            continue;
        }
        const core::Listing& tasks = record.tasks_in(state);
        const bool is_marked = state == lost_.state && lost_.last;
        auto at = is_marked ? tasks.upper_bound(*lost_.last) : tasks.begin();
        for (; at != tasks.end(); ++at) {
            if (record.dooms(board_.tasks()[at->slot()].epoch)) {
                lost_.state = state;
                lost_.last = *at;
                return at->slot();
            }
        }
    }
    return core::no_slot;
}

bool Broker::lose_next_executor(Time heard_until) {
    auto loss = presence_.next_loss(board_, std::min(now_, heard_until));
    if (loss) {
        ++stats_.executors_lost;
        stats_.last_lost = loss->executor_id;
        commit(*loss);
    }
    return loss.has_value();
}

// Those who waited for the last of an executor's tasks are judged anew once it has ended.
void Broker::unpark(Slot executor) {
    for (const Parked& parked : parking_.take(executor)) {
        if (parked.heartbeat.empty()) {
            answer_departed(parked.caller, executor);
            continue;
        }
        protocol::Document document;
        protocol::HeartbeatArgs args;
        decode(*document.parse(parked.heartbeat), args);
        beat(parked.caller, args);
    }
}

// ---- convergence -----------------------------------------------------------------------------

bool Broker::converge_next() {
    if (!pass_ && !begin_pass()) {
        auto kick = read_only_ ? std::nullopt : kicks_.next(board_, now_);
        if (kick) {
            commit(*kick);
        }
        return kick.has_value();
    }
    if (auto event = pass_->pass.next(board_)) {
        commit(*event);
    } else {
        end_pass();
    }
    return true;
}

bool Broker::begin_pass() {
    const core::ConvergeSettings& settings = board_.settings().converge;
    if (!asked_passes_.empty()) {
        AskedPass asked = std::move(asked_passes_.front());
        asked_passes_.pop_front();
        const core::PassRules rules = core::PassRules::of(settings, asked.args);
        pass_ = RunningPass{core::Pass(rules, pass_start(), !read_only_), std::move(asked.askers)};
        return true;
    }
    if (next_pass_ && *next_pass_ <= now_) {
        next_pass_ = now_ + settings.every;
        kicks_.begin(pass_start());
        pass_ = RunningPass{core::Pass(core::PassRules::of(settings), pass_start(), false), {}};
        return true;
    }
    return false;
}

// Events of one moment are stamped a nanosecond apart: a pass sees all that came before it.
core::PassStart Broker::pass_start() const {
    const core::Clock& clock = board_.clock();
    return {std::max(now_, clock.origin(clock.last_stamp())), board_.seq()};
}

void Broker::end_pass() {
    const RunningPass ended = *std::exchange(pass_, std::nullopt);
    protocol::ConvergeReply counts = ended.pass.counts();
    counts.seq = board_.seq();
    for (const Caller& asker : ended.askers) {
        reply(asker, counts);
    }
}

// ---- time ------------------------------------------------------------------------------------

// A tick follows every event up to its seq and none beyond: it is made of what was published.
void Broker::publish_tick() {
    tick_body_.clear();
    protocol::Packer packer(tick_body_);
    const protocol::Tick tick{.seq = durable_seq_,
                              .ordinals = durable_ordinals_,
                              .at = board_.clock().peek(now_),
                              .broker_id = identity_.broker_id,
                              .log = identity_.log};
    encode(packer, tick);
    output_.publications.push_back({protocol::tick_topic, tick_body_});
}

std::optional<Time> Broker::next_deadline() const {
    std::optional<Time> first;
    const auto consider = [&first](std::optional<Time> at) {
        if (at && (!first || *at < *first)) {
            first = at;
        }
    };
    consider(board_.tasks().next_ripening());
    consider(waiters_.next_deadline());
    if (!must_await_landing()) {
        consider(presence_.next_deadline());
        consider(read_only_ ? std::nullopt : kicks_.next_deadline());
        consider(next_pass_);
    }
    consider(next_tick_);
    consider(flight_ ? std::nullopt : confirm_at_);
    return first;
}

}  // namespace taskbbs::broker
