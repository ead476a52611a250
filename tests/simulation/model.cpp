// What may happen to a task, to an executor and to a session, transition by transition.
#include "tests/simulation/model.hpp"

#include "tests/simulation/finding.hpp"

namespace taskbbs::simulation {

namespace {

struct Rule {
    std::set<std::string> from;
    std::set<std::string> to;
    std::set<std::string> verbs;   // that may ask for it
    std::set<std::string> causes;  // besides a request
};

// By kind; `desired` is the one that needs no task.
const std::map<std::string, Rule>& rules() {
    static const std::map<std::string, Rule> all{
        {"claimed", {{"pending"}, {"claimed"}, {"claim", "acquire"}, {}}},
        {"started", {{"claimed"}, {"running"}, {"start"}, {}}},
        {"completed",
         {{"pending", "claimed", "running"},
          {"completed"},
          {"complete"},
          {"converge", "executor_lost"}}},
        {"resolving", {{"completed"}, {"resolving"}, {"resolving"}, {}}},
        {"resolved", {{"resolving", "completed"}, {"resolved"}, {"resolve"}, {"converge"}}},
        {"kicked", {{"pending", "completed"}, {"pending", "completed"}, {}, {"converge"}}},
        {"demoted", {{"claimed", "resolving"}, {"pending", "completed"}, {}, {"converge"}}},
        {"rejected", {{"claimed", "running"}, {"pending", "completed"}, {"reject"}, {}}},
        {"requeued", {{"claimed", "running"}, {"pending"}, {}, {"executor_lost"}}},
        {"cancelled", {{"pending", "claimed", "running"}, {"completed"}, {"cancel"}, {}}},
    };
    return all;
}

}  // namespace

bool Model::is_doomed(const ModelTask& task) const {
    if (!task.is_owned()) return false;
    const auto owner = executors_.find(task.executor_id);
    return owner != executors_.end() && task.epoch < owner->second.left_at;
}

void Model::apply(const Fact& fact) {
    number(fact);
    if (!fact.asker.session.empty()) note_asker(fact);
    if (fact.stream == "executor") {
        apply_executor(fact);
    } else if (fact.stream == "queue") {
        apply_queue(fact);
    } else {
        apply_task(fact);
    }
}

void Model::number(const Fact& fact) {
    expect(fact.seq == seq_ + 1, "event {} follows on event {}", fact.seq, seq_);
    std::int64_t& ordinal = ordinals_[fact.stream];
    expect(fact.ordinal == ordinal + 1,
           "event {} has ordinal {} in {}, which was at {}",
           fact.seq,
           fact.ordinal,
           fact.stream,
           ordinal);
    expect(fact.at >= at_, "the time of event {} goes back", fact.seq);
    seq_ = fact.seq;
    ordinal = fact.ordinal;
    at_ = fact.at;
}

void Model::note_asker(const Fact& fact) {
    const Asker& asker = fact.asker;
    ModelSession& session = sessions_[asker.session];
    expect(asker.id > session.acked && asker.id > asker.acked,
           "event {} executes request {}, which its client had acked (up to {})",
           fact.seq,
           asker.id,
           std::max(session.acked, asker.acked));
    session.acked = std::max(session.acked, asker.acked);
    session.last_used = fact.at;
    session.outcomes.erase(session.outcomes.begin(), session.outcomes.upper_bound(session.acked));
    const bool first = executed_.insert({asker.session, asker.id}).second;
    if (first) {
        session.outcomes[asker.id] = {asker.verb, fact.seq, fact.seq};
        return;
    }
    const auto known = session.outcomes.find(asker.id);
    expect(asker.verb == "acquire" && known != session.outcomes.end() &&
               known->second.last == fact.seq - 1 && known->second.verb == asker.verb,
           "event {} executes request {} ({}) for the second time",
           fact.seq,
           asker.id,
           asker.verb);
    known->second.last = fact.seq;
}

void Model::apply_executor(const Fact& fact) {
    ModelExecutor& executor = executors_[fact.executor_id];
    const std::string& verb = fact.asker.verb;
    if (fact.kind == "joined") {
        expect(!executor.present, "event {}: '{}' joins twice", fact.seq, fact.executor_id);
        expect(!executor.former.contains(fact.incarnation),
               "event {}: an incarnation of '{}' comes back after another one had joined",
               fact.seq,
               fact.executor_id);
        for (const auto& [guid, task] : tasks_) {
            expect(task.executor_id != fact.executor_id || !is_doomed(task),
                   "event {}: '{}' joins before '{}' was taken from its forerunner",
                   fact.seq,
                   fact.executor_id,
                   guid);
        }
        const bool is_another = executor.left_at > 0 && executor.incarnation != fact.incarnation;
        if (is_another) executor.former.insert(executor.incarnation);
        executor.present = true;
        executor.draining = false;
        executor.incarnation = fact.incarnation;
        return;
    }
    expect(executor.present && executor.incarnation == fact.incarnation,
           "event {}: '{}' is {} and not present",
           fact.seq,
           fact.executor_id,
           fact.kind);
    if (fact.kind == "lost" || fact.kind == "departed") {
        expect((fact.kind == "departed") == (verb == "depart"),
               "event {}: {} because of '{}'",
               fact.seq,
               fact.kind,
               verb);
        executor.present = false;
        executor.draining = false;
        executor.left_at = fact.seq;
        return;
    }
    expect(verb == "drain" && (fact.kind == "draining" || fact.kind == "undrained"),
           "event {}: {} because of '{}'",
           fact.seq,
           fact.kind,
           verb);
    executor.draining = fact.kind == "draining";
}

void Model::apply_queue(const Fact& fact) {
    const auto stack = fact.has_stack ? std::optional(fact.stack) : std::nullopt;
    if (fact.kind == "paused") {
        expect(fact.asker.verb == "pause", "event {}: paused by '{}'", fact.seq, fact.asker.verb);
        pauses_.insert({fact.domain, stack});
        return;
    }
    expect(fact.kind == "resumed" && fact.asker.verb == "resume",
           "event {}: {} by '{}'",
           fact.seq,
           fact.kind,
           fact.asker.verb);
    const std::size_t ended = std::erase_if(pauses_, [&](const ModelPause& pause) {
        return pause.first == fact.domain && (!stack || pause.second == stack);
    });
    expect(ended > 0, "event {} resumes what was not paused", fact.seq);
}

void Model::apply_task(const Fact& fact) {
    expect(fact.task_seq == fact.seq, "event {} says seq {}", fact.seq, fact.task_seq);
    const auto found = tasks_.find(fact.guid);
    if (fact.kind == "desired") {
        expect(found == tasks_.end(), "event {}: '{}' is desired twice", fact.seq, fact.guid);
        expect(fact.asker.verb == "desire" && fact.state == "pending" && fact.epoch == 0,
               "event {}: '{}' is desired into {}",
               fact.seq,
               fact.guid,
               fact.state);
        tasks_[fact.guid] = {.guid = fact.guid,
                             .domain = fact.domain,
                             .stack = fact.stack,
                             .state = "pending",
                             .seq = fact.seq,
                             .max_rejections = fact.max_rejections,
                             .payload = fact.payload,
                             .annotation = fact.annotation};
        return;
    }
    expect(found != tasks_.end(), "event {}: there is no task '{}'", fact.seq, fact.guid);
    const auto rule = rules().find(fact.kind);
    expect(rule != rules().end(), "event {} is of an unknown kind, {}", fact.seq, fact.kind);
    ModelTask& task = found->second;
    expect(rule->second.from.contains(task.state) && rule->second.to.contains(fact.state) &&
               fact.stream == fact.state,
           "event {}: '{}' is {} from {} to {} in stream {}",
           fact.seq,
           fact.guid,
           fact.kind,
           task.state,
           fact.state,
           fact.stream);
    check_cause(fact, task);
    change(fact, task);
    if (fact.kind == "resolved") tasks_.erase(found);
}

void Model::check_cause(const Fact& fact, const ModelTask& before) const {
    const Rule& rule = rules().at(fact.kind);
    const bool asked = fact.cause == "request";
    expect(asked ? rule.verbs.contains(fact.asker.verb)
                 : fact.asker.session.empty() && rule.causes.contains(fact.cause),
           "event {}: {} by {} ('{}')",
           fact.seq,
           fact.kind,
           fact.cause,
           fact.asker.verb);
    if (fact.kind == "resolved" || fact.kind == "completed") {
        const std::string_view needed = fact.kind == "resolved" ? "resolving" : "running";
        expect(!asked || before.state == needed,
               "event {}: a request makes {} of a task that is {}",
               fact.seq,
               fact.kind,
               before.state);
    }
    if (fact.kind == "claimed" && fact.asker.verb == "acquire") {
        expect(!pauses_.contains({before.domain, std::nullopt}) &&
                   !pauses_.contains({before.domain, before.stack}),
               "event {}: '{}' is acquired, and its queue is paused",
               fact.seq,
               fact.guid);
    }
    const auto owner = executors_.find(before.executor_id);
    const bool owner_is_away = owner == executors_.end() || !owner->second.present;
    if (fact.cause == "executor_lost") {
        expect(before.is_owned() && (is_doomed(before) || owner_is_away),
               "event {}: '{}' is taken from '{}', who is present",
               fact.seq,
               fact.guid,
               before.executor_id);
    }
    const bool owners_verb =
        fact.kind == "started" || fact.kind == "rejected" || (fact.kind == "completed" && asked);
    expect(!owners_verb || !is_doomed(before),
           "event {}: '{}' is {} by an executor that was lost",
           fact.seq,
           fact.guid,
           fact.kind);
}

void Model::change(const Fact& fact, ModelTask& task) {
    const bool gives_owner = fact.kind == "claimed" || fact.kind == "resolving";
    const bool keeps_owner = fact.kind == "started";
    const Seq epoch = gives_owner ? fact.seq : keeps_owner ? task.epoch : 0;
    expect(fact.epoch == epoch,
           "event {}: '{}' is {} under epoch {}, not {}",
           fact.seq,
           fact.guid,
           fact.kind,
           fact.epoch,
           epoch);
    if (fact.kind == "rejected" || fact.kind == "requeued" || fact.cause == "executor_lost")
        count_rejection(fact, task);
    const bool stays = task.state == fact.state || fact.kind == "demoted";
    if (fact.state == "completed" && !stays) end(fact, task);
    if (fact.state == "pending") {
        task.executor_id.clear();
        task.container_handle.clear();
    } else if (fact.kind == "claimed") {
        expect(!fact.executor_id.empty(), "event {}: claimed by nobody", fact.seq);
        task.executor_id = fact.executor_id;
        task.container_handle.clear();
    } else if (fact.kind == "started") {
        task.container_handle = fact.container_handle;
    }
    expect(fact.executor_id == task.executor_id,
           "event {}: '{}' is of '{}', not of '{}'",
           fact.seq,
           fact.guid,
           task.executor_id,
           fact.executor_id);
    task.state = fact.state;
    task.epoch = fact.epoch;
    task.seq = fact.seq;
}

void Model::end(const Fact& fact, ModelTask& task) {
    const bool by_complete = fact.kind == "completed" && fact.cause == "request";
    expect(by_complete || fact.failed,
           "event {}: '{}' was {} by {} and did not fail",
           fact.seq,
           fact.guid,
           fact.kind,
           fact.cause);
    task.failed = fact.failed;
    task.failure_reason = fact.failure_reason;
    task.result = fact.result;
}

void Model::count_rejection(const Fact& fact, ModelTask& task) {
    // A task that fails with its executor was not rejected, unless that was once too often.
    if (fact.state == "completed" && fact.cause == "executor_lost" &&
        fact.rejection_count == task.rejection_count) {
        return;
    }
    expect(fact.rejection_count == task.rejection_count + 1,
           "event {}: '{}' was rejected {} times, now {}",
           fact.seq,
           fact.guid,
           task.rejection_count,
           fact.rejection_count);
    expect((fact.state == "completed") == (fact.rejection_count > task.max_rejections),
           "event {}: '{}' is {} after {} rejections of {}",
           fact.seq,
           fact.guid,
           fact.state,
           fact.rejection_count,
           task.max_rejections);
    task.rejection_count = fact.rejection_count;
    task.rejection_reason = fact.rejection_reason;
}

}  // namespace taskbbs::simulation
