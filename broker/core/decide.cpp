// The lifecycle's verbs, in the order of the contract's table.
#include "broker/core/decide.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::core {

using protocol::Status;

namespace {

constexpr std::string_view disappeared = "executor disappeared before completion";
constexpr auto first_delay = std::chrono::milliseconds(1000);
constexpr auto longest_delay = std::chrono::milliseconds(60'000);

tl::unexpected<Refused> refuse_state(const TaskRecord& task, std::string_view wanted) {
    auto refused =
        refuse(Status::wrong_state,
               fmt::format("the task is {}; this needs it {}", name_of(task.state), wanted));
    refused.value().body.state = task.state;
    return refused;
}

tl::unexpected<Refused> refuse_owner(const TaskView& task) {
    auto refused =
        refuse(Status::not_owner,
               fmt::format("the task is owned by '{}' under epoch {}: stop working on it",
                           task.executor_id,
                           task.epoch));
    refused.value().body.executor_id = task.executor_id;
    refused.value().body.epoch = task.epoch;
    return refused;
}

// Whether whoever gives `executor_id` and `epoch` owns the task; what isn't given is not asked.
bool is_owner(const Board& board,
              const TaskRecord& task,
              std::optional<std::string_view> executor_id,
              std::optional<Seq> epoch) {
    if (task.is_owned_by_executor()) {
        const ExecutorRecord& executor = board.executors()[task.executor];
        if (is_doomed(board, task) || (executor_id && *executor_id != executor.id)) {
            return false;
        }
    }
    return !epoch || (*epoch == task.epoch && *epoch != 0);
}

Event event_of(const Board& board, Slot slot, Kind kind, State to) {
    return {.kind = kind, .to = to, .task = slot, .guid = board.tasks()[slot].guid()};
}

Decided<void> check_size(std::string_view field, std::string_view bytes, std::uint64_t limit) {
    if (bytes.size() <= limit) {
        return {};
    }
    auto refused =
        refuse(Status::too_large,
               fmt::format("{} has {} bytes; at most {} are allowed", field, bytes.size(), limit));
    refused.value().body.field = field;
    refused.value().body.limit = static_cast<std::int64_t>(limit);
    return refused;
}

Decided<void> check_room(const Board& board, std::size_t bytes) {
    const LimitSettings& limits = board.settings().limits;
    if (board.tasks().opaque_bytes() + bytes <= limits.task_bytes) {
        return {};
    }
    return refuse_busy("limits.task_bytes is reached: resolve what is completed, then try again",
                       limits.task_bytes);
}

// The time that a reject keeps the task back: 1 s, doubled with each rejection, at most 60 s.
milliseconds default_delay(std::uint16_t rejections) {
    return std::min(longest_delay, first_delay * (1 << std::min<int>(rejections, 6)));
}

std::string rejected_text(int count, std::string_view reason) {
    return cut_text(fmt::format("rejected {} times: {}", count, reason),
                    static_cast<std::size_t>(protocol::max_reason));
}

}  // namespace

tl::unexpected<Refused> refuse(Status status, std::string message) {
    return tl::unexpected(Refused{status, {.message = std::move(message)}});
}

tl::unexpected<Refused> refuse_busy(std::string message, std::uint64_t limit) {
    auto refused = refuse(Status::busy, std::move(message));
    refused.value().body.limit = static_cast<std::int64_t>(limit);
    return refused;
}

std::string cut_text(std::string text, std::size_t limit) {
    if (text.size() > limit) {
        constexpr unsigned char continuation = 0x80;
        constexpr unsigned char mask = 0xc0;
        while (limit > 0 && (static_cast<unsigned char>(text[limit]) & mask) == continuation) {
            --limit;
        }
        text.resize(limit);
    }
    return text;
}

tl::unexpected<Refused> refuse_unknown(std::string_view guid) {
    return refuse(Status::not_found,
                  fmt::format("there is no task '{}': it was never desired, or is resolved", guid));
}

Decided<Slot> find_task(const Board& board, std::string_view guid) {
    const Slot slot = board.tasks().find(guid);
    return slot == no_slot ? Decided<Slot>(refuse_unknown(guid)) : slot;
}

bool is_doomed(const Board& board, const TaskRecord& task) {
    return task.is_owned_by_executor() && board.executors()[task.executor].dooms(task.epoch);
}

Decided<void> check_session(const Board& board, const SessionId& session) {
    const Sessions& sessions = board.sessions();
    const LimitSettings& limits = board.settings().limits;
    // Of them all it has no more than there are.
    const bool may_be_many = sessions.outcomes() >= limits.unacked;
    if (may_be_many && sessions.unacked(session) >= limits.unacked) {
        return refuse_busy("limits.unacked is reached: ack the replies that this session has",
                           limits.unacked);
    }
    if (sessions.outcomes() >= limits.outcomes &&
        sessions.outcomes() - sessions.acked_outcomes(session) >= limits.outcomes) {
        return refuse_busy("limits.outcomes is reached: clients must ack what they have",
                           limits.outcomes);
    }
    if (sessions.size() >= limits.sessions && !sessions.knows(session)) {
        return refuse_busy("limits.sessions is reached: use fewer sessions, or try again later",
                           limits.sessions);
    }
    return {};
}

Event claim_task(const Board& board, Slot slot, std::string_view executor_id) {
    Event event = event_of(board, slot, Kind::claimed, State::claimed);
    event.executor_id = executor_id;
    return event;
}

Event lose_task(const Board& board, Slot slot) {
    const TaskRecord& task = board.tasks()[slot];
    const Terms& terms = board.tasks().terms_of(task);
    Event event = event_of(board, slot, Kind::completed, State::completed);
    event.cause = Cause::executor_lost;
    if (terms.on_executor_lost == OnExecutorLost::fail) {
        event.ending = Ending{true, std::string(disappeared), {}};
        return event;
    }
    const auto count = static_cast<std::uint16_t>(task.rejection_count + 1);
    event.rejection = Rejection{count, disappeared};
    if (count > terms.max_rejections) {
        event.ending = Ending{true, rejected_text(count, disappeared), {}};
    } else {
        event.kind = Kind::requeued;
        event.to = State::pending;
    }
    return event;
}

// ---- the requester's -------------------------------------------------------------------------

Decided<Event> decide(const Board& board, const protocol::DesireArgs& args, Time) {
    const TaskView& task = args.task;
    const LimitSettings& limits = board.settings().limits;
    if (auto fits = check_size("payload", task.payload, limits.payload_bytes); !fits) {
        return tl::unexpected(fits.error());
    }
    if (board.tasks().find(task.guid) != no_slot) {
        return refuse(Status::already_exists,
                      fmt::format("a task '{}' is on the board: choose another guid", task.guid));
    }
    if (board.tasks().size() >= limits.tasks) {
        return refuse_busy("limits.tasks is reached: try again later", limits.tasks);
    }
    if (auto room = check_room(board, task.payload.size() + task.annotation.size()); !room) {
        return tl::unexpected(room.error());
    }
    return Event{.kind = Kind::desired, .to = State::pending, .guid = task.guid, .desired = task};
}

Decided<Event> decide(const Board& board, const protocol::CancelArgs& args, Time) {
    return find_task(board, args.guid).and_then([&](Slot slot) -> Decided<Event> {
        const TaskRecord& task = board.tasks()[slot];
        if (task.state > State::running) {
            return refuse_state(task, "pending, claimed or running");
        }
        Event event = event_of(board, slot, Kind::cancelled, State::completed);
        std::string reason = args.reason.empty() ? std::string("cancelled")
                                                 : fmt::format("cancelled: {}", args.reason);
        event.ending = Ending{
            true, cut_text(std::move(reason), static_cast<std::size_t>(protocol::max_reason)), {}};
        return event;
    });
}

Decided<Event> decide(const Board& board, const protocol::ResolvingArgs& args, Time) {
    return find_task(board, args.guid).and_then([&](Slot slot) -> Decided<Event> {
        const TaskRecord& task = board.tasks()[slot];
        if (task.state != State::completed) {
            return refuse_state(task, "completed");
        }
        return event_of(board, slot, Kind::resolving, State::resolving);
    });
}

Decided<Event> decide(const Board& board, const protocol::ResolveArgs& args, Time) {
    return find_task(board, args.guid).and_then([&](Slot slot) -> Decided<Event> {
        const TaskRecord& task = board.tasks()[slot];
        if (task.state != State::resolving) {
            return refuse_state(task, "resolving");
        }
        if (!is_owner(board, task, std::nullopt, args.epoch)) {
            return refuse_owner(board.tasks().view(slot));
        }
        return event_of(board, slot, Kind::resolved, State::resolved);
    });
}

// ---- the executor's --------------------------------------------------------------------------

Decided<Event> decide(const Board& board, const protocol::ClaimArgs& args, Time now) {
    return find_task(board, args.guid).and_then([&](Slot slot) -> Decided<Event> {
        const TaskRecord& task = board.tasks()[slot];
        if (task.state != State::pending) {
            return refuse_state(task, "pending");
        }
        if (task.not_before > now) {
            auto refused = refuse_state(task, "past its not_before");
            refused.value().body.field = "not_before";
            return refused;
        }
        return claim_task(board, slot, args.executor_id);
    });
}

Decided<Event> decide(const Board& board, const protocol::StartArgs& args, Time) {
    return find_task(board, args.guid).and_then([&](Slot slot) -> Decided<Event> {
        const TaskRecord& task = board.tasks()[slot];
        if (task.state != State::claimed) {
            return refuse_state(task, "claimed");
        }
        if (!is_owner(board, task, args.executor_id, args.epoch)) {
            return refuse_owner(board.tasks().view(slot));
        }
        Event event = event_of(board, slot, Kind::started, State::running);
        event.container_handle = args.container_handle;
        return event;
    });
}

Decided<Event> decide(const Board& board, const protocol::CompleteArgs& args, Time) {
    const auto fits = check_size("result", args.result, board.settings().limits.result_bytes);
    if (!fits) {
        return tl::unexpected(fits.error());
    }
    return find_task(board, args.guid).and_then([&](Slot slot) -> Decided<Event> {
        const TaskRecord& task = board.tasks()[slot];
        if (task.state != State::running) {
            return refuse_state(task, "running");
        }
        if (!is_owner(board, task, args.executor_id, args.epoch)) {
            return refuse_owner(board.tasks().view(slot));
        }
        if (auto room = check_room(board, args.result.size()); !room) {
            return tl::unexpected(room.error());
        }
        Event event = event_of(board, slot, Kind::completed, State::completed);
        event.ending = Ending{args.failed, std::string(args.failure_reason), args.result};
        return event;
    });
}

Decided<Event> decide(const Board& board, const protocol::RejectArgs& args, Time now) {
    return find_task(board, args.guid).and_then([&](Slot slot) -> Decided<Event> {
        const TaskRecord& task = board.tasks()[slot];
        if (!task.is_owned_by_executor()) {
            return refuse_state(task, "claimed or running");
        }
        if (!is_owner(board, task, args.executor_id, args.epoch)) {
            return refuse_owner(board.tasks().view(slot));
        }
        const auto count = static_cast<std::uint16_t>(task.rejection_count + 1);
        Event event = event_of(board, slot, Kind::rejected, State::pending);
        event.rejection = Rejection{count, args.reason};
        if (count > board.tasks().terms_of(task).max_rejections) {
            event.to = State::completed;
            event.ending = Ending{true, rejected_text(count, args.reason), {}};
        } else {
            event.not_before = now + args.delay.value_or(default_delay(task.rejection_count));
        }
        return event;
    });
}

// ---- of executors themselves -----------------------------------------------------------------

namespace {

// `incarnation`: which one is meant, where that is said.
Decided<Event> executor_event(const Board& board,
                              std::string_view id,
                              const std::optional<std::string_view>& incarnation,
                              Kind kind) {
    const Slot slot = board.executors().find(id);
    if (slot == no_slot || !board.executors()[slot].present) {
        return refuse(Status::not_found,
                      fmt::format("executor '{}' is not present: it must heartbeat first", id));
    }
    const ExecutorRecord& executor = board.executors()[slot];
    if (incarnation && *incarnation != executor.incarnation) {
        auto refused = refuse(Status::not_owner,
                              fmt::format("another incarnation of executor '{}' is present", id));
        refused.value().body.executor_id = executor.id;
        refused.value().body.incarnation = executor.incarnation;
        return refused;
    }
    return Event{.kind = kind,
                 .executor_id = executor.id,
                 .incarnation = executor.incarnation,
                 .ttl = executor.ttl};
}

}  // namespace

Decided<Event> decide(const Board& board, const protocol::DepartArgs& args, Time) {
    return executor_event(board, args.executor_id, args.incarnation, Kind::departed);
}

Decided<Event> decide(const Board& board, const protocol::DrainArgs& args, Time) {
    return executor_event(
        board, args.executor_id, args.incarnation, args.on ? Kind::draining : Kind::undrained);
}

// ---- of queues -------------------------------------------------------------------------------

Decided<Event> decide(const Board& board, const protocol::PauseArgs& args, Time) {
    const Queues queues{args.domain, args.stack};
    if (board.pauses().size() >= protocol::max_pauses && !board.pauses().has(queues)) {
        return refuse_busy("too much is paused: resume some of it, or pause whole domains",
                           protocol::max_pauses);
    }
    return Event{.kind = Kind::paused, .queues = queues};
}

Decided<Event> decide(const Board& board, const protocol::ResumeArgs& args, Time) {
    const Queues queues{args.domain, args.stack};
    if (board.pauses().can_resume(queues)) {
        return Event{.kind = Kind::resumed, .queues = queues};
    }
    if (args.stack && board.pauses().has({args.domain, std::nullopt})) {
        return refuse(Status::not_found,
                      fmt::format("domain '{}' is paused as a whole: resume it without a stack",
                                  args.domain));
    }
    return refuse(
        Status::not_found,
        args.stack
            ? fmt::format("stack '{}' of domain '{}' is not paused", *args.stack, args.domain)
            : fmt::format("nothing of domain '{}' is paused", args.domain));
}

}  // namespace taskbbs::core
