// Contradictions between what was asked, what happened and what was told.
#include "tests/simulation/witness.hpp"

#include "protocol/envelope.hpp"
#include "tests/simulation/finding.hpp"

#include <algorithm>

namespace taskbbs::simulation {

namespace {

using protocol::Value;

std::string text_at(Value map, std::string_view key) {
    return std::string(map.at(key).str().value_or(std::string_view()));
}

std::string bytes_at(Value map, std::string_view key) {
    return std::string(map.at(key).bin().value_or(std::string_view()));
}

Seq number_at(Value map, std::string_view key) {
    return map.at(key).integer().value_or(0);
}

bool is_mutation(std::string_view verb) {
    const auto named = protocol::named<protocol::Verb>(verb);
    return named && protocol::is_mutation(*named);
}

bool hands_owner_over(std::string_view verb) {
    return verb == "claim" || verb == "resolving" || verb == "acquire";
}

Asked read_asked(const protocol::Request& request, Seq durable) {
    const Value args = request.args;
    const Value task = args.at("task");
    const Value subject = task.is_nil() ? args : task;
    return {.verb = std::string(request.verb),
            .guid = text_at(subject, "guid"),
            .executor_id = text_at(args, "executor_id"),
            .epoch = args.at("epoch").integer(),
            .failed = args.at("failed").boolean(),
            .failure_reason = text_at(args, "failure_reason"),
            .result = bytes_at(args, "result"),
            .payload = bytes_at(task, "payload"),
            .since = durable};
}

std::string words(const Witness::Key& key, const Asked& asked) {
    return fmt::format("request {} ({} {})", key.second, asked.verb, asked.guid);
}

}  // namespace

// ---- clients -----------------------------------------------------------------------------------

void Witness::sent(std::string_view bytes) {
    protocol::Document document;
    const auto message = protocol::parse_requests(document, bytes);
    expect(message.has_value(), "a client sent what is no request message");
    for (const protocol::Request& request : message->requests) {
        const Key key{std::string(message->session.view()), request.id};
        Asked asked = read_asked(request, landed_.seq());
        const auto [known, first] = asked_.try_emplace(key, std::move(asked));
        expect(first || known->second.verb == request.verb,
               "a client used id {} for {} and for {}",
               request.id,
               known->second.verb,
               request.verb);
    }
}

void Witness::told_refused(const std::string& session, std::int64_t id) {
    const auto asked = asked_.find({session, id});
    if (asked == asked_.end() || !is_mutation(asked->second.verb)) return;
    asked->second.refused = true;
    const auto applied = outcomes_.find(asked->first);
    expect(applied == outcomes_.end(),
           "{} was refused for good, and is event {}",
           words(asked->first, asked->second),
           applied == outcomes_.end() ? 0 : applied->second);
}

void Witness::told_applied(const std::string& session, std::int64_t id, Seq seq) {
    const Key key{session, id};
    const auto known = outcomes_.find(key);
    const std::string what = words(key, asked_.at(key));
    expect(known != outcomes_.end(), "{} was acknowledged, and did not happen", what);
    expect(seq <= landed_.seq() && seq >= known->second,
           "{} was acknowledged as event {}, and is event {}",
           what,
           seq,
           known->second);
}

void Witness::told_owner(const std::string& guid, Seq epoch, const std::string& owner) {
    const auto [known, first] = owners_.try_emplace({guid, epoch}, owner);
    expect(first || known->second == owner,
           "'{}' has two owners under epoch {}: '{}' and '{}'",
           guid,
           epoch,
           known->second,
           owner);
}

// ---- events ------------------------------------------------------------------------------------

void Witness::issued(const Fact& fact, const std::string& body) {
    if (!fact.asker.session.empty()) check_request(fact);
    issued_.apply(fact);
    if (!fact.asker.session.empty())
        outcomes_.try_emplace({fact.asker.session, fact.asker.id}, fact.seq);
    if (!fact.guid.empty())
        timelines_[fact.guid].push_back({fact.seq, fact.state, fact.executor_id, fact.epoch});
    facts_.push_back(fact);
    bodies_.push_back(body);
}

// What happens is what was asked for, under the epoch that it was asked for.
void Witness::check_request(const Fact& fact) const {
    const Key key{fact.asker.session, fact.asker.id};
    const auto found = asked_.find(key);
    expect(found != asked_.end(), "event {} was asked for by nobody", fact.seq);
    const Asked& asked = found->second;
    const std::string what = words(key, asked);
    expect(
        asked.verb == fact.asker.verb, "event {} is of {}, not of {}", fact.seq, what, asked.verb);
    expect(!asked.refused, "event {}: {} was refused for good before", fact.seq, what);
    expect(asked.guid.empty() || asked.guid == fact.guid, "event {} is not of {}", fact.seq, what);
    if (fact.kind == "claimed" || fact.stream == "executor") {
        expect(asked.executor_id == fact.executor_id, "event {} is not of {}", fact.seq, what);
    }
    if (fact.kind == "desired") {
        expect(asked.payload == fact.payload, "event {}: another payload than {}", fact.seq, what);
    }
    if (fact.kind == "completed") {
        expect(asked.failed.value_or(false) == fact.failed && asked.result == fact.result &&
                   asked.failure_reason == fact.failure_reason,
               "event {}: another outcome than {}",
               fact.seq,
               what);
    }
    const auto task = issued_.tasks().find(fact.guid);
    if (!asked.epoch || task == issued_.tasks().end()) return;
    expect(*asked.epoch == task->second.epoch,
           "event {}: {} under the stale epoch {}, the owner's is {}",
           fact.seq,
           what,
           *asked.epoch,
           task->second.epoch);
    expect(asked.executor_id.empty() || asked.executor_id == task->second.executor_id,
           "event {}: {} in the name of '{}', the owner is '{}'",
           fact.seq,
           what,
           asked.executor_id,
           task->second.executor_id);
}

void Witness::landed() {
    landed_before_ = landed_.seq();
    for (Seq seq = landed_.seq() + 1; seq <= issued_.seq(); ++seq) {
        const Fact& next = fact(seq);
        landed_.apply(next);
        if (next.kind == "lost" || next.kind == "departed") left_.try_emplace(next.executor_id, 0);
    }
    check_those_who_left();
}

// Their tasks are taken away without waiting for anything, in slices of many events each.
void Witness::check_those_who_left() {
    constexpr int batches_at_most = 6;
    for (auto each = left_.begin(); each != left_.end();) {
        const bool has_some = std::ranges::any_of(landed_.tasks(), [&](const auto& task) {
            return task.second.executor_id == each->first && landed_.is_doomed(task.second);
        });
        expect(!has_some || ++each->second <= batches_at_most,
               "'{}' left long ago, and still has a task",
               each->first);
        each = has_some ? std::next(each) : left_.erase(each);
    }
}

// ---- what leaves -------------------------------------------------------------------------------

void Witness::reveal(Seq seq) {
    expect(
        seq <= landed_.seq(), "event {} was revealed when only {} was durable", seq, landed_.seq());
    revealed_ = std::max(revealed_, seq);
}

void Witness::published(std::string_view topic, std::string_view bytes) {
    protocol::Document document;
    const auto body = document.parse(bytes);
    expect(body.has_value(), "what was published can't be read");
    const Seq seq = number_at(*body, "seq");
    if (topic == "tick") {
        expect(seq == published_, "a tick says {}, published was {}", seq, published_);
        return;
    }
    reveal(seq);
    expect(seq == published_ + 1, "event {} was published behind {}", seq, published_);
    expect(this->body(seq) == bytes, "event {} was published with other words", seq);
    published_ = seq;
}

void Witness::replied(const std::string& session, std::string_view bytes) {
    const auto message = protocol::parse_replies(bytes);
    expect(message.has_value(), "a reply that is none");
    reveal(message->seq);
    for (const protocol::Reply& reply : message->replies) {
        const Key key{session, reply.id};
        const auto found = asked_.find(key);
        expect(found != asked_.end(), "an answer to {}, which nobody asked", reply.id);
        const Asked& asked = found->second;
        if (reply.status != "ok") {
            check_refused(key, asked, reply.status);
            continue;
        }
        protocol::Document document;
        const auto body = document.parse(reply.body);
        expect(body.has_value(), "an answer that can't be read");
        const Seq seq = number_at(*body, "seq");
        expect(seq <= message->seq, "{} reveals more than its message", words(key, asked));
        if (is_mutation(asked.verb)) {
            check_applied(key, asked, *body);
        } else if (asked.verb == "get") {
            check_read(asked, body->at("task"));
        } else if (asked.verb == "list") {
            for (const Value task : body->at("tasks"))
                check_read({.verb = "list"}, task);
        }
    }
}

const Fact& Witness::fact_of(const Key& key, const Asked& asked, Seq seq) const {
    expect(seq >= 1 && seq <= landed_.seq(),
           "{} was answered with event {}, of {}",
           words(key, asked),
           seq,
           landed_.seq());
    const Fact& found = fact(seq);
    expect(found.asker.session == key.first && found.asker.id == key.second,
           "{} was answered with event {}, which is not its own",
           words(key, asked),
           seq);
    return found;
}

void Witness::check_applied(const Key& key, const Asked& asked, Value body) {
    const Seq seq = number_at(body, "seq");
    if (asked.verb == "acquire") {
        check_owned_tasks(key, asked, body);
        return;
    }
    if (asked.verb == "depart") {
        const auto first = outcomes_.find(key);
        expect(first != outcomes_.end() && seq >= first->second,
               "{} was answered with event {}",
               words(key, asked),
               seq);
        return;
    }
    const Fact& made = fact_of(key, asked, seq);
    if (hands_owner_over(asked.verb)) {
        expect(number_at(body, "epoch") == seq, "{}: epoch is not seq", words(key, asked));
        const Value task = body.at("task");
        if (!task.is_nil()) check_read({.guid = asked.guid}, task);
    }
    if (asked.verb == "reject") {
        expect(text_at(body, "state") == made.state,
               "{} says {}, event {} says {}",
               words(key, asked),
               text_at(body, "state"),
               seq,
               made.state);
    }
}

void Witness::check_owned_tasks(const Key& key, const Asked& asked, Value body) {
    for (const Value task : body.at("tasks")) {
        const Fact& made = fact_of(key, asked, number_at(task, "epoch"));
        expect(made.guid == text_at(task, "guid"), "{}: another task", words(key, asked));
        check_read({.guid = made.guid}, task);
    }
}

// A task as it was shown: as one event left it, and not an older one than was durable when it was
// asked for.
void Witness::check_read(const Asked& asked, Value task) {
    const Seq seq = number_at(task, "seq");
    const std::string guid = text_at(task, "guid");
    expect(asked.guid.empty() || asked.guid == guid, "'{}' for '{}'", guid, asked.guid);
    reveal(seq);
    const std::vector<Standing>& timeline = timelines_[guid];
    const auto shown =
        std::ranges::find_if(timeline, [&](const Standing& each) { return each.seq == seq; });
    expect(shown != timeline.end() && shown->state == text_at(task, "state") &&
               shown->epoch == number_at(task, "epoch"),
           "'{}' was shown as {} under epoch {} by event {}, which says otherwise",
           guid,
           text_at(task, "state"),
           number_at(task, "epoch"),
           seq);
    const auto next = shown + 1;
    expect(next == timeline.end() || next->seq > asked.since,
           "'{}' was shown as of event {}, though {} was durable before it was asked for",
           guid,
           seq,
           next == timeline.end() ? 0 : next->seq);
}

// ---- refusals ----------------------------------------------------------------------------------

// Whether it held at any moment between the request and now.
bool Witness::was_once(const Asked& asked, bool (*holds)(const Asked&, const Standing*)) const {
    const auto timeline = timelines_.find(asked.guid);
    const Standing* before = nullptr;
    if (timeline != timelines_.end()) {
        for (const Standing& each : timeline->second) {
            if (each.seq > asked.since && holds(asked, before)) return true;
            before = &each;
        }
    }
    return holds(asked, before);
}

void Witness::check_refused(const Key& key, const Asked& asked, std::string_view status) const {
    // A refusal that leaves now was decided behind the batch before the last one.
    const auto applied = outcomes_.find(key);
    const bool may_follow = status == "request_expired" || status == "busy";
    expect(applied == outcomes_.end() || applied->second > landed_before_ || may_follow,
           "{} was refused ({}), and is event {}",
           words(key, asked),
           status,
           applied == outcomes_.end() ? 0 : applied->second);
    if (asked.guid.empty() || asked.verb == "list" || asked.verb == "replay") return;
    static constexpr auto is_gone = [](const Asked&, const Standing* at) {
        return at == nullptr || at->state == "resolved";
    };
    static constexpr auto is_there = [](const Asked&, const Standing* at) {
        return at != nullptr && at->state != "resolved";
    };
    static constexpr auto is_anothers = [](const Asked& by, const Standing* at) {
        const bool other_epoch = at != nullptr && by.epoch && *by.epoch != at->epoch;
        const bool other_executor =
            at != nullptr && !by.executor_id.empty() && by.executor_id != at->executor_id;
        return other_epoch || other_executor || by.epoch == Seq{0};
    };
    if (status == "not_found") {
        expect(was_once(asked, is_gone), "{} was not_found, and was there", words(key, asked));
    } else if (status == "already_exists") {
        expect(was_once(asked, is_there), "{} already_exists, and did not", words(key, asked));
    } else if (status == "not_owner") {
        // A lost executor's tasks are nobody's from its own event on.
        const auto owner = issued_.executors().find(asked.executor_id);
        const bool was_lost = owner != issued_.executors().end() && asked.epoch &&
                              *asked.epoch < owner->second.left_at;
        expect(was_lost || was_once(asked, is_anothers),
               "{} was refused as not_owner under epoch {}, and was",
               words(key, asked),
               asked.epoch.value_or(0));
    }
}

// ---- crashes -----------------------------------------------------------------------------------

const Model* Witness::model_at(Seq seq) const {
    if (seq == landed_.seq()) return &landed_;
    return seq == issued_.seq() ? &issued_ : nullptr;
}

void Witness::cut_at(Seq seq) {
    const Model* const found = model_at(seq);
    expect(found != nullptr, "nothing ends with event {}", seq);
    const Model left = *found;
    landed_ = left;
    issued_ = left;
    facts_.resize(static_cast<std::size_t>(seq));
    bodies_.resize(static_cast<std::size_t>(seq));
    for (auto& [guid, timeline] : timelines_) {
        while (!timeline.empty() && timeline.back().seq > seq)
            timeline.pop_back();
    }
    std::erase_if(outcomes_, [&](const auto& each) { return each.second > seq; });
    published_ = seq;
    landed_before_ = seq;
    for (auto& [executor, batches] : left_)
        batches = 0;
}

}  // namespace taskbbs::simulation
