// How tasks come into a batch, through it and out of it; what the board answers is in
// batch_answers.cpp.
#include "cli/batch/batch.hpp"

#include "cli/batch/job_log.hpp"

#include <fmt/format.h>
#include <iterator>

namespace taskbbs::cli::batch {
namespace {

// Requests under way at most, where nothing stays here.
constexpr std::size_t most_handed_over = 1024;

}  // namespace

Batch::Batch(BatchOptions options) : options_(std::move(options)) {}

// ---- what comes in ---------------------------------------------------------------------------

// Of several attempts the newest counts; an older one was left by somebody who died in between.
void Batch::found(const FoundTask& task, Moment now) {
    const auto [entry, first] = before_.try_emplace(task.key.number, task);
    if (first) {
        return;
    }
    FoundTask older = task;
    if (entry->second.key < task.key) {
        std::swap(entry->second, older);
    }
    hush(older, now);
}

void Batch::pick_up(Moment now) {
    for (const auto& [number, task] : std::exchange(before_, {})) {
        const auto entry = slots_.try_emplace(task.key).first;
        ++tally_.total;
        see(entry, task.state, task.bytes, now);
    }
    input_ended();
    settle();
}

bool Batch::wants_line() const {
    if (input_ended_ || stopping_ || unsent_bytes_ >= most_bytes) {
        return false;
    }
    if (options_.mode == Mode::hand_over) {
        return slots_.size() < most_handed_over;
    }
    const auto jobs = static_cast<std::size_t>(options_.jobs);
    // In order, one that takes long would keep the board empty behind it.
    const auto waiting = options_.keep_order ? ended_.size() : 0;
    return slots_.size() - waiting < jobs && slots_.size() < jobs + most_ended;
}

void Batch::add(std::string_view line, std::string command) {
    const auto number = ++last_number_;
    ++tally_.total;
    const auto before = before_.extract(number);
    const TaskKey key = before.empty() ? TaskKey{number} : before.mapped().key;
    const auto entry = slots_.try_emplace(key).first;
    Task task = options_.task;
    task.guid = guid_of(options_.name, key);
    task.type = task_type;
    task.payload = std::move(command);
    task.annotation = annotation_of({.run = options_.name,
                                     .number = number,
                                     .retries = options_.retries,
                                     .keep_order = options_.keep_order},
                                    line);
    entry->second.line_hash = hash_of(line);
    entry->second.ours = options_.resumed;
    hold(entry->second, std::move(task));
    if (before.empty()) {
        desire(entry);
    } else {
        look(entry);
    }
}

void Batch::skip(Moment now) {
    const auto number = ++last_number_;
    ++tally_.total;
    ++tally_.skipped;
    if (const auto before = before_.extract(number); !before.empty()) {
        hush(before.mapped(), now);
    }
}

void Batch::input_ended() {
    input_ended_ = true;
    tally_.has_total = true;
    if (!before_.empty()) {
        say(fmt::format("{} tasks of an earlier input are still on the board: taskbbs wait {}",
                        before_.size(),
                        options_.name));
    }
}

// On the board, though nobody waits for what comes of it.
void Batch::hush(const FoundTask& task, Moment now) {
    const auto entry = slots_.try_emplace(task.key).first;
    entry->second.quiet = true;
    see(entry, task.state, task.bytes, now);
}

void Batch::completed(const Task& header) {
    const auto key = key_in(header.guid, options_.name);
    const auto entry = key ? slots_.find(*key) : slots_.end();
    if (entry == slots_.end()) {
        return;
    }
    Slot& slot = entry->second;
    if (slot.phase == Phase::open) {
        end(entry, header.result_size);
        settle();
    } else if (slot.phase == Phase::desiring || slot.phase == Phase::looking) {
        // Perhaps of another run's task of this name: the answer will tell.
        slot.stirred = true;
    }
}

bool Batch::look_at_all() {
    bool is_any = false;
    for (auto entry = slots_.begin(); entry != slots_.end(); ++entry) {
        if (entry->second.phase == Phase::open) {
            look(entry);
            is_any = true;
        }
    }
    return is_any;
}

void Batch::stop(Exit exit, Moment now) {
    exit_ = worse(exit_, exit);
    if (std::exchange(stopping_, true)) {
        return;
    }
    tally_.has_total = true;
    for (auto next = slots_.begin(); next != slots_.end();) {
        const auto entry = next++;
        const Phase phase = entry->second.phase;
        const bool at_rest = phase == Phase::open || phase == Phase::unclear ||
                             phase == Phase::delayed || phase == Phase::looking;
        if (options_.mode == Mode::pick_up && (at_rest || phase == Phase::ended)) {
            if (const auto before = attempt_before(entry); before != slots_.end()) {
                erase(before);
            }
            erase(entry);
        } else if (phase == Phase::open) {
            open(entry);
        } else if (phase == Phase::delayed || phase == Phase::unclear) {
            look(entry);
        }
    }
    for (const auto& [number, task] : std::exchange(before_, {})) {
        if (task.state < State::completed) {
            hush(task, now);
        }
    }
    settle();
}

void Batch::fatal(Exit exit, std::string why, Moment now) {
    if (exit_ != worse(exit_, exit)) {
        say(std::move(why));
    }
    stop(exit, now);
}

void Batch::tick(Moment now) {
    while (!put_off_.empty() && put_off_.begin()->first <= now) {
        const auto entry = slots_.find(put_off_.begin()->second);
        if (entry->second.phase == Phase::delayed && !stopping_) {
            desire(entry);
        } else {
            look(entry);
        }
    }
    settle();
}

std::optional<Moment> Batch::deadline() const {
    return put_off_.empty() ? std::nullopt : std::optional{put_off_.begin()->first};
}

// ---- how it moves on -------------------------------------------------------------------------

// Every change of phase, so that what is counted by phase stays true.
void Batch::move(Entry entry, Phase phase) {
    auto& [key, slot] = *entry;
    ended_.erase(key);
    if (slot.due) {
        put_off_.erase({*slot.due, key});
        slot.due.reset();
    }
    const bool counts = !slot.quiet && (phase == Phase::taking || phase == Phase::taken);
    if (counts && !slot.counted) {
        ++taken_;
        taken_bytes_ += slot.bytes;
    } else if (!counts && slot.counted) {
        --taken_;
        taken_bytes_ -= slot.bytes;
    }
    slot.counted = counts;
    slot.phase = phase;
    if (phase == Phase::ended && !slot.quiet) {
        ended_.insert(key);
    }
}

void Batch::erase(Entry entry) {
    move(entry, Phase::leaving);
    release(entry->second);
    slots_.erase(entry);
}

void Batch::put_off(Entry entry, Phase phase, Moment now) {
    move(entry, phase);
    entry->second.due = now + pause;
    put_off_.emplace(*entry->second.due, entry->first);
}

void Batch::hold(Slot& slot, Task task) {
    slot.task = std::make_unique<Task>(std::move(task));
    unsent_bytes_ +=
        static_cast<std::int64_t>(slot.task->payload.size() + slot.task->annotation.size());
}

void Batch::release(Slot& slot) {
    if (slot.task) {
        unsent_bytes_ -=
            static_cast<std::int64_t>(slot.task->payload.size() + slot.task->annotation.size());
        slot.task.reset();
    }
}

void Batch::desire(Entry entry) {
    move(entry, Phase::desiring);
    actions_.emplace_back(Desire{entry->first, *entry->second.task});
}

void Batch::look(Entry entry) {
    move(entry, Phase::looking);
    entry->second.stirred = false;
    actions_.emplace_back(Look{entry->first});
}

// The one that waits for this one to be on the board; the end where there is none.
Batch::Entry Batch::attempt_before(Entry entry) {
    if (entry->first.attempt == 0) {
        return slots_.end();
    }
    const auto before = slots_.find({entry->first.number, entry->first.attempt - 1});
    const bool waits =
        before != slots_.end() && before->second.quiet && before->second.phase == Phase::taken;
    return waits ? before : slots_.end();
}

void Batch::on_board(Entry entry) {
    release(entry->second);
    told_delay_ = false;
    if (const auto before = attempt_before(entry); before != slots_.end()) {
        leave(before);
    }
}

// What the board says of it, which is true or was a moment ago.
void Batch::see(Entry entry, State state, std::int64_t bytes, Moment now) {
    if (state == State::completed) {
        end(entry, bytes);
    } else if (state != State::resolving) {
        open(entry);
    } else if (entry->second.quiet) {
        // By one who died before it was gone, or by us and long ago.
        entry->second.epoch = 0;
        leave(entry);
    } else {
        put_off(entry, Phase::unclear, now);
    }
}

void Batch::open(Entry entry) {
    if (std::exchange(entry->second.stirred, false)) {
        look(entry);
        return;
    }
    move(entry, Phase::open);
    if (stopping_ || entry->second.quiet) {
        actions_.emplace_back(Cancel{entry->first});
    }
}

void Batch::end(Entry entry, std::int64_t bytes) {
    move(entry, Phase::ended);
    entry->second.bytes = bytes;
    if (entry->second.quiet) {
        fetch(entry);
    }
}

void Batch::fetch(Entry entry) {
    move(entry, Phase::taking);
    actions_.emplace_back(Take{entry->first});
}

void Batch::leave(Entry entry) {
    move(entry, Phase::leaving);
    const auto epoch = entry->second.epoch;
    actions_.emplace_back(Leave{entry->first, epoch == 0 ? std::nullopt : std::optional{epoch}});
}

// In order, only what has nothing unfinished before it is taken: else outcomes would pile up here.
Batch::Entry Batch::next_to_take() {
    if (!options_.keep_order) {
        return ended_.empty() ? slots_.end() : slots_.find(*ended_.begin());
    }
    for (auto entry = slots_.begin(); entry != slots_.end(); ++entry) {
        const Slot& slot = entry->second;
        if (slot.quiet || slot.phase == Phase::taking || slot.phase == Phase::taken) {
            continue;
        }
        return slot.phase == Phase::ended ? entry : slots_.end();
    }
    return slots_.end();
}

void Batch::show_in_turn() {
    for (auto next = slots_.begin(); next != slots_.end();) {
        const auto entry = next++;
        if (entry->second.quiet) {
            continue;
        }
        if (entry->second.phase != Phase::taken) {
            return;
        }
        show(entry);
    }
}

void Batch::settle() {
    if (options_.keep_order) {
        show_in_turn();
    }
    while (taken_ < most_taken && taken_bytes_ < most_bytes) {
        const auto entry = next_to_take();
        if (entry == slots_.end()) {
            return;
        }
        fetch(entry);
    }
}

// ---- how it ends -----------------------------------------------------------------------------

void Batch::conclude(Entry entry, TaskOutcome outcome) {
    entry->second.outcome = std::make_unique<TaskOutcome>(std::move(outcome));
    move(entry, Phase::taken);
    if (!options_.keep_order) {
        show(entry);
    }
}

void Batch::show(Entry entry) {
    Slot& slot = entry->second;
    const bool board_knows = slot.epoch != 0;
    auto& count = slot.outcome->cancelled ? tally_.cancelled
                  : slot.outcome->failed  ? tally_.failed
                                          : tally_.done;
    ++count;
    actions_.emplace_back(Show{std::move(*slot.outcome), slot.line_hash, board_knows});
    slot.outcome.reset();
    slot.quiet = true;
    if (board_knows) {
        leave(entry);
    } else {
        erase(entry);
    }
}

bool Batch::finished() const {
    return (input_ended_ || stopping_) && slots_.empty();
}

Exit Batch::exit() const {
    const Exit elsewhere = tally_.elsewhere > 0 ? Exit::unknown : Exit::done;
    const bool all_done = tally_.failed == 0 && tally_.cancelled == 0;
    return worse(worse(exit_, elsewhere), all_done ? Exit::done : Exit::failed);
}

Tally Batch::tally() const {
    return tally_;
}

std::vector<Action> Batch::take() {
    return std::exchange(actions_, {});
}

}  // namespace taskbbs::cli::batch
