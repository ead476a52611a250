// The flow of every request and every event, and when what they reveal leaves.
#include "broker/broker.hpp"

#include "broker/core/record.hpp"
#include "broker/tags.hpp"
#include "protocol/codec.hpp"
#include "protocol/plain_requests.hpp"

#include <fmt/format.h>

namespace taskbbs::broker {

using namespace std::chrono_literals;
using protocol::Status;

namespace {

// Without traffic for this long after a batch, an empty one says that it is durable.
constexpr Duration confirm_after = 100ms;
// Names, queues and tasks that the acquires of one message look at, before its others are busy: a
// tenth of a microsecond each, and nobody else is served within a message.
constexpr std::size_t looks_of_message = 1'000'000;

// Nothing: there are none but those that are asked for.
std::optional<Time> pass_after(Time now, const core::ConvergeSettings& settings) {
    return settings.every > core::milliseconds{0} ? std::optional<Time>(now + settings.every)
                                                  : std::nullopt;
}

}  // namespace

Broker::Broker(core::Board& board, Identity identity)
    : board_(board), identity_(std::move(identity)), gathering_(new_outbox()) {}

Outbox Broker::new_outbox() const {
    const core::LimitSettings& limits = board_.settings().limits;
    // A peer without credit is refused before this bound is reached; what it waits for may come on
    // top.
    return {limits.reply_bytes, 2 * limits.peer_reply_bytes + limits.reply_bytes};
}

void Broker::begin(Time now) {
    now_ = now;
    durable_seq_ = board_.seq();
    durable_ordinals_ = board_.ordinals();
    presence_.begin_serving(board_, now);
    next_pass_ = pass_after(now, board_.settings().converge);
    next_tick_ = now;
    run_began_ = board_.clock().peek(now);
    batch_->set_flags(journal::began_to_serve);
    open_batch();
}

void Broker::set_settings(const core::Settings& settings, Time now) {
    if (settings.converge.every != board_.settings().converge.every) {
        next_pass_ = pass_after(now, settings.converge);
    }
    board_.set_settings(settings);
}

// ---- a request -------------------------------------------------------------------------------

std::string Broker::receive(const Peer& peer,
                            std::string_view frame,
                            Time now,
                            core::GrantPtr grant) {
    now_ = now;
    current_.peer = peer;
    current_.grant = std::move(grant);
    current_.next = 0;
    current_.looks = 0;
    protocol::RequestMessage& message = current_.message;
    if (!protocol::parse_plain_requests(frame, message)) {
        auto parsed = protocol::parse_requests(document_, frame);
        if (!parsed) {
            message.requests.clear();
            refuse_message(peer, parsed.error());
            return parsed.error().message;
        }
        message = *std::move(parsed);
    }
    if (!current_.grant || current_.grant->roles != 0) {
        board_.sessions().acked(message.session, message.acked);
        for (const core::Waiter& waiter : waiters_.take_acked(message.session, message.acked)) {
            reply_empty(waiter);
        }
    }
    // What has ripened by now is on offer to those who wait, then to this message.
    board_.tasks().ripen(now);
    settle();
    return {};
}

void Broker::refuse_message(const Peer& peer, const protocol::EnvelopeFault& fault) {
    ++stats_.malformed;
    protocol::Refusal body{.message = fault.message};
    if (fault.status == Status::unsupported_version) {
        body.supported = {protocol::version};
    }
    counters_.note_answer({}, fault.status);
    gathering_.refuse(peer, 0, fault.status, body);
}

bool Broker::handle_next(std::size_t unread) {
    const protocol::RequestMessage& message = current_.message;
    if (current_.next == message.requests.size()) {
        return false;
    }
    const Request& request = message.requests[current_.next++];
    handle({current_.peer, message.session, request.id, {}, current_.grant}, request, unread);
    settle();
    return true;
}

// Replies to one peer that have not left are bounded: one that does not read, or asks for more than
// it can take, is told so before anything is done for it.
bool Broker::has_credit(const Peer& peer, std::size_t unread) const {
    if (there_is_credit(unread)) {
        return true;
    }
    const std::size_t in_flight = flight_ ? flight_->outbox.bytes_for(peer) : 0;
    return unread + in_flight + gathering_.bytes_for(peer) <
           board_.settings().limits.peer_reply_bytes;
}

bool Broker::there_is_credit(std::size_t unread) const {
    const std::size_t in_flight = flight_ ? flight_->outbox.bytes() : 0;
    return unread + in_flight + gathering_.bytes() < board_.settings().limits.peer_reply_bytes;
}

std::string Broker::receive_malformed(const Peer& peer, std::string why, Time now) {
    now_ = now;
    ++stats_.malformed;
    counters_.note_answer({}, Status::malformed);
    gathering_.refuse(peer, 0, Status::malformed, {.message = why});
    return why;
}

// The checks of section 4 that are the same for every verb, in their order.
void Broker::handle(Caller caller, const Request& request, std::size_t unread) {
    ++stats_.requests;
    const auto verb = protocol::named<Verb>(request.verb);
    caller.verb = verb;
    if (!verb) {
        return refuse(caller,
                      Status::unknown_verb,
                      {.message = "this broker does not know the verb: see docs/protocol.md"});
    }
    if (request.packed.empty() && !protocol::has_valid_texts(*verb, request.args)) {
        return refuse(
            caller, Status::invalid_request, {.message = "a str in args is not valid UTF-8"});
    }
    // A stranger is told nothing, not even what was told to who knew the session before.
    if (caller.grant && caller.grant->roles == 0) {
        return refuse(caller, core::check_role(*caller.grant, *verb).error());
    }
    if (!has_credit(caller.peer, unread)) {
        return refuse(
            caller,
            Status::busy,
            {.message = "limits.peer_reply_bytes of replies wait for this client: read them first",
             .limit = static_cast<std::int64_t>(board_.settings().limits.peer_reply_bytes)});
    }
    if (protocol::is_mutation(*verb)) {
        if (request.id <= board_.sessions().acked(caller.session)) {
            return refuse(caller,
                          Status::request_expired,
                          {.message = "this id was acked: its outcome was known to the client"});
        }
        if (const core::Outcome* outcome = board_.sessions().find(caller.session, request.id)) {
            return answer_again(caller, *verb, request, *outcome);
        }
    }
    (this->*handler_of(*verb))(caller, request);
}

void Broker::answer_again(const Caller& caller,
                          Verb verb,
                          const Request& request,
                          const core::Outcome& outcome) {
    if (outcome.verb != verb) {
        return refuse(
            caller,
            Status::invalid_request,
            {.message = fmt::format("this id was used for {}: a new request needs a new id",
                                    name_of(outcome.verb)),
             .field = "id"});
    }
    ++counters_.repeated;
    const Value args =
        request.packed.empty() ? request.args : document_.parse(request.packed).value_or(Value());
    const auto guid = args.at("guid").str().value_or(std::string_view());
    const auto executor_id = args.at("executor_id").str().value_or(std::string_view());
    const core::Tasks& tasks = board_.tasks();
    switch (verb) {
        case Verb::claim:
        case Verb::resolving: {
            protocol::OwnedReply owned{.seq = outcome.last, .epoch = outcome.last};
            const Slot slot = tasks.find(guid);
            if (slot != core::no_slot && tasks[slot].epoch == outcome.last &&
                !core::is_doomed(board_, tasks[slot]) && still_hands_over(caller, verb, slot)) {
                owned.task = tasks.view(slot);
            }
            return reply(caller, owned);
        }
        case Verb::acquire:
            return answer_acquire_again(caller, executor_id, outcome);
        case Verb::reject:
            return reply(caller, protocol::RejectReply{outcome.last, outcome.state});
        case Verb::depart:
            return answer_departed(caller, board_.executors().find(executor_id));
        default:
            return reply(caller, protocol::SeqReply{outcome.last});
    }
}

void Broker::answer_acquire_again(const Caller& caller,
                                  std::string_view executor_id,
                                  const core::Outcome& outcome) {
    if (has_asked_too_much(caller)) {
        return;
    }
    const Slot executor = board_.executors().find(executor_id);
    current_.looks += executor == core::no_slot ? 0 : board_.executors()[executor].owned();
    auto held = core::still_held(board_, executor_id, outcome.first, outcome.last);
    std::erase_if(held, [&](Slot task) { return !still_hands_over(caller, Verb::acquire, task); });
    reply_tasks(caller, held, outcome.last);
}

// True, and answered: what the message looked at so far is too much for its others to be served.
bool Broker::has_asked_too_much(const Caller& caller) {
    const bool too_much = current_.looks >= looks_of_message;
    if (too_much) {
        refuse(caller,
               Status::busy,
               {.message = "the acquires of this message looked at too many queues and tasks: ask "
                           "again, with the same id"});
    }
    return too_much;
}

// An outcome is told whatever has changed since; the task in it only to who may have it now.
bool Broker::still_hands_over(const Caller& caller, Verb verb, Slot task) const {
    if (!caller.grant) {
        return true;
    }
    const core::TaskView view = board_.tasks().view(task);
    const bool as_executor = verb == Verb::claim || verb == Verb::acquire;
    return core::check_role(*caller.grant, verb) && caller.grant->covers_domain(view.domain) &&
           (!as_executor || caller.grant->covers_executor(view.executor_id));
}

void Broker::regrant(const core::Grants& grants) {
    const auto has_changed = [&grants](const core::GrantPtr& grant) {
        return grant && *grant != *grants.of(grant->key);
    };
    if (current_.grant) {
        current_.grant = grants.of(current_.grant->key);
    }
    for (const core::Waiter& waiter :
         waiters_.take_if([&](const auto& each) { return has_changed(each.grant); })) {
        reply_empty(waiter);
    }
    const auto refuse_if_changed = [&](const Caller& caller) {
        const bool changed = has_changed(caller.grant);
        if (changed) {
            refuse(caller,
                   Status::busy,
                   {.message = "what this client may do has changed: ask again"});
        }
        return changed;
    };
    absl::erase_if(replays_,
                   [&](const auto& entry) { return refuse_if_changed(entry.second.caller); });
    parking_.remove_if(refuse_if_changed);
}

void Broker::note_gone(const Peer& peer) {
    waiters_.note_gone(peer);
    for (const std::uint64_t token : replay_queue_.take_of(peer)) {
        replays_.erase(token);
    }
}

void Broker::refuse(const Caller& caller, Status status, const protocol::Refusal& body) {
    ++stats_.refused;
    if (status == Status::busy) {
        ++stats_.busy;
        stats_.busy_says = body.message;
    }
    counters_.note_answer(caller.verb, status);
    gathering_.refuse(caller.peer, caller.id, status, body);
}

void Broker::refuse(const Caller& caller, const core::Refused& refused) {
    refuse(caller, refused.status, refused.body);
}

void Broker::refuse(const Caller& caller, const protocol::Fault& fault) {
    refuse(caller,
           fault.status,
           {.message = fault.message, .field = fault.field, .limit = fault.limit});
}

// ---- an event --------------------------------------------------------------------------------

void Broker::open_batch() {
    if (batch_open_) {
        return;
    }
    batch_open_ = true;
    batch_->set_first_seq(board_.seq() + 1);
    batch_->set_time(board_.clock().peek(now_));
    batch_->set_run_began(run_began_);
}

// Numbers (that is, completes), applies, encodes and appends it: from here on it is part of what
// the batch makes durable. Returns where it left the task.
Slot Broker::commit(Event& event, const Caller* caller, Verb verb) {
    if (caller == nullptr) {
        ++unasked_;
    } else {
        // Before the batch begins, which may forget the session: what it acked still holds.
        const RequestId acked = board_.sessions().acked(caller->session);
        event.origin = {caller->session, caller->id, acked, verb};
    }
    open_batch();
    if (batch_->empty()) {
        board_.begin_batch(batch_->time(), run_began_);
    }
    const bool leaves = event.kind == core::Kind::lost || event.kind == core::Kind::departed;
    if (leaves) {
        const Slot executor = board_.executors().find(event.executor_id);
        presence_.leave(board_, executor);
        joined_by_.left(executor);
    }
    board_.number(event, now_);
    count(event);
    const std::size_t sessions = board_.sessions().size();
    const std::size_t outcomes = board_.sessions().outcomes();
    const Slot slot = board_.apply(event);
    if (caller != nullptr) {
        note_brought(*caller, sessions, outcomes);
    }
    const core::TaskView task =
        slot == core::no_slot ? core::TaskView{} : board_.tasks().view(slot);
    body_.clear();
    rest_.clear();
    core::encode_body(event, task, body_);
    core::encode_private(event, task, rest_);
    core::append_topic(event, task, gathering_.topics());
    gathering_.end_topic();
    batch_->append(tags_of(event, task), body_, rest_);
    if (leaves || event.kind == core::Kind::draining) {
        for (const core::Waiter& waiter : waiters_.take_executor(event.executor_id)) {
            reply_empty(waiter);
        }
    }
    if (event.kind == core::Kind::resumed) {
        offer_anew();
    }
    return slot;
}

bool Broker::full() const {
    return batch_->bytes() >= board_.settings().limits.batch_bytes;
}

// ---- durability ------------------------------------------------------------------------------

std::unique_ptr<journal::Batch> Broker::take_batch(Time now) {
    now_ = now;
    if (flight_) {
        return nullptr;
    }
    if (confirm_at_ && *confirm_at_ <= now && !batch_open_) {
        batch_->set_flags(journal::confirm);
        open_batch();
    }
    if (!batch_open_) {
        // Nothing was applied since what is durable: these replies reveal nothing else.
        stats_.dropped_replies += gathering_.dropped();
        gathering_.close(durable_seq_, output_.messages);
        gathering_ = new_outbox();
        return nullptr;
    }
    confirm_at_.reset();
    flight_ = Flight{std::exchange(gathering_, new_outbox()), board_.seq(), board_.ordinals()};
    batch_open_ = false;
    unasked_ = 0;
    counters_.note_batch(batch_->count(), batch_->bytes());
    batch_->set_digest({board_.digest(), core::digest_version});
    auto taken = std::exchange(batch_, std::move(landed_batch_));
    if (batch_ == nullptr) {
        batch_ = std::make_unique<journal::Batch>();
    }
    if (landed_) {
        gathering_.recycle(*std::exchange(landed_, std::nullopt));
    }
    batch_->clear();
    return taken;
}

void Broker::durable(std::unique_ptr<journal::Batch> batch, Time now) {
    now_ = now;
    ++stats_.batches;
    durable_seq_ = flight_->last_seq;
    durable_ordinals_ = flight_->ordinals;
    landed_ = std::move(flight_->outbox);
    flight_.reset();
    landed_batch_ = std::move(batch);
    if (!landed_batch_->empty()) {
        confirm_at_ = now + confirm_after;
    }
    std::size_t i = 0;
    for (const journal::Record& record : landed_batch_->records()) {
        output_.publications.push_back({landed_->topic(i++), record.body});
    }
    stats_.dropped_replies += landed_->dropped();
    landed_->close(durable_seq_, output_.messages);
}

}  // namespace taskbbs::broker
