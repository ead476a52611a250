// The fold.
#include "broker/core/board.hpp"

#include <algorithm>
#include <utility>

namespace taskbbs::core {

Board::Board(Settings settings)
    : settings_(settings),
      tasks_(executors_, clock_, settings.converge.completed_expiry > milliseconds{0}) {}

void Board::number(Event& event, Time now) {
    event.seq = seq_ + 1;
    event.ordinal = ordinals_[event.stream()] + 1;
    event.at = clock_.stamp(now);
}

void Board::begin_batch(Time time, Time run_began) {
    sessions_.begin_batch(time, run_began);
}

Slot Board::apply(const Event& event) {
    seq_ = event.seq;
    ordinals_[event.stream()] = event.ordinal;
    clock_.observe(event.at);
    Slot slot = no_slot;
    switch (event.kind) {
        case Kind::joined:
            executors_.joined(event);
            break;
        case Kind::lost:
        case Kind::departed:
            executors_.left(event);
            break;
        case Kind::draining:
        case Kind::undrained:
            executors_.drained(event);
            break;
        case Kind::paused:
            pauses_.paused(event);
            break;
        case Kind::resumed:
            pauses_.resumed(event);
            break;
        default:
            note_doomed(event);
            slot = tasks_.apply(event);
    }
    if (event.origin.id != 0) {
        sessions_.record(event);
    }
    return slot;
}

// A task that a departed executor loses belongs to the outcome of that depart.
void Board::note_doomed(const Event& event) {
    if (event.cause != Cause::executor_lost) {
        return;
    }
    const Slot slot = event.task != no_slot ? event.task : tasks_.find(event.guid);
    if (slot == no_slot || tasks_[slot].executor == no_slot) {
        return;
    }
    const ExecutorRecord& executor = executors_[tasks_[slot].executor];
    if (executor.departed_by.id != 0 && executor.dooms(tasks_[slot].epoch)) {
        sessions_.extend(executor.departed_by, event.seq);
    }
}

Digest Board::digest() const {
    return digest_of(numbers(),
                     tasks_.digest() + executors_.digest() + sessions_.digest() + pauses_.digest());
}

BoardNumbers Board::numbers() const {
    BoardNumbers numbers{.seq = seq_,
                         .last_stamp = clock_.last_stamp().time_since_epoch().count(),
                         .serving = sessions_.serving().count(),
                         .last_batch = sessions_.last_batch().time_since_epoch().count()};
    std::copy_n(ordinals_.of.begin(), board_streams, numbers.ordinals.begin());
    return numbers;
}

void Board::load(const BoardNumbers& numbers) {
    seq_ = numbers.seq;
    std::ranges::copy(numbers.ordinals, ordinals_.of.begin());
    ordinals_[Stream::queue] = pauses_.ordinal();
    clock_.observe(Time(Duration(numbers.last_stamp)));
    sessions_.load_time(Duration(numbers.serving), Time(Duration(numbers.last_batch)));
}

Time Board::begin_serving(Time wall) {
    const Time now = clock_.begin(wall, clock_.last_stamp());
    tasks_.begin_serving();
    executors_.take_ended_losses();  // nobody of this run waits for them
    return now;
}

}  // namespace taskbbs::core
