// The table of section 5, read from the side of one task: the same limits as in a pass (converge),
// as moments instead of comparisons.
#include "broker/core/explain.hpp"

#include "broker/core/converge.hpp"

namespace taskbbs::core {

namespace {

using protocol::ExplainReply;

Time left_alone_since(const Board& board, const TaskRecord& task) {
    return board.clock().origin(task.updated_at);
}

std::optional<Time> next_kick_of(const Board& board, const TaskRecord& task) {
    const PassRules rules = PassRules::of(board.settings().converge);
    const Duration interval = kick_interval(rules, task.kicks);
    return later(left_alone_since(board, task), std::chrono::ceil<milliseconds>(interval));
}

std::optional<Time> claim_by(const Board& board, const TaskRecord& task) {
    if (board.tasks().terms_of(task).time_to_claim != milliseconds{0}) {
        return board.tasks().own_deadline(task);
    }
    return later(board.tasks().pending_origin(task), board.settings().converge.time_to_claim);
}

std::optional<Time> expires(const Board& board, const TaskRecord& task) {
    const milliseconds expiry = board.settings().converge.completed_expiry;
    return expiry == milliseconds{0} ? std::nullopt
                                     : later(board.clock().origin(task.completed_at), expiry);
}

void add_limits(const Board& board, const TaskRecord& task, ExplainReply& facts) {
    const ConvergeSettings& settings = board.settings().converge;
    switch (task.state) {
        case State::pending:
            facts.fail_at = claim_by(board, task);
            facts.kick_at = next_kick_of(board, task);
            facts.kicks = task.kicks;
            facts.paused_since = board.pauses().since(facts.task.domain, facts.task.stack);
            break;
        case State::claimed:
            facts.demote_at = later(left_alone_since(board, task), settings.claim_timeout);
            break;
        case State::running:
            facts.fail_at = board.tasks().own_deadline(task);
            break;
        case State::completed:
            facts.expire_at = expires(board, task);
            facts.kick_at = next_kick_of(board, task);
            facts.kicks = task.kicks;
            break;
        case State::resolving:
            facts.demote_at = later(left_alone_since(board, task), settings.resolve_timeout);
            break;
        case State::resolved:
            break;
    }
}

protocol::OwnerView owner_of(const ExecutorRecord& executor) {
    using Phase = ExecutorRecord::Phase;
    protocol::OwnerView owner{
        .executor_id = executor.id, .present = executor.present, .draining = executor.draining};
    if (executor.present) {
        // The presence's timer is the judgement to come only once presence has run out.
        const bool runs = executor.phase == Phase::fresh;
        owner.held = executor.phase == Phase::held;
        owner.ttl = executor.ttl;
        owner.expires_at = executor.expires;
        owner.lost_at = runs ? executor.expires + executor.ttl / 3 : executor.timer;
    }
    return owner;
}

}  // namespace

Decided<ExplainReply> explain(const Board& board, const protocol::ExplainArgs& args, Time now) {
    return find_task(board, args.guid).map([&](Slot slot) {
        const TaskRecord& task = board.tasks()[slot];
        ExplainReply facts{.task = board.tasks().view(slot),
                           .seq = board.seq(),
                           .at = now,
                           .doomed = is_doomed(board, task),
                           .every = board.settings().converge.every};
        add_limits(board, task, facts);
        if (task.is_owned_by_executor()) {
            facts.owner = owner_of(board.executors()[task.executor]);
        }
        return facts;
    });
}

}  // namespace taskbbs::core
