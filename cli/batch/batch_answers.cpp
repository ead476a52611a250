// What the board answers to a batch, and what follows from it.
#include "cli/batch/batch.hpp"

#include <fmt/format.h>

namespace taskbbs::cli::batch {
namespace {

constexpr std::string_view gone_reason =
    "gone from the board: somebody else has taken its outcome, it has expired, or the broker has "
    "begun a new journal";

}  // namespace

Batch::Entry Batch::find(TaskKey key, Phase phase) {
    const auto entry = slots_.find(key);
    const bool waits = entry != slots_.end() && entry->second.phase == phase;
    return waits ? entry : slots_.end();
}

void Batch::desired(TaskKey key, const Result<Applied>& answer, Moment now) {
    const auto entry = find(key, Phase::desiring);
    if (entry == slots_.end()) {
        return;
    }
    if (!answer) {
        refused_desire(entry, answer.error(), now);
    } else if (on_board(entry); options_.mode == Mode::hand_over) {
        ++tally_.handed_over;
        erase(entry);
    } else {
        open(entry);
    }
    settle();
}

void Batch::refused_desire(Entry entry, const Error& error, Moment now) {
    Slot& slot = entry->second;
    slot.ours = slot.ours || error.outcome_unknown;
    const auto refused = [&error](auto... status) {
        return error.code == Code::refused && (error.is(status) || ...);
    };
    if (refused(Status::already_exists) && slot.ours) {
        look(entry);
    } else if (refused(Status::already_exists)) {
        const auto guid = guid_of(options_.name, entry->first);
        erase(entry);
        fatal(Exit::refused,
              fmt::format("{} is on the board: another run has this name\nTake up that one with "
                          "taskbbs wait {}, or give another --name.",
                          guid,
                          options_.name),
              now);
    } else if (refused(Status::too_large)) {
        fail(entry, error.message);
    } else if (error.outcome_unknown || error.code == Code::timed_out ||
               error.code == Code::overloaded || refused(Status::read_only, Status::busy)) {
        if (refused(Status::read_only, Status::busy) && !std::exchange(told_delay_, true)) {
            say(fmt::format("the broker takes no more tasks now ({}); waiting", error.name()));
        }
        put_off(entry, Phase::delayed, now);
    } else {
        erase(entry);
        const bool usage = refused(Status::invalid_request);
        const bool denied = refused(Status::denied);
        fatal(usage    ? Exit::usage
              : denied ? Exit::denied
                       : Exit::refused,
              fmt::format("{} ({})", error.message, error.name()),
              now);
    }
}

void Batch::looked(TaskKey key, Result<Found> answer, Moment now) {
    const auto entry = find(key, Phase::looking);
    if (entry == slots_.end()) {
        return;
    }
    Slot& slot = entry->second;
    if (!answer && answer.error().is(Status::not_found)) {
        gone(entry);
    } else if (!answer) {
        put_off(entry, Phase::unclear, now);
    } else if (slot.task && slot.task->payload != answer->task.payload) {
        erase(entry);
        fatal(Exit::refused,
              fmt::format("{} is on the board with another command\nThe input may have changed; "
                          "see taskbbs get {}, taskbbs cancel {}.",
                          answer->task.guid,
                          answer->task.guid,
                          answer->task.guid),
              now);
    } else {
        on_board(entry);
        see(entry, answer->task.state, static_cast<std::int64_t>(answer->task.result.size()), now);
    }
    settle();
}

void Batch::cancelled(TaskKey key, const Result<Applied>& answer, Moment now) {
    const auto entry = find(key, Phase::open);
    if (entry == slots_.end()) {
        return;
    }
    if (answer) {
        end(entry, 0);
    } else if (answer.error().is(Status::not_found)) {
        gone(entry);
    } else if (answer.error().is(Status::wrong_state)) {
        look(entry);
    } else if (answer.error().is(Status::denied)) {
        fail(entry, "not cancelled: " + answer.error().message);
    } else {
        put_off(entry, Phase::unclear, now);
    }
    settle();
}

// What an interrupted run had cancelled before it left is missing, to the one that resumes it.
bool Batch::is_tried_anew(const Task& task, std::uint32_t attempt) const {
    if (!task.failed || stopping_) {
        return false;
    }
    if (was_cancelled(task)) {
        return options_.resumed && was_stopped(task);
    }
    const auto retries =
        options_.mode == Mode::pick_up ? note_in(task.annotation).retries : options_.retries;
    return attempt < retries;
}

void Batch::taken(TaskKey key, Result<Owned> answer, Moment now) {
    const auto entry = find(key, Phase::taking);
    if (entry == slots_.end()) {
        return;
    }
    Slot& slot = entry->second;
    if (!answer && answer.error().is(Status::not_found)) {
        gone(entry);
    } else if (!answer && answer.error().is(Status::wrong_state)) {
        look(entry);
    } else if (!answer && answer.error().is(Status::denied)) {
        fail(entry, "its outcome may not be taken: " + answer.error().message);
    } else if (!answer || !answer->task) {
        put_off(entry, Phase::unclear, now);
    } else if (slot.epoch = answer->epoch; slot.quiet) {
        leave(entry);
    } else if (is_tried_anew(*answer->task, key.attempt)) {
        try_anew(entry, std::move(*answer->task));
    } else {
        conclude(entry, outcome_of(key, std::move(*answer->task)));
    }
    settle();
}

void Batch::try_anew(Entry entry, Task task) {
    const TaskKey key{entry->first.number, entry->first.attempt + 1};
    Slot& slot = slots_.try_emplace(key).first->second;
    slot.line_hash = entry->second.line_hash;
    slot.ours = true;
    task.guid = guid_of(options_.name, key);
    task.result.clear();
    task.created_at = protocol::no_time;
    task.not_before = protocol::no_time;
    hold(slot, std::move(task));
    desire(slots_.find(key));
    ++tally_.retried;
    entry->second.quiet = true;
    move(entry, Phase::taken);
}

void Batch::left(TaskKey key, const Result<Applied>& answer, Moment now) {
    const auto entry = find(key, Phase::leaving);
    if (entry == slots_.end()) {
        return;
    }
    if (answer || answer.error().is(Status::not_found) || answer.error().is(Status::denied)) {
        erase(entry);
    } else if (answer.error().is(Status::wrong_state) || answer.error().is(Status::not_owner)) {
        // Showing it took so long that the board has given it up for others to take.
        look(entry);
    } else {
        put_off(entry, Phase::unclear, now);
    }
    settle();
}

void Batch::gone(Entry entry) {
    const Slot& slot = entry->second;
    if (slot.quiet) {
        erase(entry);
    } else if (stopping_ && slot.task) {
        fail(entry, std::string{stopped_reason}, true);
    } else if (options_.mode == Mode::pick_up) {
        // Another one waits for this run as well, and shows it.
        ++tally_.elsewhere;
        on_board(entry);
        erase(entry);
    } else {
        fail(entry, std::string{gone_reason});
    }
}

// Without an outcome that the board could hand over.
void Batch::fail(Entry entry, std::string reason, bool cancelled) {
    Slot& slot = entry->second;
    if (slot.quiet) {
        erase(entry);
        return;
    }
    TaskOutcome outcome{
        .key = entry->first, .failed = true, .cancelled = cancelled, .reason = std::move(reason)};
    if (slot.task) {
        outcome.command = slot.task->payload;
        outcome.line = line_in(slot.task->annotation);
    }
    slot.epoch = 0;
    on_board(entry);  // the attempt before it waits no longer
    conclude(entry, std::move(outcome));
}

}  // namespace taskbbs::cli::batch
