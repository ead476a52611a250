// A session's outcomes, by id. Millions of sessions must fit, and most have one: that one lies here
// itself, in 24 bytes; several lie in a block of their own.
#pragma once

#include "broker/core/event.hpp"

#include <cstdint>
#include <span>

namespace taskbbs::core {

// What a mutation came to. An acquire's claims are numbered first..last; a depart ends with the
// last task that it doomed. Numbers are dense, so 55 bits never run out: at ten million events a
// second they last for a century.
struct Outcome {
    static constexpr Seq max_seq = (Seq{1} << 55) - 1;

    RequestId id = 0;
    Seq first : 56 = 0;
    Verb verb : 8 = Verb::hello;
    Seq last : 56 = 0;
    State state : 8 = State::pending;  // of the task after the last event
};

static_assert(sizeof(Outcome) == 24);

class OutcomeList {
  public:
    OutcomeList() : one() {}

    OutcomeList(OutcomeList&& other) noexcept : OutcomeList() { swap(other); }

    OutcomeList& operator=(OutcomeList&& other) noexcept {
        OutcomeList taken(std::move(other));
        swap(taken);
        return *this;
    }

    OutcomeList(const OutcomeList&) = delete;
    OutcomeList& operator=(const OutcomeList&) = delete;
    ~OutcomeList();

    // Pointers into it hold until it is changed.
    std::span<Outcome> all();

    std::span<const Outcome> all() const { return const_cast<OutcomeList*>(this)->all(); }

    std::size_t size() const { return is_many() ? many.size : one.id == 0 ? 0 : 1; }

    // How many have ids up to this one.
    std::size_t count_up_to(RequestId id) const;
    // The one under this id, or nullptr.
    Outcome* find(RequestId id);

    const Outcome* find(RequestId id) const { return const_cast<OutcomeList*>(this)->find(id); }

    // Puts it in its place; its id (from 1) is not there yet.
    Outcome& insert(const Outcome& outcome);
    // Takes the first so many out, and gives back memory that is not needed any more. Costs what
    // inserting them did, however many are left.
    void drop_first(std::size_t count);

  private:
    // Begins as an Outcome does, with an id that none has: below 0. A block's first outcomes are
    // dropped again and again, so the others do not move each time: those in use begin behind some
    // that are not.
    struct Many {
        RequestId mark;  // -1 - so many
        Outcome* block;
        std::uint32_t size;
        std::uint32_t capacity;  // of the whole block
    };

    bool is_many() const { return one.id < 0; }

    std::size_t dropped() const { return static_cast<std::size_t>(-1 - many.mark); }

    void make_room();
    void move_into_block(std::span<const Outcome> outcomes, std::size_t capacity);
    void swap(OutcomeList& other) noexcept;

    union {
        Outcome one;  // id 0: there is none
        Many many;
    };
};

static_assert(sizeof(OutcomeList) == 24);

}  // namespace taskbbs::core
