// A batch: the events that are written and synced at once, already in the form in which they go to
// the disk. The loop fills one while the journal writes another, and publishes straight out of it
// once it is durable. Batches are recycled: filling one allocates nothing once it has grown.
#pragma once

#include "broker/journal/record.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace taskbbs::journal {

// A batch's flags, a set of bits.
enum BatchFlag : std::uint32_t {
    no_flags = 0,
    began_to_serve = 1,  // the first batch of a run
    confirm = 2,         // empty: says that everything before it is durable
    sealed = 4,          // the journal's own: the last batch of a segment that has a successor
};

// What whoever reads the events makes of all up to here, in one number: not interpreted here, only
// compared, and only where the versions are the same. Version 0: nothing is said.
struct StateDigest {
    std::uint64_t value = 0;
    std::uint32_t version = 0;

    bool operator==(const StateDigest&) const = default;
};

inline constexpr std::uint32_t known_flags = began_to_serve | confirm | sealed;

// Not thread-safe; owned by one thread at a time.
class Batch {
  public:
    // Bytes that a recycled batch keeps; what it grew beyond that is given back by clear().
    static constexpr std::size_t kept_capacity = 16 << 20;
    // More than this in one batch is a bug of the caller, and aborts.
    static constexpr std::size_t max_bytes = 1 << 30;

    Batch();

    // Empties it: no records, no flags, no times, no digest.
    void clear();

    // The number of the first record. Set before anything is appended, of an empty batch too (it is
    // the number that the next event gets); the writer insists that it follows on the last.
    void set_first_seq(Seq seq);

    void set_flags(std::uint32_t flags) { flags_ = flags; }

    // The batch time: the only clock that replay knows.
    void set_time(protocol::Time time) { time_ = time; }

    // When the run that writes it began to serve, on the scale of batch times.
    void set_run_began(protocol::Time time) { run_began_ = time; }

    // Of the state after its last event.
    void set_digest(const StateDigest& digest) { digest_ = digest; }

    // Adds the record of the next event. Copies both strings.
    void append(const RecordTags& tags, std::string_view body, std::string_view rest);

    Seq first_seq() const { return first_seq_; }

    Seq last_seq() const { return first_seq_ + count_ - 1; }

    std::uint32_t count() const { return count_; }

    bool empty() const { return count_ == 0; }

    // Bytes so far, header included, padding not: what limits.batch_bytes is compared with.
    std::size_t bytes() const { return size_; }

    std::uint32_t flags() const { return flags_; }

    protocol::Time time() const { return time_; }

    protocol::Time run_began() const { return run_began_; }

    const StateDigest& digest() const { return digest_; }

    // for (const Record& record : batch.records()) ...: in order of seq. The views hold until the
    // next append() or clear().
    class Records;
    Records records() const;

    // For the writer: the bytes with room for the header in front, zero-padded to whole blocks.
    char* padded();
    std::size_t padded_bytes() const;
    std::string_view body() const;

  private:
    struct Free {
        void operator()(char* bytes) const { std::free(bytes); }
    };

    void reserve(std::size_t bytes);

    std::unique_ptr<char, Free> bytes_;  // 4 KiB-aligned
    std::size_t capacity_ = 0;
    std::size_t size_ = 0;
    Seq first_seq_ = 0;
    std::uint32_t count_ = 0;
    std::uint32_t flags_ = no_flags;
    protocol::Time time_{};
    protocol::Time run_began_{};
    StateDigest digest_;
};

class Batch::Records {
  public:
    struct End {};

    class Iterator {
      public:
        explicit Iterator(RecordCursor cursor) : cursor_(cursor) { ++*this; }

        const Record& operator*() const { return record_; }

        const Record* operator->() const { return &record_; }

        Iterator& operator++() {
            const std::optional<Record> next = cursor_.next();
            at_end_ = !next;
            if (next) record_ = *next;
            return *this;
        }

        bool operator==(End /*end*/) const { return at_end_; }

      private:
        RecordCursor cursor_;
        Record record_;
        bool at_end_ = false;
    };

    explicit Records(RecordCursor first) : first_(first) {}

    Iterator begin() const { return Iterator(first_); }

    static End end() { return {}; }

  private:
    RecordCursor first_;
};

inline Batch::Records Batch::records() const {
    return Records(RecordCursor(first_seq_, body()));
}

}  // namespace taskbbs::journal
